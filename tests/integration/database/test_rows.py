"""The other rows of a batch: what is replaced, what stays, what is there once."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from cockpit.clock import HOUR, MINUTE, SECOND
from cockpit.domain.calendar import day_of, day_start
from cockpit.ports import ArchiveEnd, Checkpoint, DeadLetter, RuleSet
from datasource.database import tables
from datasource.database.batch import Batch, Sample, SessionRow
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import GRIDS, case_row, full_batch, log_of, whistle_row
from tests.support import NOW

pytestmark = pytest.mark.integration
END = ArchiveEnd(0, 0, "0", "first")


def _rows(database: Database, name: str) -> list[dict[str, Any]]:
    table = tables.metadata.tables[name]
    with database.read() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [dict(row) for row in found.mappings()]


def test_every_row_is_written_as_it_is(writer: ArchiveWriter, database: Database) -> None:
    batch = full_batch(log_of(100))
    writer.store(batch)
    writer.store(batch)
    for name in ("cases", "whistles", "visits", "moments"):
        assert _rows(database, name) == [msgspec.structs.asdict(r) for r in getattr(batch, name)]
    sessions = _rows(database, "patrol_sessions")
    assert [(s["worker"], s["start"], s["end"], s["positions"]) for s in sessions] == [
        ("w1", NOW, None, None)
    ]
    midnight = day_start(day_of(NOW) + 1)
    metrics = '{"cases.open":3}'
    row = {"at": midnight, "region": "120110", "metrics": metrics}
    assert _rows(database, "half_hours") == [row]
    row = {"day": day_of(NOW), "region": "120110", "metrics": metrics}
    assert _rows(database, "daily") == [row]


def test_the_newest_state_of_a_case_and_a_whistle_wins(
    writer: ArchiveWriter, database: Database
) -> None:
    writer.store(Batch(END, cases=[case_row("1"), case_row("2")], whistles=[whistle_row("1")]))
    twice = [case_row("1", stage="handled"), case_row("1", NOW + HOUR, "closed")]
    writer.store(Batch(END, cases=twice, whistles=[whistle_row("1", "arrive")]))
    cases = _rows(database, "cases")
    assert [(c["key"], c["stage"], c["on_time"]) for c in cases] == [
        ("1", "closed", True),
        ("2", "handling", None),
    ]
    assert [w["leg"] for w in _rows(database, "whistles")] == ["arrive"]


def test_an_older_batch_does_not_bring_back_older_rows(
    writer: ArchiveWriter, database: Database
) -> None:
    log = log_of(200)
    older, newer = full_batch(log[:100]), full_batch(log)
    newer.cases = [case_row("1", NOW + HOUR, "closed")]
    writer.store(newer)
    stored = writer.store(older)
    assert stored.end == newer.end
    assert [c["stage"] for c in _rows(database, "cases")] == ["closed"]


def test_the_sessions_of_a_worker_s_day_are_exactly_these(
    writer: ArchiveWriter, database: Database
) -> None:
    day = day_of(NOW)
    first = SessionRow("w1", day, NOW, None, GRIDS[0])
    second = SessionRow("w1", day, NOW + HOUR, NOW + 2 * HOUR, GRIDS[1])
    other = SessionRow("w2", day, NOW, None, GRIDS[0])
    writer.store(Batch(END, walked={("w1", day): [first, second], ("w2", day): [other]}))
    with database.write() as connection:
        connection.execute(tables.patrol_sessions.update().values(positions=5))
    merged = replace(first, end=NOW + 2 * HOUR)
    writer.store(Batch(END, walked={("w1", day): [merged]}))
    found = [(s["worker"], s["end"], s["positions"]) for s in _rows(database, "patrol_sessions")]
    assert found == [("w1", NOW + 2 * HOUR, 5), ("w2", None, 5)]
    writer.store(Batch(END, walked={("w1", day): []}))
    assert [s["worker"] for s in _rows(database, "patrol_sessions")] == ["w2"]


def test_a_session_that_another_replaces_at_its_own_start_is_none(
    writer: ArchiveWriter, database: Database
) -> None:
    day = day_of(NOW)
    none = SessionRow("w1", day, NOW, NOW, GRIDS[0])
    real = SessionRow("w1", day, NOW, None, GRIDS[1])
    writer.store(Batch(END, walked={("w1", day): [none, real]}))
    found = [(s["end"], s["grid"]) for s in _rows(database, "patrol_sessions")]
    assert found == [(None, GRIDS[1])]


def test_a_sample_taken_again_replaces_the_first(
    writer: ArchiveWriter, database: Database, reader: ArchiveReader
) -> None:
    at = day_start(day_of(NOW)) + 30 * MINUTE
    writer.store(Batch(END, samples=[Sample(at, {"120110": {"a": 1}, GRIDS[0]: {"b": 0.5}})]))
    writer.store(Batch(END, samples=[Sample(at, {"120110": {"a": 2}}), Sample(at + 1, {})]))
    found = {(row["at"], row["region"]): row["metrics"] for row in _rows(database, "half_hours")}
    assert found == {(at, "120110"): '{"a":2}', (at, GRIDS[0]): '{"b":0.5}'}
    assert _rows(database, "daily") == []
    assert reader.sampled() == at


def test_letters_in_their_order_and_once(writer: ArchiveWriter, reader: ArchiveReader) -> None:
    names = ["9-0", "10-0", "10-2", "10-10", "200-0"]
    letters = [
        (name, DeadLetter(f"raw {name}".encode(), "type.unknown", "why \0", NOW, n))
        for n, name in enumerate(names)
    ]
    writer.store(Batch(ArchiveEnd(0, 0, "10-2", "first"), letters=letters[:3]))
    writer.store(Batch(ArchiveEnd(0, 0, "200-0", "first"), letters=letters))
    found = reader.letters("0", 100)
    assert [name for name, _ in found] == names
    assert [letter.raw for _, letter in found] == [letter.raw for _, letter in letters]
    assert [letter.n for _, letter in found] == [0, 1, 2, 3, 4]
    assert [name for name, _ in reader.letters("10-2", 1)] == ["10-10"]
    assert reader.letters("200-0", 10) == []


def test_checkpoints_by_number_and_by_instant(writer: ArchiveWriter, reader: ArchiveReader) -> None:
    apart = 30_000
    points = [Checkpoint(i * apart, NOW + i * SECOND, "0", bytes([i]) * 5000) for i in range(5)]
    for point in points:
        writer.store(Batch(END, checkpoint=point))
    assert reader.checkpoint() == points[4]
    assert reader.checkpoint(n=4 * apart - 1) == points[3]
    assert reader.checkpoint(at=NOW + 2 * SECOND) == points[2]
    assert reader.checkpoint(n=3 * apart, at=NOW + SECOND + 1) == points[1]
    assert reader.checkpoint(n=apart, at=NOW + 3 * SECOND) == points[1]
    assert reader.checkpoint(at=NOW - 1) is None


@pytest.mark.parametrize("head", [0, 70])
def test_rules_are_in_force_from_the_next_entry(head: int, reader: ArchiveReader) -> None:
    assert reader.rule_sets() == []
    first = [RuleSet(1, "one")]
    assert reader.adopt_rules("one", head) == first
    assert reader.adopt_rules("one", head + 10) == first
    both = [*first, RuleSet(head + 21, "two")]
    assert reader.adopt_rules("two", head + 20) == both
    # Before another entry came, and when the head seems to have gone back.
    for text, at in (("three", head + 20), ("four", head + 3)):
        both = [*first, RuleSet(head + 21, text)]
        assert reader.adopt_rules(text, at) == both == reader.rule_sets()
