"""Events a second through log, fold and frames of the real program, and the lag at the end.

One process, this one, appends to the log; the program folds and publishes all walls. First at
a steady rate, then as fast as the log takes them.
"""

import json
import time
from argparse import Namespace
from pathlib import Path

from redis import Redis

from cockpit.clock import Clock, parse_instant
from cockpit.domain.events import Event, decode
from cockpit.domain.rules import Rules
from datasource.geography import load_regions
from datasource.log import RedisLog
from tests.bench.cockpit_run import DISTRICT, PREFIX, CpuUse, clock_of, redis_of, running
from tests.bench.mix import Mix
from tests.bench.report import Row
from tests.program import CLOCK
from tests.support import wait_for

RATE = 20_000
SECONDS = 20
FLAT_OUT = 300_000
BATCH = 500


def run(_: Namespace) -> list[Row]:
    """Steady and flat out."""
    with running(clock=CLOCK, simulate=False) as program, redis_of(program) as client:
        bench = _Bench(client)
        clock = clock_of(program)
        bench.append_all(list(bench.mix.opening(clock.now())), clock.now())
        steady = bench.events(RATE * SECONDS, clock.now())
        bench.wait_folded()
        use = CpuUse(program, "project", "redis-server", "serve", "intake")
        rows = bench.steady(steady, clock)
        shares = use.shares(SECONDS)
        rows += [Row(f"processor, {role}", share, "% of a core") for role, share in shares.items()]
        fast = bench.events(FLAT_OUT, clock.now())
        return rows + bench.flat_out(fast, clock)


class _Bench:
    def __init__(self, client: Redis) -> None:
        self._client, self._log = client, RedisLog(client, PREFIX)
        regions = load_regions()
        self._views = [
            f"{PREFIX}:frame:{region.code}/wall"
            for region in regions.all
            if region.level in {"district", "street", "community"}
        ]
        self.mix = Mix(regions, Rules.from_toml(Path("rules.toml").read_text("utf-8")))

    def events(self, count: int, at: int) -> list[Event]:
        return [decode(raw) for raw in self.mix.events(count, at, RATE)]

    def append_all(self, messages: list[bytes], received: int) -> None:
        for start in range(0, len(messages), BATCH):
            self._log.append([decode(raw) for raw in messages[start : start + BATCH]], received)

    def steady(self, events: list[Event], clock: Clock) -> list[Row]:
        """Append at `RATE`; then how long the last event waits for its frame."""
        ages: list[float] = []
        begun = time.monotonic()
        for start in range(0, len(events), BATCH):
            wait = begun + start / RATE - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self._log.append(events[start : start + BATCH], clock.now())
            if start % RATE == 0:
                ages.append(self._oldest_frame_ms(clock.now()))
        ended = time.monotonic()
        waited = self.wait_folded()
        return [
            Row("appended, steady", len(events) / (ended - begun), "events/s", "20,000"),
            Row("lag at the end, steady", waited * 1000, "ms", "< 1000"),
            Row("oldest picture of any of the walls under load", max(ages[2:]), "ms", "< 1000"),
        ]

    def flat_out(self, events: list[Event], clock: Clock) -> list[Row]:
        """Append without a pause."""
        begun = time.monotonic()
        for start in range(0, len(events), BATCH):
            self._log.append(events[start : start + BATCH], clock.now())
        appended = time.monotonic() - begun
        waited = self.wait_folded()
        return [
            Row("appended, flat out", len(events) / appended, "events/s"),
            Row("lag at the end, flat out", waited * 1000, "ms"),
            Row(
                "appended, folded and shown, flat out",
                len(events) / (appended + waited),
                "events/s",
            ),
        ]

    def wait_folded(self) -> float:
        """Seconds until the district's frame shows the last entry of the log."""
        begun, head = time.monotonic(), self._log.head()
        wait_for(lambda: self._shown() >= head, 120, pause=0.005)
        return time.monotonic() - begun

    def _shown(self) -> int:
        frame = self._client.get(f"{PREFIX}:frame:{DISTRICT}")
        return int(json.loads(frame)["seq"]) if frame else 0

    def _oldest_frame_ms(self, now: int) -> float:
        frames = [json.loads(frame) for frame in self._client.mget(self._views)]
        return (now - min(parse_instant(frame["at"]) for frame in frames)) / 1000
