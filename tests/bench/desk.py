"""A dispatcher's table of 100,000 cases, over SQLite and PostgreSQL: how long the role `desk` takes
for the first rows, for a filter, for a street, and for the counts of all queues."""

import random
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec

from cockpit.clock import DAY, HOUR, parse_instant
from cockpit.domain.access import Account
from cockpit.domain.regions import Regions
from cockpit.ledgers.case_records import STAGES
from cockpit.ports import ArchiveEnd
from datasource.database.batch import AlertRow, Batch, CaseRow, PersonRow
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.rows import store_rows
from datasource.desk.audit import Audit
from datasource.desk.looking import Looking
from datasource.desk.queues import QueueLists
from datasource.desk.work_questions import Queue, QueueCounts, Rows
from datasource.geography import load_regions
from tests.bench.report import Row
from tests.postgres import PostgresServer
from tests.twins import ManualClock

CASES, PERSONS, ALERTS, OPEN = 100_000, 47_000, 3_000, 0.3
NOW = parse_instant("2026-11-23T15:00:00+08:00")
AGAIN = 15
PAGE = 100
WHO = Account("operator-1", "operator", "120110")


def run(_: Namespace) -> list[Row]:
    """Both databases, one after the other."""
    with TemporaryDirectory(prefix="cockpit-bench-desk-") as folder:
        rows = _measured("SQLite", "", Path(folder))
        server = PostgresServer(durable=True).start()
        try:
            rows += _measured("PostgreSQL", server.new_database(), Path(folder))
        finally:
            server.remove()
    return rows


def _measured(name: str, url: str, folder: Path) -> list[Row]:
    regions = load_regions()
    with closing(open_database(url, folder)) as database:
        migrate(database)
        fill(database, regions)
        clock = ManualClock(NOW)
        looking = Looking(regions, Audit(database, clock))

        def lists() -> QueueLists:
            """New ones know no counts of a moment ago."""
            return QueueLists(database, regions, clock, looking)

        return [
            Row(f"{name}: {what}", milliseconds, "ms", aim)
            for what, milliseconds, aim in _timed(lists, regions.at_level("street")[2].code)
        ]


def _timed(lists: Callable[[], QueueLists], street: str) -> list[tuple[str, float, str]]:
    text = {"filterType": "text", "type": "contains", "filter": "街道"}
    overdue = {"filterType": "set", "values": ["overdue"]}
    three = {
        "unit": text,
        "state": overdue,
        "suspended": {"filterType": "set", "values": ["false"]},
    }
    day = {"filterType": "date", "type": "equals", "dateFrom": "2026-11-20", "dateTo": None}

    def rows(queue: Queue, region: str = "120110", **more: object) -> Callable[[], object]:
        asked = {"start": 0, "end": PAGE, **more}
        question = msgspec.convert(
            {"who": WHO, "region": region, "queue": queue, **asked}, Rows, from_attributes=True
        )
        return lambda: lists().rows(question)

    first, other = "< 300", "< 500"
    table: list[tuple[str, Callable[[], object], str]] = [
        ("first rows of all cases", rows("cases_all"), first),
        ("first rows of all cases, a street", rows("cases_all", street), first),
        ("first rows of what is overdue", rows("overdue"), first),
        ("first rows of what is to be accepted, a street", rows("to_accept", street), first),
        ("first rows of overdue visits", rows("visits_overdue"), first),
        ("all cases sorted by unit", rows("cases_all", sort=[("unit", "desc")]), other),
        ("filter: a text in the unit", rows("cases_all", filters={"unit": text}), other),
        ("filter: the state", rows("cases_all", filters={"state": overdue}), other),
        ("filter: a day", rows("cases_all", filters={"reported": day}), other),
        ("filter: three columns, a street", rows("cases_all", street, filters=three), other),
        ("part of a number", rows("cases_all", search="9999"), other),
        ("the last rows", rows("cases_all", start=CASES - PAGE, end=CASES), other),
        ("counts of all queues", lambda: lists().counts(QueueCounts(WHO, "120110")), first),
        ("counts of all queues, a street", lambda: lists().counts(QueueCounts(WHO, street)), first),
    ]  # fmt: skip
    return [(what, _usual(ask), aim) for what, ask, aim in table]


def _usual(ask: Callable[[], object]) -> float:
    """Milliseconds to an answer in JSON: the median of some."""
    taken = []
    for _ in range(AGAIN):
        begun = time.perf_counter()
        msgspec.json.encode(ask())
        taken.append((time.perf_counter() - begun) * 1000)
    return round(median(taken), 1)


def fill(database: Database, regions: Regions) -> None:
    """A district's rows of some months."""
    dice, grids = random.Random(1), regions.at_level("grid")
    with database.write() as connection:
        for start in range(0, CASES, 5000):
            batch = Batch(ArchiveEnd(0, 0, "0", ""))
            batch.cases = [
                _case(number, dice, regions, grids[dice.randrange(len(grids))].index)
                for number in range(start, start + 5000)
            ]
            store_rows(connection, batch, database.dialect)
        batch = Batch(ArchiveEnd(0, 0, "0", ""))
        batch.persons = [_person(n, dice, grids[n % len(grids)].code) for n in range(PERSONS)]
        batch.alerts = [_alert(n, dice, grids[n % len(grids)].code) for n in range(ALERTS)]
        store_rows(connection, batch, database.dialect)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _case(number: int, dice: random.Random, regions: Regions, grid: int) -> CaseRow:
    reported = NOW - dice.randrange(90 * DAY)
    going = dice.random() < OPEN
    stage = dice.choice(STAGES) if going else STAGES[-1]
    due = reported + dice.randrange(1, 95 * 24) * HOUR if stage in STAGES[3:] else None
    community = regions.ancestor(grid, "community")
    street = regions.street_like(grid)
    return CaseRow(
        key=f"{number:07}", region=regions.all[grid].code, street=street.code if street else None,
        community=community.code if community else None, category=dice.choice(("0101", "0106")),
        grade="general", channel="patrol", stage=stage, ended="" if going else "closed",
        reported=reported, accepted=reported, filed=None, dispatched=reported if due else None,
        handled=None, closed=None if going else reported + DAY, level="street",
        unit=f"{street.name if street else ''}办事处{dice.randrange(40)}科", due=due,
        suspended=False, on_time=None if going else True, checks_failed=0, supervised=0,
        version=number, risk_at=due - HOUR if due and going else None,
    )  # fmt: skip


def _person(number: int, dice: random.Random, grid: str) -> PersonRow:
    due = NOW + dice.randrange(-20, 70) * DAY
    place = (grid, grid[:9], grid[:12])
    return PersonRow(f"p{number}", *place, "care", "poor", "general", 20_000, None, due, number)


def _alert(number: int, dice: random.Random, grid: str) -> AlertRow:
    at, place = NOW - dice.randrange(30 * DAY), (grid, grid[:9], grid[:12])
    told = dice.random() < 0.9
    return AlertRow(
        f"a{number}", *place, "health", "warning", f"p{number}", not told, told, at,
        at + HOUR if told else None, None, number,
    )  # fmt: skip
