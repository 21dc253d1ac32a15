"""Figures of a measurement: printed as a table, kept as JSON, and all of them in one page."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cockpit.clock import SystemClock, to_text

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results"
# Before anything is measured: what others did on the machine.
_LOAD = f"load before {os.getloadavg()[0]:.1f}"


class Row(NamedTuple):
    """One figure; `aim` is what issue or design hope for, empty for none."""

    what: str
    value: float
    unit: str
    aim: str = ""

    def text(self) -> str:
        """The value in its unit, with as many digits as mean something."""
        digits = 0 if abs(self.value) >= 100 else 1 if abs(self.value) >= 10 else 2
        return f"{self.value:,.{digits}f} {self.unit}".strip()


def keep(name: str, rows: Sequence[Row]) -> None:
    """Print the figures, write `bench/results/<name>.json`, and make `latest.md` anew."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    facts = {
        "name": name,
        "measured_at": to_text(SystemClock().now()),
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {_LOAD}",
        "figures": [row._asdict() for row in rows],
    }
    file = RESULTS / f"{name}.json"
    file.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    width = max(len(row.what) for row in rows)
    print(f"\n{name}")
    for row in rows:
        aim = f"   (aim {row.aim})" if row.aim else ""
        print(f"  {row.what:{width}}  {row.text():>16}{aim}", flush=True)
    _write_page()


def _write_page() -> None:
    """All figures that are kept, in one page."""
    lines = ["# Latest figures", "", "Made by `make bench`; timings are told, never asserted.", ""]
    for file in sorted(RESULTS.glob("*.json")):
        facts: dict[str, Any] = json.loads(file.read_text("utf-8"))
        lines += [f"## {facts['name']}", ""]
        lines += [f"{facts['measured_at']}, commit {facts['commit']}, {facts['machine']}", ""]
        lines += ["| figure | value | aim |", "|---|---:|---|"]
        for figure in facts["figures"]:
            row = Row(**figure)
            lines.append(f"| {row.what} | {row.text()} | {row.aim} |")
        lines.append("")
    (RESULTS / "latest.md").write_text("\n".join(lines), "utf-8")


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the sorted values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
