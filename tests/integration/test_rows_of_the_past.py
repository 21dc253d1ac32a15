"""The rows of cases, whistles, visits, sessions and moments, held against the raw events of some
days of the simulated district."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cockpit.clock import HOUR
from cockpit.domain.calendar import day_of
from cockpit.domain.events import Event, decode
from cockpit.ports import Entry
from datasource.database import tables
from datasource.database.engine import Database, open_database
from datasource.simulator.messages import SOURCES, numbered
from tests.past import DELAY, archive_all
from tests.unit.simulated import BORN, world

pytestmark = [pytest.mark.slow, pytest.mark.bulk]

HOURS = 30


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, list[Event]]]:
    """An archive, and the events in it."""
    folder: Path = tmp_path_factory.mktemp("past")
    made, start = world(), BORN - HOURS * HOUR
    # The register as it was, and the last hours whole.
    register = (e for e in made.events(made.beginning, start, 10**6) if "person.enrolled" in e.text)
    numbers = [1] * len(SOURCES)
    entries = []
    for n, event in enumerate(chain(register, made.events(start, BORN, 60)), 1):
        raw = numbered(event, numbers[event.source])
        numbers[event.source] += 1
        entries.append(Entry(n, max(start, event.time) + DELAY, raw))
    database = open_database("", folder)
    archive_all(database, entries)
    yield database, [decode(entry.raw) for entry in entries]
    database.close()


def rows(database: Database, table: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(table)))


def lives(events: list[Event], kind: str) -> dict[str, list[Event]]:
    """The events of each subject that was opened here, in order, up to its end."""
    opener = {"case": "case.reported", "whistle": "whistle.blown"}[kind]
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.type == opener or (event.key in found and event.type.startswith(f"{kind}.")):
            found[event.key].append(event)
    return found


def last(life: list[Event], kind: str) -> int | None:
    """When something last happened to a subject."""
    times = [event.time for event in life if event.type == kind]
    return times[-1] if times else None


def test_cases(past: tuple[Database, list[Event]]) -> None:
    database, events = past
    found = {row.key: row for row in rows(database, tables.cases)}
    wanted = lives(events, "case")
    assert found.keys() == wanted.keys()
    assert len(found) > 500
    for key, life in wanted.items():
        row, opened = found[key], life[0]
        assert (row.region, row.category, row.grade, row.channel, row.reported) == (
            opened.region, opened.data.category, opened.data.grade, opened.data.channel,
            opened.time,
        )  # fmt: skip
        for name in ("accepted", "filed", "dispatched", "handled", "closed"):
            assert getattr(row, name) == last(life, f"case.{name}"), (key, name)
        sent = [event.data for event in life if event.type == "case.dispatched"]
        assert (row.level, row.unit) == ((sent[-1].level, sent[-1].unit) if sent else (None, None))
        failed = [e for e in life if e.type == "case.verified" and not e.data.passed]
        assert row.checks_failed == len(failed)
        raised = [e.data.level for e in life if e.type == "case.supervised"]
        assert row.supervised == (raised[-1] if raised else 0)
        ends = [e.type for e in life if e.type.endswith((".closed", ".declined", ".cancelled"))]
        assert row.ended == (ends[0].partition(".")[2] if ends else "")
        if row.ended == "closed" and row.due is not None and not row.suspended:
            assert row.on_time == (row.closed <= row.due)


def test_whistles(past: tuple[Database, list[Event]]) -> None:
    database, events = past
    found = {row.key: row for row in rows(database, tables.whistles)}
    wanted = lives(events, "whistle")
    assert found.keys() == wanted.keys()
    assert len(found) > 5
    for key, life in wanted.items():
        row = found[key]
        moved = [e.data.department for e in life if e.type == "whistle.reassigned"]
        assert row.department == (moved[-1] if moved else life[0].data.department)
        since = last(life, "whistle.reassigned") or 0
        for name in ("signed", "arrived", "resolved"):
            happened = last(life, f"whistle.{name}")
            wanted_time = happened if happened is not None and happened >= since else None
            assert getattr(row, name) == wanted_time, (key, name)
        assert row.confirmed == last(life, "whistle.confirmed")
        assert row.blown == life[0].time


def test_visits(past: tuple[Database, list[Event]]) -> None:
    database, events = past
    enrolled: dict[str, Event] = {}
    wanted = []
    for n, event in enumerate(events, 1):
        if event.type in {"person.enrolled", "person.updated"}:
            enrolled.setdefault(event.key, event)
        elif event.type == "visit.made" and event.key in enrolled:
            wanted.append((n, event.key, event.time, event.data.result))
    found = [(r.n, r.person, r.time, r.result) for r in rows(database, tables.visits)]
    assert sorted(found) == wanted
    assert len(found) > 500


def test_sessions(past: tuple[Database, list[Event]]) -> None:
    database, events = past
    marks: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for event in events:
        if event.type in {"patrol.started", "patrol.ended"}:
            marks[event.key, day_of(event.time)].append(event)
    wanted = []
    for (worker, day), of_day in marks.items():
        begun: Event | None = None
        for mark in [*sorted(of_day, key=lambda e: e.time), None]:
            if begun is not None:
                end = mark.time if mark else None
                wanted.append((worker, day, begun.time, end, begun.region))
            begun = mark if mark is not None and mark.type == "patrol.started" else None
    found = [
        (r.worker, r.day, r.start, r.end, r.grid) for r in rows(database, tables.patrol_sessions)
    ]
    assert len(found) > 1000
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_moments(past: tuple[Database, list[Event]]) -> None:
    database, events = past
    found = rows(database, tables.moments)
    alerts = {row.key for row in found if row.kind == "alert"}
    assert alerts == {event.key for event in events if event.type == "alert.raised"}
    # Every case that stands overdue became so at the first instant behind its limit.
    closed_late = {
        row.key: row.due
        for row in rows(database, tables.cases)
        if row.on_time is False and row.due is not None
    }
    extended = {e.key for e in events if e.type in {"case.extended", "case.resumed"}}
    late = {row.key: row.at for row in found if row.kind == "case_overdue"}
    for key, due in closed_late.items():
        if key not in extended:
            assert late[key] == due + 1
