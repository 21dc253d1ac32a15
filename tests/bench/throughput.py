"""Events a second through log, fold, frames and archive of the real program, and the lag at the
end: with SQLite, and with PostgreSQL.

One process, this one, appends to the log; the program folds, publishes all walls and archives.
First at a steady rate, then as fast as the log takes them.
"""

import json
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path

from redis import Redis

from cockpit.clock import Clock, parse_instant
from cockpit.domain.events import Event, decode
from cockpit.domain.rules import Rules
from datasource.database.engine import open_database
from datasource.database.reader import ArchiveReader
from datasource.geography import load_regions
from datasource.log import RedisLog
from tests.bench.cockpit_run import DISTRICT, PREFIX, CpuUse, clock_of, redis_of, running
from tests.bench.mix import Mix
from tests.bench.report import Row
from tests.postgres import PostgresServer
from tests.program import CLOCK
from tests.support import wait_for

RATE = 20_000
SECONDS = 20
FLAT_OUT = 300_000
BATCH = 500


def run(_: Namespace) -> list[Row]:
    """Steady and flat out, over each database."""
    rows = _measured("SQLite")
    server = PostgresServer(durable=True).start()
    try:
        rows += _measured("PostgreSQL", database_url=server.new_database())
    finally:
        server.remove()
    return rows


def _measured(name: str, **options: object) -> list[Row]:
    url = str(options.get("database_url", ""))
    with (
        running(clock=CLOCK, simulate=False, **options) as program,
        redis_of(program) as client,
        closing(open_database(url, program.folder / "var")) as database,
    ):
        bench = _Bench(client, ArchiveReader(database))
        clock = clock_of(program)
        bench.append_all(list(bench.mix.opening(clock.now())), clock.now())
        steady = bench.events(RATE * SECONDS, clock.now())
        bench.wait_done()
        use = CpuUse(program, "project", "archive", "redis-server", "serve", "intake")
        rows = bench.steady(steady, clock)
        shares = use.shares(SECONDS)
        rows += [Row(f"processor, {role}", share, "% of a core") for role, share in shares.items()]
        fast = bench.events(FLAT_OUT, clock.now())
        rows += bench.flat_out(fast, clock)
    return [Row(f"{name}: {row.what}", *row[1:]) for row in rows]


class _Bench:
    def __init__(self, client: Redis, archive: ArchiveReader) -> None:
        self._client, self._log, self._archive = client, RedisLog(client, PREFIX), archive
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
        """Append at `RATE`; then how long the last event waits for its frame, and for SQL."""
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
        shown, archived = self.wait_done()
        return [
            Row("appended, steady", len(events) / (ended - begun), "events/s", "20,000"),
            Row("lag of the projector at the end, steady", shown * 1000, "ms", "< 1000"),
            Row("lag of the archive at the end, steady", archived * 1000, "ms", "< 1000"),
            Row("oldest picture of any of the walls under load", max(ages[2:]), "ms", "< 1000"),
        ]

    def flat_out(self, events: list[Event], clock: Clock) -> list[Row]:
        """Append without a pause."""
        begun = time.monotonic()
        for start in range(0, len(events), BATCH):
            self._log.append(events[start : start + BATCH], clock.now())
        appended = time.monotonic() - begun
        shown, archived = self.wait_done()
        return [
            Row("appended, flat out", len(events) / appended, "events/s"),
            Row("lag of the projector at the end, flat out", shown * 1000, "ms"),
            Row("lag of the archive at the end, flat out", archived * 1000, "ms"),
            Row("appended, folded and shown", len(events) / (appended + shown), "events/s"),
            Row("appended, folded, shown and archived",
                len(events) / (appended + max(shown, archived)), "events/s"),
        ]  # fmt: skip

    def wait_done(self) -> tuple[float, float]:
        """Seconds until the district's frame shows the last entry of the log, and until the
        archive has committed it."""
        begun, head = time.monotonic(), self._log.head()
        done: dict[str, float] = {}

        def look() -> bool:
            for name, reached in (("shown", self._shown), ("archived", self._archived)):
                if name not in done and reached() >= head:
                    done[name] = time.monotonic() - begun
            return len(done) == 2

        wait_for(look, 180, pause=0.005)
        return done["shown"], done["archived"]

    def _archived(self) -> int:
        return self._archive.end().n

    def _shown(self) -> int:
        frame = self._client.get(f"{PREFIX}:frame:{DISTRICT}")
        return int(json.loads(frame)["seq"]) if frame else 0

    def _oldest_frame_ms(self, now: int) -> float:
        frames = [json.loads(frame) for frame in self._client.mget(self._views)]
        return (now - min(parse_instant(frame["at"]) for frame in frames)) / 1000
