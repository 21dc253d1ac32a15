"""What goes into the archive comes out again: every entry, byte for byte, in its order."""

import itertools
import random
from bisect import bisect_right

import pytest
from sqlalchemy import func, select

from cockpit.clock import DAY, HOUR
from cockpit.domain.calendar import day_of
from cockpit.domain.events import decode
from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd, Entry, Faded
from datasource.database import blocks, tables
from datasource.database.batch import Batch
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import GRIDS, Numbered, batch, batches, log_of, message
from tests.support import NOW

pytestmark = pytest.mark.integration


def _all(reader: ArchiveReader, limit: int = 1000) -> list[Entry]:
    found: list[Entry] = []
    while more := reader.read(found[-1].n if found else 0, limit):
        found += more
    return found


def _count(database: Database, name: str) -> int:
    with database.read() as connection:
        found = connection.scalar(select(func.count()).select_from(tables.metadata.tables[name]))
    return found or 0


def _plain(log: list[Numbered]) -> list[Entry]:
    return [entry for entry, _ in log]


def _ping(n: int, at: int) -> Numbered:
    raw = message("patrol.pinged", f"p{n}", "worker/w", GRIDS[0], at)
    return Entry(n, at, raw), decode(raw)


def test_a_new_archive_is_empty(reader: ArchiveReader) -> None:
    assert reader.end() == ArchiveEnd(0, 0, "0", "")
    assert reader.read(0, 10) == []
    assert reader.number_at(NOW) == 0
    assert reader.checkpoint() is None
    assert reader.next_entry(0) is None
    assert reader.sampled() == 0


@pytest.mark.parametrize("seed", range(3))
def test_every_entry_comes_back_in_its_place(
    seed: int, writer: ArchiveWriter, reader: ArchiveReader
) -> None:
    log = log_of(9000, seed, positions=0.8)
    stored = [writer.store(each) for each in batches(log, seed)]
    assert stored[-1].end == reader.end() == batch(log).end
    assert sum(s.events + s.repeats + s.positions for s in stored) == len(log)
    assert sum(s.bytes for s in stored) == sum(len(entry.raw) for entry in _plain(log))
    assert _all(reader) == _plain(log)
    dice = random.Random(seed)
    for _ in range(50):
        after, limit = dice.randrange(len(log)), dice.randrange(1, 600)
        assert reader.read(after, limit) == _plain(log)[after : after + limit]


def test_numbers_by_instant(writer: ArchiveWriter, reader: ArchiveReader) -> None:
    log = log_of(6000, 4, positions=0.9)
    for each in batches(log, most=2500):
        writer.store(each)
    received = [entry.received for entry in _plain(log)]
    dice = random.Random(4)
    for _ in range(100):
        instant = dice.randrange(received[0] - HOUR, received[-1] + HOUR)
        assert reader.number_at(instant) == bisect_right(received, instant)
    for instant in dice.sample(received, 50):
        assert reader.number_at(instant) == bisect_right(received, instant)


def test_a_batch_stored_again_changes_nothing(
    writer: ArchiveWriter, reader: ArchiveReader, database: Database
) -> None:
    whole = log_of(3200)
    log = whole[:3000]
    for each in batches(log, most=400):
        writer.store(each)
        again = writer.store(each)
        assert (again.events, again.repeats, again.positions) == (0, 0, 0)
    writer.store(batch(log[:100]))
    writer.store(batch(log[500:700]))
    assert reader.end().n == 3000
    assert _all(reader) == _plain(log)
    stored = writer.store(batch(whole[2500:]))
    assert stored.events + stored.repeats + stored.positions == 200


def test_a_hole_is_refused_and_nothing_kept(writer: ArchiveWriter, reader: ArchiveReader) -> None:
    log = log_of(300)
    writer.store(batch(log[:100]))
    for wrong in (log[101:200], log[100:150] + log[151:200]):
        with pytest.raises(CockpitError) as caught:
            writer.store(batch(wrong))
        assert caught.value.code == "archive.gap"
    with pytest.raises(CockpitError) as caught:
        writer.store(Batch(ArchiveEnd(150, NOW, "0", "first"), entries=log[100:140]))
    assert caught.value.code == "archive.gap"
    assert reader.end().n == 100
    assert _all(reader) == _plain(log[:100])


def test_a_loss_that_an_operator_accepts(writer: ArchiveWriter, reader: ArchiveReader) -> None:
    log = log_of(3000)
    writer.store(batch(log[:100]))
    for first, last in ((102, 200), (101, 100)):
        with pytest.raises(CockpitError, match="archive lacks number 101"):
            writer.accept_loss(first, last, NOW)
    writer.accept_loss(101, 2500, NOW)
    writer.store(batch(log[2500:]))
    assert _all(reader, limit=70) == _plain(log[:100] + log[2500:])
    assert reader.read(50, 100) == _plain(log[50:100])
    assert reader.read(100, 10) == reader.read(1234, 10) == _plain(log[2500:2510])


def test_an_event_is_there_once_and_its_repeat_is_kept(
    writer: ArchiveWriter, reader: ArchiveReader, database: Database
) -> None:
    log = log_of(50, positions=0.0)
    event, raw = log[7][1], log[7][0].raw
    later = [(Entry(51, NOW + 3 * DAY, raw), event), (Entry(52, NOW + 3 * DAY, raw), event)]
    before = writer.store(batch(log))
    stored = writer.store(batch(later))
    assert (stored.events, stored.repeats) == (0, 2)
    assert (
        _count(database, "events")
        == before.events
        == _count(database, "event_keys") + sum(event is None for _, event in log)
    )
    assert _all(reader) == _plain(log + later)
    assert reader.number_at(NOW + 3 * DAY) == 52
    assert event is not None
    once = {each.id: each for _, each in log if each is not None}.values()
    assert len(reader.events_with(f"case/{event.key}")) == sum(e.key == event.key for e in once)


def test_few_positions_wait_and_a_day_s_end_packs_them(
    writer: ArchiveWriter, reader: ArchiveReader, database: Database
) -> None:
    log = [_ping(n, NOW + n) for n in range(1, 200)]
    for start in range(0, 199, 20):
        writer.store(batch(log[start : start + 20]))
    assert (_count(database, "open_positions"), _count(database, "position_blocks")) == (199, 0)
    other = log_of(1, positions=0.0)[0][1]
    assert other is not None
    log.append((Entry(200, NOW + DAY, other.raw), other))
    writer.store(batch(log[199:]))
    assert (_count(database, "open_positions"), _count(database, "position_blocks")) == (0, 1)
    assert _all(reader) == _plain(log)


def test_blocks_are_of_one_day_and_do_not_overlap(
    writer: ArchiveWriter, database: Database
) -> None:
    log = log_of(30_000, 5, positions=0.95, days=4)
    writer.store(batch(log[:20_000]))
    writer.store(batch(log[20_000:]))
    table = tables.position_blocks
    with database.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.first_n)).all()
    assert all(row.count <= blocks.FULL and row.kept for row in rows)
    assert len(rows) >= 28_000 // blocks.FULL
    assert all(a.last_n < b.first_n for a, b in itertools.pairwise(rows))
    for row in rows:
        entries = blocks.unpack(row.body)
        assert {day_of(entry.received) for entry in entries} == {row.day}
        assert (entries[0].n, entries[-1].n, len(entries)) == (row.first_n, row.last_n, row.count)


def test_faded_positions_come_back_as_what_is_kept_of_them(
    writer: ArchiveWriter, reader: ArchiveReader
) -> None:
    log = log_of(400, positions=0.9)
    faded: list[Numbered] = [
        (Entry(e.n, e.received, b"", Faded(f"/s/{e.n % 3}", None if e.n % 5 else e.n)), None)
        if event is not None and event.type == "patrol.pinged" and e.n % 7
        else (e, event)
        for e, event in log
    ]
    writer.store(batch(faded[:150]))
    writer.store(batch(faded[150:]))
    assert _all(reader, 37) == _plain(faded)


def test_a_clock_that_went_back_does_not_mix_the_days(
    writer: ArchiveWriter, reader: ArchiveReader
) -> None:
    log = log_of(90, positions=0.3)
    log[40:60] = [(Entry(e.n, e.received - 3 * DAY, e.raw), event) for e, event in log[40:60]]
    for start in range(0, 90, 15):
        writer.store(batch(log[start : start + 15]))
    assert _all(reader, 11) == _plain(log)


def test_characters_that_postgresql_cannot_hold(
    writer: ArchiveWriter, reader: ArchiveReader
) -> None:
    raws = [
        message("case.closed", "nul\0", "case/\0", GRIDS[0], NOW),
        message("case.closed", "哨\U0001f4a1" * 128, "case/" + "路" * 251, GRIDS[0], NOW),
    ]
    log: list[Numbered] = [(Entry(n, NOW, raw), decode(raw)) for n, raw in enumerate(raws, 1)]
    writer.store(batch(log))
    assert _all(reader) == _plain(log)
    assert reader.events_with("case/\0") == _plain(log[:1])
    assert reader.events_with("case/" + "路" * 251) == _plain(log[1:])


def test_steps_through_a_place(writer: ArchiveWriter, reader: ArchiveReader) -> None:
    log = log_of(2000, 8, positions=0.5)
    for each in batches(log, most=300):
        writer.store(each)
    seen: set[str] = set()
    steps = []
    for entry, event in log:
        if event is not None and event.type != "patrol.pinged" and event.id not in seen:
            seen.add(event.id)
            steps.append((entry, event))
    for region in ("120110", "120110001001", GRIDS[2], "120110009"):
        for types in ((), ("case.closed", "case.filed")):
            wanted = [
                entry
                for entry, event in steps
                if event.region.startswith(region) and (not types or event.type in types)
            ]
            for n in range(0, 2002, 97):
                behind = [entry for entry in wanted if entry.n > n]
                before = [entry for entry in wanted if entry.n < n]
                found = reader.next_entry(n, region, types)
                assert found == (behind[0] if behind else None)
                found = reader.next_entry(n, region, types, backwards=True)
                assert found == (before[-1] if before else None)
