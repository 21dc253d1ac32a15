"""What the archive lets go, and that nobody can see it afterwards."""

import random
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.events import decode
from cockpit.ports import ArchiveEnd, Checkpoint
from cockpit.projector import Projector
from datasource.archive.nightly import Nightly
from datasource.database import blocks, tables
from datasource.database.batch import Batch
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.database.retention import Keep, Retained, Retention
from datasource.database.rows import store_rows
from datasource.database.writer import ArchiveWriter
from datasource.rules_in_force import changes_of, rules_at
from tests.lived import EPOCH, flat
from tests.walks import FIRST_DAY, tree, walks

pytestmark = pytest.mark.integration

LATER = day_start(FIRST_DAY + 20)  # when all of it is older than a week
WEEK = Keep(7, 7)
Picture = tuple[int, str, bytes]  # when, which wall, what it showed


@pytest.fixture
def archived(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Some days, in blocks that are small enough for several a day."""
    monkeypatch.setattr(blocks, "FULL", 250)
    walks().archive(database, checkpoints=0.1)
    return database


def retention(database: Database, keep: Keep = WEEK) -> Retention:
    reader = ArchiveReader(database)
    return Retention(database, lambda: changes_of(reader.rule_sets()), flat, keep)


def run(steps: Iterator[Retained]) -> Retained:
    return deque(steps, maxlen=1).pop()


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table))]
            for name, table in tables.metadata.tables.items()
        }


def assert_nobody_sees_it(database: Database) -> None:
    """Every picture is the one that was shown live: folded from the beginning, and from any
    checkpoint, also one that was made when all positions were there."""
    reader = ArchiveReader(database)
    shown = sorted(walks().shown, key=_instant)
    _look_along(reader, None, shown)
    for at in random.Random(3).sample([at for at, _, _ in shown], 3):
        start = reader.checkpoint(n=reader.number_at(at), at=at)
        if start is not None:
            _look_along(reader, start, [one for one in shown if one[0] >= start.at])


def _look_along(reader: ArchiveReader, start: Checkpoint | None, shown: list[Picture]) -> None:
    changes = changes_of(reader.rule_sets())
    rules = rules_at(changes, start.n if start else 1)
    projector = Projector(tree(), rules, flat(rules))
    if start is not None:
        projector.load(start.body)
    letters = deque(reader.letters(start.letters if start else "0", 10_000))
    entries = deque(reader.read(projector.seq, 500))

    def hear(until: int) -> None:
        while letters and letters[0][1].at <= until:
            projector.hear_dead(letters.popleft()[1])

    for at, view, frame in shown:
        while entries and entries[0].received <= at:
            entry = entries.popleft()
            if rules_at(changes, entry.n) is not rules:
                rules = rules_at(changes, entry.n)
                projector.adopt(rules, flat(rules))
            hear(entry.received)
            projector.fold(entry)
            entries = entries or deque(reader.read(projector.seq, 500))
        hear(at)
        projector.advance(at)
        assert projector.frame(view, EPOCH, 0) == frame


def _instant(picture: Picture) -> int:
    return picture[0]


def kept_raws(database: Database) -> list[bytes]:
    reader, found = ArchiveReader(database), list[bytes]()
    after = 0
    while entries := reader.read(after, 5000):
        after = entries[-1].n
        found += [entry.raw for entry in entries if entry.faded is None]
    return [raw for raw in found if decode(raw).type == "patrol.pinged"]


def test_what_would_go_is_what_goes(archived: Database) -> None:
    before = contents(archived)
    would = run(retention(archived).steps(LATER, apply=False))
    assert contents(archived) == before
    went = run(retention(archived).steps(LATER))
    assert (went.days, went.positions, went.faded) == (would.days, would.positions, would.faded)
    assert went.checkpoints == would.checkpoints
    assert went.days == day_of(walks().now) - FIRST_DAY + 1
    assert went.faded > 0.6 * went.positions
    assert went.bytes_after < went.bytes / 2
    assert_nobody_sees_it(archived)
    assert run(retention(archived).steps(LATER)) == Retained()


def test_where_somebody_went_is_gone(archived: Database) -> None:
    raws = {raw for raw in map(_raw, walks().entries) if b"patrol.pinged" in raw}
    went = run(retention(archived).steps(LATER))
    kept = kept_raws(archived)
    assert set(kept) < raws
    assert len(kept) == went.positions - went.faded
    with archived.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.open_positions)) == 0
        numbers = connection.scalars(select(func.sum(tables.position_blocks.c.count))).one()
    assert numbers == len(raws)


def _raw(entry: object) -> bytes:
    return entry.raw  # type: ignore[attr-defined, no-any-return]


def test_the_days_within_the_limit_are_left(archived: Database) -> None:
    run(retention(archived).steps(day_start(FIRST_DAY + 8)))
    with archived.read() as connection:
        table = tables.position_blocks.c
        query = select(table.day, func.max(table.kept)).group_by(table.day)
        if archived.dialect == "postgresql":
            query = select(table.day, func.bool_or(table.kept)).group_by(table.day)
        kept = {day: bool(any_kept) for day, any_kept in connection.execute(query)}
    assert kept.pop(FIRST_DAY) is False
    assert all(kept.values())
    assert_nobody_sees_it(archived)


def test_sessions_keep_a_summary(archived: Database) -> None:
    run(retention(archived).steps(LATER))
    pings = [
        (decode(entry.raw), entry.received)
        for entry in walks().entries
        if b"patrol.pinged" in entry.raw
    ]
    with archived.read() as connection:
        rows = connection.execute(select(tables.patrol_sessions)).all()
    assert len(rows) > 20
    for row in rows:
        end = row.end or day_start(row.day + 1)
        mine = [
            ping
            for ping, received in pings
            if ping.key == row.worker
            and row.start <= ping.time < end
            and day_of(received) == row.day
        ]
        times = [ping.time for ping in mine]
        assert row.positions == len(mine)
        assert row.inside == sum(p.region == row.grid and p.data.lon > 117 for p in mine)
        assert (row.first_at, row.last_at) == (min(times, default=None), max(times, default=None))


@pytest.mark.parametrize("steps", [1, 9, 14, 17, 26])
def test_killed_in_the_middle_it_is_finished_later(archived: Database, steps: int) -> None:
    work = retention(archived).steps(LATER)
    for _ in range(steps):
        next(work)
    work.close()
    with archived.read() as connection:
        summaries = connection.execute(select(tables.patrol_sessions)).all()
    assert_nobody_sees_it(archived)
    run(retention(archived).steps(LATER))
    assert_nobody_sees_it(archived)
    with archived.read() as connection:
        after = {
            (row.worker, row.start): row
            for row in connection.execute(select(tables.patrol_sessions))
        }
    for row in summaries:
        assert row.positions is None or after[row.worker, row.start] == row
    assert run(retention(archived).steps(LATER)) == Retained()


@pytest.mark.parametrize("seed", range(3))
def test_two_at_once_do_no_harm(archived: Database, seed: int) -> None:
    draw = random.Random(seed)
    running = [retention(archived).steps(LATER), retention(archived).steps(LATER)]
    while running:
        work = draw.choice(running)
        for _ in range(draw.randint(1, 12)):
            if next(work, None) is None:
                running.remove(work)
                break
    assert_nobody_sees_it(archived)
    assert run(retention(archived).steps(LATER)) == Retained()


def test_the_archive_goes_on_meanwhile(archived: Database) -> None:
    writer, reader = ArchiveWriter(archived), ArchiveReader(archived)
    entries = walks().entries
    for _ in retention(archived).steps(LATER):
        end = reader.end()
        entry = entries[-1]
        new = type(entry)(end.n + 1, end.received, b"foreign %d" % end.n)
        writer.store(
            Batch(ArchiveEnd(new.n, new.received, end.letters, end.epoch), entries=[(new, None)])
        )
    assert reader.end().n > len(entries)
    assert_nobody_sees_it(archived)


def test_old_checkpoints_lie_further_apart(database: Database, writer: ArchiveWriter) -> None:
    start, n = day_start(FIRST_DAY), 0
    for at in range(start + MINUTE, start + 3 * DAY, 30 * MINUTE):
        n += 21_000 if day_of(at) == FIRST_DAY + 1 else 1
        with database.write() as connection:
            point = Checkpoint(n, at, "0", b"state" * 100)
            store_rows(
                connection, Batch(ArchiveEnd(n, at, "0", ""), checkpoint=point), database.dialect
            )
    with database.read() as connection:
        before = [row.at for row in connection.execute(select(tables.checkpoints))]
    went = run(retention(database).steps(LATER))
    with database.read() as connection:
        rows = connection.execute(select(tables.checkpoints).order_by(tables.checkpoints.c.at))
        after = [(row.at, row.n) for row in rows]
    assert went.checkpoints == len(before) - len(after) > 0
    assert went.checkpoint_bytes > 0
    assert max(before) == after[-1][0]
    for (_, one), (_, other) in pairwise(after):
        assert other - one <= 60_000 + 21_000
    for night in (1, 2):
        assert any(start + night * DAY - HOUR < at < start + night * DAY for at, _ in after), (
            "none before midnight"
        )
    assert run(retention(database).steps(LATER)) == Retained()


def test_at_night_a_step_at_a_time(archived: Database) -> None:
    nightly = Nightly(retention(archived))
    early = LATER + 2 * HOUR
    # The work of the night before is done at the start of a process.
    done = next(filter(None, (nightly.step(early) for _ in range(1000))))
    assert done.days == day_of(walks().now) - FIRST_DAY + 1
    assert [nightly.step(early + MINUTE * m) for m in range(60)] == [None] * 60
    first = next(filter(None, (nightly.step(early + 2 * HOUR) for _ in range(1000))))
    assert first == Retained()
    assert nightly.step(early + 3 * HOUR) is None
