"""A small district for histories that collide: 16 regions, few subjects, a flat geography."""

import json
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

from cockpit.clock import DAY, HOUR, MINUTE, SECOND, to_datetime
from cockpit.domain.events import EventReader
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ports import DeadLetter, Entry, Geography
from cockpit.projector import Projector
from tests.oracle import Oracle
from tests.oracle.masks import leaks
from tests.oracle.walls import differences

ROOT = Path(__file__).parents[2]
TREE = [
    ("120110", "东丽区", "district", ""),
    ("120110001", "张贵庄街道", "street", "120110"),
    ("120110002", "丰年村街道", "street", "120110"),
    ("120110403", "开发区", "zone", "120110"),
    *((f"120110001{c:03}", f"一街{c}社区", "community", "120110001") for c in (1, 2)),
    ("120110002001", "二街1社区", "community", "120110002"),
    *(
        (f"{community}{g:03}", f"{g:02}网格", "grid", community)
        for community in ("120110001001", "120110001002", "120110002001")
        for g in (1, 2, 3)
    ),
]
GRIDS = [code for code, _, level, _ in TREE if level == "grid"]
CODES = [code for code, *_ in TREE]
# Friday afternoon; before midnight and month end; in a holiday; at the end of a working Sunday
# and of the year; early on a Monday; Sunday night.
STARTS = [
    "2026-11-20T16:50:00+08:00",
    "2026-11-30T23:40:00+08:00",
    "2026-10-03T10:00:00+08:00",
    "2026-02-14T17:20:00+08:00",
    "2025-12-31T13:30:00+08:00",
    "2026-11-23T08:25:00+08:00",
    "2026-11-22T23:55:00+08:00",
]
OFFSETS = [
    0, -1, SECOND, -SECOND, 5 * MINUTE, -10 * MINUTE, -30 * MINUTE, -90 * MINUTE, -3 * HOUR,
    -5 * HOUR, -14 * HOUR, -26 * HOUR, -DAY, -3 * DAY, -7 * DAY, -8 * DAY, -33 * DAY, -100 * DAY,
]  # fmt: skip
STEPS = [
    1, SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 7 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    90 * MINUTE, 2 * HOUR, 5 * HOUR, 16 * HOUR, DAY, 3 * DAY, 7 * DAY, 8 * DAY, 14 * DAY, 31 * DAY,
]  # fmt: skip


class FlatGeography:
    """Inside is where the longitude is above 117."""

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        return lon > 117


@lru_cache(maxsize=1)
def rules() -> Rules:
    return Rules.from_toml((ROOT / "rules.toml").read_text())


@lru_cache(maxsize=1)
def regions() -> Regions:
    return Regions(TREE)


def text_of(instant: int) -> str:
    """An instant as a source writes it, to the microsecond."""
    return to_datetime(instant).astimezone(UTC).isoformat()


def message(
    number: int,
    kind: str,
    subject: str,
    time: int,
    region: str,
    data: dict[str, Any] | None = None,
    source: str = "/dongli/terminal",
    sequence: int | None = None,
) -> bytes:
    """One event as its source sends it."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": source,
        "type": kind,
        "subject": subject,
        "time": text_of(time),
        "region": region,
    }
    if sequence is not None:
        envelope["sequence"] = str(sequence)
    if data is not None:
        envelope["data"] = data
    return json.dumps(envelope, ensure_ascii=False).encode()


class Bench:
    """A projector beside the list of everything it heard, to be held against the oracle."""

    def __init__(self, start: int, tree: Regions, law: Rules, geography: Geography) -> None:
        self.tree, self.law, self.geography = tree, law, geography
        self.reader = EventReader(tree, law)
        self.heard: list[Entry | DeadLetter] = []
        self.now, self.n = start, 0
        self.refused: list[tuple[int, str]] = []
        self.letters: list[DeadLetter] = []
        self.projector = self.fresh()
        self.projector.advance(start)

    def fresh(self) -> Projector:
        return Projector(self.tree, self.law, self.geography)

    def hear(self, raw: bytes) -> None:
        """Append a message to the log, as only judged ones are, and fold it."""
        self.reader.read(raw, self.now)
        self.n += 1
        entry = Entry(self.n, self.now, raw)
        self.heard.append(entry)
        self.projector.fold(entry)
        self.keep_refusals()

    def hear_dead(self, raw: bytes) -> None:
        """A dead letter of a message that never entered the log."""
        self._dead(DeadLetter(raw, "data.invalid", "", self.now))

    def hear_refusals(self) -> None:
        """What the ledgers refused comes back from the stream of dead letters."""
        for letter in self.letters:
            self._dead(letter)
        self.letters = []

    def _dead(self, letter: DeadLetter) -> None:
        self.heard.append(letter)
        self.projector.hear_dead(letter)

    def tick(self, micros: int) -> None:
        self.now += micros
        self.projector.advance(self.now)
        self.keep_refusals()

    def keep_refusals(self) -> None:
        taken = self.projector.take_refusals()
        self.refused += [(letter.n or 0, letter.code) for letter in taken]
        self.letters += taken

    def reload(self) -> None:
        """Go on with what a fresh projector makes of a dump."""
        dump = self.projector.dump()
        self.projector = self.fresh()
        self.projector.load(dump)

    def oracle(self) -> Oracle:
        return Oracle(self.heard, self.now, self.tree, self.law, self.geography)

    def faults(self, codes: list[str] | None = None) -> list[str]:
        """Where the projector and the oracle differ; `codes`: only these regions and walls."""
        oracle, found = self.oracle(), []
        if sorted(self.refused) != oracle.refusals:
            found.append(f"refusals: expected {oracle.refusals}, made {sorted(self.refused)}")
        for code in codes or [region.code for region in self.tree.all]:
            got, want = self.projector.metrics(code), oracle.metrics(code)
            wanted = {k: v for k, v in want.items() if k.split(".")[-1] not in {"care", "special"}}
            found += [
                f"{code} {name}: expected {value}, counted {got.get(name, 'nothing')}"
                for name, value in wanted.items()
                if got.get(name, "nothing") != value
            ]
        walls = {view.split("/")[0]: self.panels(view) for view in self.projector.views}
        for code, panels in walls.items():
            if codes is None or code in codes:
                found += differences(oracle, panels, self.tree.get(code))
        return found + leaks(oracle, walls)

    def not_made_up(self, codes: list[str] | None = None) -> list[str]:
        """Where a number is not the number of its members; `codes`: only in these regions."""
        found = []
        for code in codes or [region.code for region in self.tree.all]:
            region = self.tree.get(code).index
            for name, value in self.projector.metrics(code).items():
                if not name.startswith("stream."):
                    members = self.projector.ledgers.members(region, name)
                    if members.value != value:
                        found.append(f"{code} {name}: {value} has {members}")
        return found

    def panels(self, view: str) -> dict[str, Any]:
        frame = json.loads(self.projector.frame(view, "epoch", 0))
        assert frame["view"] == view
        assert frame["seq"] == self.n
        panels: dict[str, Any] = frame["panels"]
        return panels

    def take_dirty(self) -> set[str]:
        """The views that have to be sent again."""
        return self.projector.take_dirty()

    def picture(self) -> list[bytes]:
        """All frames, to be compared with those of another projector."""
        return [self.projector.frame(view, "epoch", 0) for view in self.projector.views]
