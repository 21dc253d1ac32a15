"""Queues: how many and which are what the ledgers say, for every region; pages, order, filters;
who sees what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from sqlalchemy import insert, select

from cockpit.clock import DAY, HOUR, parse_instant, to_text
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from cockpit.ledgers.watch import STATES
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.people_tables import audit
from datasource.database.work_tables import shelvings
from datasource.desk.queues import QUEUES
from datasource.desk.work_questions import Queue, QueueCounts, Rows
from tests.desks import OPERATOR, account, life, lists, regions

pytestmark = pytest.mark.integration
SATURDAY = parse_instant("2026-11-28T00:00:00+08:00")
QUEUE_NAMES = cast("tuple[Queue, ...]", get_args(Queue))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    database = open_database(url, tmp_path_factory.mktemp("archive"))
    migrate(database)
    life().archive(database)
    yield database
    database.close()


def metric(region: str, name: str) -> int:
    """A number of the live ledgers; of a group the sum over its categories."""
    metrics: Any = life().live.metrics(region)
    stem, _, group = name.rpartition(".")
    groups = life().live.ledgers.people.rules.groups
    if stem.startswith("visits.") and group in groups:
        return sum(metrics[f"{stem}.{category}"] for category in groups[group].categories)
    return int(metrics[name])


def touched() -> list[str]:
    """Regions of all levels: where anything is, what lies above, and a far corner."""
    people = life().live.ledgers
    records = [people.cases.record(k) for k in people.cases._state.cases]
    indexes = {i for case in records for i in regions().all[case.region].chain}
    codes = [regions().all[i].code for i in sorted(indexes)]
    return [*codes, regions().at_level("grid")[-1].code, regions().at_level("zone")[0].code]


def rows(
    database: Database, queue: Queue, who: Account = OPERATOR, region: str = "120110", **asked: Any
) -> dict[str, Any]:
    asked = {"start": 0, "end": 500, **asked}
    return lists(database, life().now).rows(Rows(who, region, queue, **asked))


def test_counts_are_those_of_the_ledgers_in_every_region(database: Database) -> None:
    desk, seen = lists(database, life().now), dict.fromkeys(QUEUE_NAMES, 0)
    for region in touched():
        answer: Any = desk.counts(QueueCounts(OPERATOR, region))
        assert answer["n"] == life().n
        assert answer["counts"].keys() == set(QUEUE_NAMES)
        for name in QUEUE_NAMES:
            seen[name] += answer["counts"][name]
            if wanted := QUEUES[name].metrics:
                total = sum(metric(region, each) for each in wanted)
                assert answer["counts"][name] == total, (region, name)
    assert all(seen.values()), seen


def test_the_lists_hold_exactly_the_subjects_that_are_counted(database: Database) -> None:
    ledgers = life().live.ledgers
    for name in QUEUE_NAMES:
        answer = rows(database, name)
        keys = [row["key"] for row in answer["rows"]]
        assert len(keys) == len(set(keys)) == answer["total"]
        for row in answer["rows"]:
            if QUEUES[name].kind == "case":
                case = ledgers.cases.record(row["key"])
                status = STATES[case.status] if not case.ended else "in_time"
                assert (row["state"], row["version"]) == (status, case.version)
            elif QUEUES[name].kind == "whistle":
                whistle = ledgers.whistles.record(row["key"])
                status = STATES[whistle.status] if not whistle.ended else "in_time"
                assert (row["state"], row["version"]) == (status, whistle.version)
            elif QUEUES[name].kind == "person":
                person = ledgers.people.record(row["key"])
                assert person is not None
                assert (row["state"] == "overdue") == person.is_overdue
                assert row["version"] == person.version
            else:
                assert row["version"] == ledgers.alerts.record(row["key"]).version
    waiting = {row["leg"] for row in rows(database, "whistles_to_sign")["rows"]}
    assert waiting == {"sign", "refused"}


def test_a_page_after_the_other_shows_every_row_once(database: Database) -> None:
    whole = [row["key"] for row in rows(database, "cases_all", sort=[("category", "asc")])["rows"]]
    pages = [
        row["key"]
        for start in range(0, len(whole), 7)
        for row in rows(
            database, "cases_all", sort=[("category", "asc")], start=start, end=start + 7
        )["rows"]
    ]
    assert pages == whole
    due = [r["due"] for r in rows(database, "cases_all", sort=[("due", "desc")])["rows"]]
    there = [each for each in due if each is not None]
    assert due == sorted(there, reverse=True) + [None] * (len(due) - len(there))


def _one(kind: str, way: str, **given: Any) -> dict[str, Any]:
    return {"filterType": kind, "type": way, **given}


@pytest.mark.parametrize(
    ("column", "model", "test"),
    [
        ("unit", _one("text", "contains", filter="街"), lambda r: "街" in (r["unit"] or "")),
        ("unit", _one("text", "blank"), lambda r: not r["unit"]),
        ("unit", _one("text", "contains", filter="%"), lambda r: False),
        ("key", _one("text", "startsWith", filter="1"), lambda r: r["key"].startswith("1")),
        ("place", _one("text", "contains", filter="网格"), lambda r: "网格" in r["place"]),
        ("version", _one("number", "greaterThan", filter=400), lambda r: r["version"] > 400),
        (
            "version", _one("number", "inRange", filter=9, filterTo=90),
            lambda r: 9 <= r["version"] <= 90,
        ),
        ("state", {"filterType": "set", "values": ["overdue"]}, lambda r: r["state"] == "overdue"),
        ("suspended", {"filterType": "set", "values": ["true"]}, lambda r: r["suspended"]),
        ("level", {"filterType": "set", "values": [None]}, lambda r: r["level"] is None),
        (
            "reported", _one("date", "equals", dateFrom="2026-11-28 00:00:00", dateTo=None),
            lambda r: 0 <= parse_instant(r["reported"]) - SATURDAY < DAY,
        ),
        (
            "grade",
            {
                "filterType": "text", "operator": "OR",
                "conditions": [_one("text", "equals", filter="urgent"),
                               _one("text", "equals", filter="routine")],
            },
            lambda r: r["grade"] in {"urgent", "routine"},
        ),
    ],
)  # fmt: skip
def test_filters_keep_what_they_say(
    database: Database, column: str, model: dict[str, Any], test: Any
) -> None:
    every = rows(database, "cases_all")["rows"]
    wanted = {row["key"] for row in every if test(row)}
    found = rows(database, "cases_all", filters={column: model})
    assert {row["key"] for row in found["rows"]} == wanted
    assert found["total"] == len(wanted)
    assert wanted or model.get("filter") == "%"


def test_a_part_of_a_key_finds_it(database: Database) -> None:
    every = {row["key"] for row in rows(database, "cases_all")["rows"]}
    found = {row["key"] for row in rows(database, "cases_all", search="12")["rows"]}
    assert found == {key for key in every if "12" in key}
    assert found


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": [("password", "asc")]},
        {"sort": [("due", "asc; DROP TABLE cases")]},
        {"filters": {"nothing": _one("text", "contains", filter="x")}},
        {"filters": {"unit": {"filterType": "text", "type": "regexp", "filter": "x"}}},
        {"filters": {"unit": _one("number", "equals", filter=1)}},
        {"filters": {"unit": "x"}},
        {"filters": {"unit": _one("text", "contains", filter="x", more=1)}},
        {"filters": {"reported": _one("date", "equals", dateFrom="yesterday")}},
        {"filters": {"version": _one("number", "inRange", filter=1)}},
        {"start": 0, "end": 501},
        {"start": 5, "end": 5},
    ],
)
def test_what_is_not_known_is_refused(database: Database, asked: dict[str, Any]) -> None:
    with pytest.raises(CockpitError) as caught:
        rows(database, "cases_all", **asked)
    assert caught.value.code == "request.invalid"


def test_a_department_sees_its_own_whistles_and_nothing_else(database: Database) -> None:
    who = account("department", department="区住建委")
    found = rows(database, "whistles_all", who)
    every = rows(database, "whistles_all")["rows"]
    assert found["total"] == sum(row["department"] == "区住建委" for row in every) > 0
    assert {row["department"] for row in found["rows"]} == {"区住建委"}
    answer: Any = lists(database, life().now).counts(QueueCounts(who, "120110"))
    assert answer["counts"].keys() == {q for q in QUEUES if QUEUES[q].kind == "whistle"}
    assert answer["counts"]["whistles_all"] == found["total"]
    for queue in ("cases_all", "visits_overdue", "alerts_active"):
        with pytest.raises(CockpitError) as caught:
            rows(database, queue, who)
        assert caught.value.code == "access.refused"


def test_another_street_is_refused_and_persons_need_their_right(database: Database) -> None:
    streets = regions().at_level("street")
    director = account("street_director", streets[0].code)
    with pytest.raises(CockpitError) as caught:
        rows(database, "cases_all", director, region=streets[1].code)
    assert caught.value.code == "access.refused"
    leader = account("leader")
    with pytest.raises(CockpitError) as caught:
        rows(database, "visits_overdue", leader)
    assert caught.value.code == "access.refused"
    counts: Any = lists(database, life().now).counts(QueueCounts(leader, "120110"))
    assert not {name for name in counts["counts"] if name.startswith("visits")}


def test_no_list_says_whom_an_alert_is_about(database: Database) -> None:
    """That is a look at a person, which is audited; a list is not."""
    about = {"person": _one("text", "contains", filter="p")}
    for who in (OPERATOR, account("leader")):
        assert all("person" not in row for row in rows(database, "alerts_active", who)["rows"])
        for asked in ({"sort": [("person", "asc")]}, {"filters": about}):
            with pytest.raises(CockpitError) as caught:
                rows(database, "alerts_active", who, **asked)
            assert caught.value.code == "request.invalid"


def test_a_look_at_persons_is_audited_once_for_a_while(database: Database) -> None:
    desk = lists(database, life().now)
    who = account("street_director")
    for _ in range(3):
        desk.rows(Rows(who, "120110", "visits_overdue", 0, 10))
    told = select(audit.c.what, audit.c.subject).where(audit.c.account == who.id)
    with database.read() as connection:
        assert [tuple(row) for row in connection.execute(told)] == [
            ("look.person", "120110/visits_overdue")
        ]


def test_a_shelved_alert_waits_where_all_active_ones_are(database: Database) -> None:
    waiting = rows(database, "alerts_unacknowledged")["rows"]
    chosen = next(row for row in waiting if row["active"])
    now = life().now
    row = {"key": chosen["key"], "until": now + HOUR, "at": now, "account": "a", "reason": "r"}
    with database.write() as connection:
        # An earlier one, and one of another alert, change nothing.
        longer = {**row, "id": "b", "number": 1, "until": now + DAY}
        other = {**row, "id": "d", "number": 3, "until": now, "key": "other"}
        for each in (longer, {**row, "id": "c", "number": 2}, other):
            connection.execute(insert(shelvings), each)
    keys = [row["key"] for row in rows(database, "alerts_unacknowledged")["rows"]]
    assert keys == [row["key"] for row in waiting if row["key"] != chosen["key"]]
    active = rows(database, "alerts_active")["rows"]
    shown = {row["key"]: (row["shelved_until"], row["shelvings"]) for row in active}
    assert shown.pop(chosen["key"]) == (to_text(now + HOUR), 2)
    assert set(shown.values()) == {(None, 0)}
    later = lists(database, now + HOUR)
    again: Any = later.rows(Rows(OPERATOR, "120110", "alerts_unacknowledged", 0, 500))
    assert chosen["key"] in [row["key"] for row in again["rows"]]
    with database.write() as connection:
        connection.execute(shelvings.delete())


def test_the_page_of_the_desk_tells_every_queue_as_it_is() -> None:
    page = Path("docs/desk.md").read_text("utf-8")
    for name, queue in QUEUES.items():
        metrics = " + ".join(f"`{metric}`" for metric in queue.metrics)
        assert f"| `{name}` | {queue.kind} | {queue.means} | {metrics} |" in page
