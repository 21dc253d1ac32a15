"""From a number to the list that makes it up: as long as the number, for every metric, region and
moment; and only for who may see it."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from cockpit.clock import DAY, HOUR, to_text
from cockpit.domain.access import Account
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.meeting import DAYS
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.projector import Projector
from datasource.database.engine import Database
from datasource.departments import DepartmentAnswers
from datasource.member_lists import MemberLists, Past
from datasource.questions import Departments, Members
from datasource.replay import Replays
from tests.desks import OPERATOR, RULES, START, account, life, regions
from tests.twins import ManualClock

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with life().archived(tmp_path_factory.mktemp("archive")) as database:
        yield database


@pytest.fixture
def replays(database: Database) -> Replays:
    return life().replays(database)


class Standing:
    """A past that stands at one moment."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector

    def projector_at(self, at: int | None) -> Projector:
        return self._projector


def ask(
    replays: Past, metric: str, region: str = "120110", who: Account = OPERATOR, **more: Any
) -> Any:
    asked = Members(who, region, metric, **{"end": 2000, **more})
    return MemberLists(replays, regions()).answer(asked)


def named(metric: str) -> bool:
    return not metric.startswith("stream.")


def test_every_number_has_as_many_rows_as_it_says_live_and_at_moments(replays: Replays) -> None:
    draw, told = random.Random(5), 0
    places = {i for code in ("120110001005001", "120110002") for i in regions().get(code).chain}
    moments = sorted(draw.randint(START, life().now) // 1000 * 1000 for _ in range(2))
    for at in (*moments, None):
        numbers = replays.projector_at(at)
        for place in sorted(places):
            region = regions().all[place].code
            metrics = numbers.metrics(region)
            if at is None:
                assert metrics == life().live.metrics(region)
            for name, value in filter(lambda pair: named(pair[0]), metrics.items()):
                answer = ask(Standing(numbers), name, region)
                assert answer["value"] == value, (at, region, name)
                counted = [row for row in answer["rows"] if row.get("counted", True)]
                assert len(answer["rows"]) == answer["total"]
                if name.endswith("_rate"):
                    whole = len(counted) / answer["total"] if answer["total"] else None
                    assert whole == value
                else:
                    assert len(counted) == answer["total"] == value
                assert answer["at"] == to_text(numbers.now)
                told += len(counted)
    assert told > 1000


def test_groups_and_what_coverage_lacks_have_lists_too(replays: Replays) -> None:
    care = regions_sum("people.enrolled", "care")
    assert ask(replays, "people.enrolled.care")["total"] == care > 0
    expected = ask(replays, "patrols.expected")["total"]
    covered = ask(replays, "patrols.covered")["total"]
    assert ask(replays, "patrols.uncovered")["total"] == expected - covered
    row = ask(replays, "patrols.expected", end=1)["rows"][0]
    assert set(row["shifts"]) >= {"morning", "afternoon"}


def regions_sum(stem: str, group: str) -> int:
    people, numbers = life().live.ledgers.people, life().live.metrics("120110")
    found: list[Any] = [numbers[f"{stem}.{c}"] for c in people.rules.groups[group].categories]
    return sum(found)


def test_rows_say_what_a_leader_needs_what_is_due_first_comes_first(replays: Replays) -> None:
    rows = ask(replays, "cases.overdue")["rows"]
    assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)
    assert {row["state"] for row in rows} == {"overdue"}
    assert all(row["unit"] and row["place"] and row["category"] for row in rows)
    pages = [ask(replays, "cases.open", start=at, end=at + 5)["rows"] for at in range(0, 40, 5)]
    whole = ask(replays, "cases.open", end=40)["rows"]
    assert [row for page in pages for row in page] == whole
    rate = ask(replays, "cases.on_time_rate")
    assert {row["counted"] for row in rate["rows"]} == {True, False}


def test_a_departments_numbers_have_their_whistles(replays: Replays) -> None:
    at = (life().now - 3 * HOUR) // 1000 * 1000
    start = day_start(day_of(at - 1)) - (DAYS - 1) * DAY
    rules, clock = Rules.from_toml(RULES), ManualClock(life().now)
    answers = DepartmentAnswers(replays, regions(), rules, clock)
    found = answers.answer(Departments("120110", start, at))["departments"]
    past = Standing(replays.projector_at(at))
    now = past.projector_at(at).ledgers.whistles.departments(regions().district.index)
    told = {f"departments.{row['department']}.{k}": v for row in found for k, v in row.items()}
    told |= {f"whistles.department.{d}.{k}": v for d, row in now.items() for k, v in row.items()}
    words = (".department", ".rank")
    numbers = {name: value for name, value in told.items() if not name.endswith(words)}
    assert sum(value or 0 for value in numbers.values()) > 50
    for name, value in numbers.items():
        answer = ask(past, name, at=at)
        if name.endswith("_minutes"):  # of as many as there are in the list
            assert bool(answer["total"]) == (value is not None), name
        else:
            assert answer["value"] == value, name
        assert answer["total"] == len(answer["rows"])
        assert {row["department"] for row in answer["rows"]} <= {name.split(".")[-2]}


@pytest.mark.parametrize(
    "metric", ["stream.missed", "cases", "cases.trend", "people.enrolled.x", "departments.x.y"]
)
def test_what_counts_no_subjects_has_no_list(replays: Replays, metric: str) -> None:
    with pytest.raises(CockpitError) as caught:
        ask(replays, metric)
    assert caught.value.code == "metric.members"


def test_persons_only_for_whom_it_is_a_duty_and_only_in_their_region(replays: Replays) -> None:
    leader, street = account("leader"), account("street_director", "120110001")
    assert ask(replays, "cases.open", who=leader)["total"]
    alerts = ask(replays, "alerts.unacknowledged", who=leader)
    assert "person" not in json.dumps(alerts["rows"])
    department = account("department", department="区住建委")
    refused = (
        (leader, "visits.overdue.care", "120110"),
        (leader, "people.enrolled.correction", "120110"),
        (street, "cases.open", "120110"),
        (street, "cases.open", "120110002"),
        (department, "whistles.open", "120110"),
        (account("auditor"), "cases.open", "120110"),
    )
    for who, metric, region in refused:
        with pytest.raises(CockpitError) as caught:
            ask(replays, metric, region, who)
        assert caught.value.code == "access.refused", (who, metric)
    assert ask(replays, "people.enrolled.correction", "120110001", street)["kind"] == "person"
