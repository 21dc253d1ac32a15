"""`python -m tests.soak [--minutes N]`: does anything grow? The whole program with the simulated
district at ten times the speed, three walls and the operators' page in Chromium. Each minute, after
forced collection: heap, nodes and listeners of each page, and the memory of every process. Prints
all of it, then the slope of each; ends with code 1 when one is steeper than its tolerance.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession
from redis import Redis

from datasource.log import event_mark
from tests.bench.browser import chromium, tools_of, wall_page
from tests.bench.cockpit_run import PREFIX, district, redis_of
from tests.bench.report import Row, keep
from tests.program import Program

SPEED = 10
# A whole working day passes in an hour.
CLOCK = "2026-11-23T08:00:00+08:00"
PAGES = {
    "district": "/wall/120110",
    "street": "/wall/120110001",
    "community": "/wall/120110001005",
    "status": "/status",
}
ROLES = (
    "run",
    "redis-server",
    "intake",
    "archive",
    "project",
    "query",
    "desk",
    "office",
    "serve",
    "simulate",
)
LEFT_OUT = 0.25  # of the time, in which everything fills up
MB = 1e6


@dataclass(frozen=True)
class Kind:
    """What is measured: its unit, how much of it an hour may bring, and how far it may rise at all
    before that counts: what comes and goes tells nothing in a few minutes. Processes keep what
    the day brings, ten hours of it in one: cases, walks, visits; ids that Redis remembers for 48
    hours are left out (`_redis`)."""

    unit: str
    tolerance: float
    noise: float


HEAP, NODES = Kind("MB", 1.0, 1.0), Kind("", 100.0, 100.0)
LISTENERS, MEMORY = Kind("", 50.0, 20.0), Kind("MB", 16.0, 6.0)


class Watch:
    """Measures pages and processes."""

    def __init__(self, program: Program, pages: dict[str, CDPSession], client: Redis) -> None:
        self._pages, self._client = pages, client
        self._processes = {role: program.role_process(role) for role in ROLES}
        self.kinds: dict[str, Kind] = {}

    def look(self) -> dict[str, float]:
        """Every figure of this moment by its name."""
        found: dict[str, float] = {}
        for name, kind, value in self._figures():
            self.kinds[name] = kind
            found[name] = value
        return found

    def _figures(self) -> Iterator[tuple[str, Kind, float]]:
        for name, tools in self._pages.items():
            tools.send("HeapProfiler.collectGarbage")
            told = tools.send("Performance.getMetrics")["metrics"]
            metrics = {each["name"]: float(each["value"]) for each in told}
            yield f"{name}, heap", HEAP, metrics["JSHeapUsedSize"] / MB
            yield f"{name}, nodes", NODES, metrics["Nodes"]
            yield f"{name}, listeners", LISTENERS, metrics["JSEventListeners"]
        for role, process in self._processes.items():
            if role != "redis-server":
                yield f"{role}, memory", MEMORY, process.memory_full_info().uss / MB
        yield "redis-server, memory but for remembered ids", MEMORY, self._redis()

    def _redis(self) -> float:
        """Of its data: the operating system counts pages that are shared while it rewrites its
        file."""
        used = int(self._client.info("memory")["used_memory"])  # type: ignore[index]
        mark = event_mark(PREFIX, "/soak", "sample")
        with self._client.pipeline() as pipe:
            pipe.set(mark, 1, ex=60)
            pipe.memory_usage(mark)
            pipe.delete(mark)
            pipe.dbsize()
            pipe.memory_stats()
            _, each, _, keys, stats = pipe.execute()
        tables = stats["db.0"]
        # The tables double when they are full: with them left in, it rises by steps. The main one's
        # entries are in `each`.
        remembered = keys * (each - _ENTRY) + sum(
            tables[f"overhead.hashtable.{name}"] for name in ("main", "expires")
        )
        return (used - remembered) / MB


# Bytes of a key's entry and value head, which both MEMORY USAGE and MEMORY STATS count.
_ENTRY = 40


@contextmanager
def opened(browser: Browser, program: Program) -> Iterator[dict[str, CDPSession]]:
    """All pages, each in a profile of its own."""
    with ExitStack() as stack:
        pages = {}
        for name, path in PAGES.items():
            page = stack.enter_context(wall_page(browser))
            page.goto(f"{program.base_url}{path}")
            if name != "status":
                page.wait_for_selector('html[data-live="live"]', timeout=60_000)
            pages[name] = tools_of(page)
            pages[name].send("Performance.enable")
        page.wait_for_timeout(5000)
        yield pages


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Least squares of values over hours."""
    middle_x, middle_y = sum(times) / len(times), sum(values) / len(values)
    spread = sum((x - middle_x) ** 2 for x in times)
    both = sum((x - middle_x) * (y - middle_y) for x, y in zip(times, values, strict=True))
    return both / spread if spread else 0.0


def soak(minutes: float, every: float) -> tuple[list[Row], list[str]]:
    """Figures, and the names of those that grow."""
    hours: list[float] = []
    samples: list[dict[str, float]] = []
    with (
        district(clock=CLOCK, speed=SPEED) as program,
        redis_of(program) as client,
        chromium() as browser,
        opened(browser, program) as pages,
    ):
        watch, begun = Watch(program, pages, client), time.monotonic()
        while not hours or hours[-1] * 60 < minutes:
            hours.append((time.monotonic() - begun) / 3600)
            samples.append(watch.look())
            _print(hours[-1] * 60, samples[-1])
            # Not a sleep: the pages' events are taken meanwhile.
            browser.contexts[0].pages[0].wait_for_timeout(every * 1000)
    return _judge(hours, samples, watch.kinds, minutes / 60 * LEFT_OUT)


def _judge(
    hours: Sequence[float],
    samples: Sequence[dict[str, float]],
    kinds: dict[str, Kind],
    after: float,
) -> tuple[list[Row], list[str]]:
    rows, grow = [], []
    late = [place for place, hour in enumerate(hours) if hour >= after]
    for name, kind in kinds.items():
        rise = slope([hours[p] for p in late], [samples[p][name] for p in late])
        per = f"{kind.unit}/h".lstrip("/") if kind.unit else "/h"
        rows.append(Row(f"{name}, at the end", samples[-1][name], kind.unit))
        rows.append(Row(f"{name}, slope", rise, per, f"<= {kind.tolerance:g}"))
        if rise > kind.tolerance and rise * (hours[-1] - after) > kind.noise:
            grow.append(name)
    return rows, grow


def _print(minute: float, found: dict[str, float]) -> None:
    print(f"\nminute {minute:.1f}")
    for name, value in found.items():
        print(f"  {name:46} {value:10,.2f}", flush=True)


def main() -> int:
    """Soak for as long as asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default 60)")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two looks")
    options = parser.parse_args()
    rows, grow = soak(options.minutes, options.every)
    keep("soak", rows)
    print(f"\ngrowing: {', '.join(grow)}" if grow else "\nnothing grows")
    return 1 if grow else 0


if __name__ == "__main__":
    sys.exit(main())
