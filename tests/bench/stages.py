"""What one event costs in each stage, in µs of one core's processor time."""

from argparse import Namespace
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns, process_time_ns

from cockpit.clock import SECOND, parse_instant
from cockpit.collector import calm_collector
from cockpit.domain.events import Event, EventReader, decode
from cockpit.domain.rules import Rules
from cockpit.ports import ArchiveEnd, Entry
from cockpit.projector import Projector
from datasource.archive.recorder import Recorder
from datasource.database.batch import Batch
from datasource.database.engine import open_database
from datasource.database.migrate import migrate
from datasource.database.writer import ArchiveWriter
from datasource.geography import load_regions
from datasource.log import RedisLog
from datasource.polygons import PolygonGeography
from datasource.redis_client import connect
from datasource.site import geography_of
from tests.bench.mix import Mix
from tests.bench.report import Row
from tests.past import RULES_TEXT
from tests.postgres import PostgresServer
from tests.support import RedisServer

START = parse_instant("2026-11-23T15:10:00+08:00")
EVENTS = 100_000
BATCH = 500  # what intake and projector take at once under load
ARCHIVE_BATCH = 5000
PREFIX = "grid:{bench}"
FAMILIES = ("patrol", "case", "visit", "whistle", "alert", "source")


def run(_: Namespace) -> list[Row]:
    """Every stage with its µs."""
    return [Row(stage, cost, "µs") for stage, cost in _stages().items()]


def _stages() -> dict[str, float]:
    calm_collector()  # as the roles do
    regions = load_regions()
    rules = Rules.from_toml(Path("rules.toml").read_text("utf-8"))
    projector = Projector(regions, rules, PolygonGeography(rules.patrol.grace_metres))
    mix = Mix(regions, rules)
    opening = list(mix.opening(START))
    messages = list(mix.events(EVENTS, START + 2 * 60 * SECOND, 20_000))
    result: dict[str, float] = {}

    reader = EventReader(regions, rules)
    begun = process_time_ns()
    events = [reader.read(raw, START + 600 * SECOND) for raw in messages]
    result["EventReader.read"] = _each(begun, EVENTS)
    result |= _log(events)
    begun = process_time_ns()
    for raw in messages:
        decode(raw)
    result["decode"] = _each(begun, EVENTS)

    begun = process_time_ns()
    for n, raw in enumerate(opening, 1):
        projector.fold(Entry(n, START, raw))
    result["fold of the opening (registers, starts)"] = _each(begun, len(opening))
    projector.take_dirty()
    result |= _folds(projector, messages, len(opening))
    result |= _frames(projector)
    result |= _archived("SQLite", opening, messages)
    server = PostgresServer(durable=True).start()
    try:
        return result | _archived("PostgreSQL", opening, messages, server.new_database())
    finally:
        server.remove()


def _log(events: list[Event]) -> dict[str, float]:
    result: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        server = RedisServer(Path(folder)).start()
        client = connect(server.url)
        try:
            log = RedisLog(client, PREFIX)
            begun = perf_counter_ns()
            for start in range(0, EVENTS, BATCH):
                log.append(events[start : start + BATCH], START)
            waited = (perf_counter_ns() - begun) / EVENTS / 1000
            result["RedisLog.append, until Redis has answered"] = waited
            begun, after = process_time_ns(), 0
            while entries := log.read(after, BATCH, 0):
                after = entries[-1].n
            result["RedisLog.read"] = _each(begun, EVENTS)
        finally:
            client.close()
            server.stop()
    return result


def _folds(projector: Projector, messages: list[bytes], seq: int) -> dict[str, float]:
    spent: dict[str, int] = defaultdict(int)
    times: dict[str, int] = defaultdict(int)
    for place, raw in enumerate(messages, 1):
        # What came in one batch was received at one instant.
        received = START + 120 * SECOND + (place // BATCH + 1) * BATCH * 50
        entry = Entry(seq + place, received, raw)
        family = decode(raw).type.partition(".")[0]
        begun = process_time_ns()
        projector.fold(entry)
        spent[family] += process_time_ns() - begun
        times[family] += 1
    result = {f"fold, {f}": spent[f] / times[f] / 1000 for f in FAMILIES}
    result["fold, whole mix"] = sum(spent.values()) / len(messages) / 1000
    return result


def _frames(projector: Projector) -> dict[str, float]:
    result: dict[str, float] = {}
    levels = {6: "district", 9: "street", 12: "community"}
    by_level: dict[int, list[str]] = defaultdict(list)
    for view in projector.views:
        by_level[len(view.partition("/")[0])].append(view)
    begun = process_time_ns()
    projector.take_dirty()
    result["turning touched regions into dirty views"] = _each(begun, 1)

    for how in ("changed", "heartbeat"):  # the second time nothing has changed
        for level, views in by_level.items():
            begun = process_time_ns()
            for view in views:
                projector.frame(view, "bench", 0)
            result[f"frame, {levels[level]}, {how}"] = _each(begun, len(views))
    return result


def _archived(
    name: str, opening: list[bytes], messages: list[bytes], url: str = ""
) -> dict[str, float]:
    """What the archive's process does for an entry, the database's own process not counted."""
    with TemporaryDirectory() as folder, closing(open_database(url, Path(folder))) as database:
        migrate(database)
        rules = [(1, Rules.from_toml(RULES_TEXT))]
        recorder, writer = Recorder(load_regions(), rules, geography_of), ArchiveWriter(database)
        spent = [0, 0]
        for place in range(0, len(opening) + EVENTS, ARCHIVE_BATCH):
            raws = (opening + messages)[place : place + ARCHIVE_BATCH]
            at = START + 120 * SECOND + place * 50
            begun = process_time_ns()
            batch = Batch(end=ArchiveEnd(place + len(raws), at, "0", "bench"))
            for n, raw in enumerate(raws, place + 1):
                recorder.fold(Entry(n, at, raw), batch)
            recorder.finish(batch)
            folded = process_time_ns()
            writer.store(batch)
            if place >= len(opening):
                spent[0] += folded - begun
                spent[1] += process_time_ns() - folded
    return {
        f"archive, {name}: fold and rows": spent[0] / EVENTS / 1000,
        f"archive, {name}: write": spent[1] / EVENTS / 1000,
    }


def _each(begun: int, count: int) -> float:
    return (process_time_ns() - begun) / count / 1000
