"""The simulated district on the real wall: a busy afternoon looks like the reference picture."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from cockpit.domain.calendar import day_of, day_start
from cockpit.ports import Entry
from cockpit.projector import Projector
from datasource.polygons import PolygonGeography
from datasource.simulator.messages import numbered
from datasource.simulator.runner import PAST_EACH, TODAY_EACH
from tests.unit.simulated import BORN, district, world

pytestmark = [pytest.mark.slow, pytest.mark.bulk]


@pytest.fixture(scope="module")
def folded() -> tuple[dict[str, Any], list[str]]:
    """The district's panels at BORN after the past, and what the ledgers refused."""
    regions, rules, _ = district()
    projector = Projector(regions, rules, PolygonGeography(rules.patrol.grace_metres))
    made, numbers, today = world(), Counter[int](), day_start(day_of(BORN))
    n = 0
    for start, end, each in ((made.beginning, today, PAST_EACH), (today, BORN, TODAY_EACH)):
        for event in made.events(start, end, each):
            n += 1
            numbers[event.source] += 1
            projector.fold(Entry(n, BORN, numbered(event, numbers[event.source])))
    projector.advance(BORN)
    refused = [letter.code for letter in projector.take_refusals()]
    view = f"{regions.district.code}/wall"
    return msgspec.json.decode(projector.frame(view, "e", 0))["panels"], refused


def test_the_ledgers_refuse_nothing(folded: tuple[dict[str, Any], list[str]]) -> None:
    assert folded[1] == []


def test_the_wall_looks_like_a_busy_afternoon(folded: tuple[dict[str, Any], list[str]]) -> None:
    cases, whistles, patrols = (folded[0][name] for name in ("cases", "whistles", "patrols"))
    assert 450 < cases["reported_today"] < 800
    assert 220 < cases["open"] < 400
    assert 280 < cases["closed_today"] < 480
    assert 2 <= cases["overdue"] <= 20
    assert 8 <= cases["at_risk"] <= 50
    assert 0.97 < cases["on_time_rate"] < 0.995
    assert all(cases["stage"].values())
    for rate in ("response_rate", "resolution_rate", "satisfaction_rate"):
        assert 0.93 < cases[rate] < 0.99
    assert 25 < whistles["open"] < 60
    assert 2 <= whistles["overdue"] <= 14
    assert 0.88 < whistles["on_time_arrival_rate"] < 0.99
    assert 1060 < patrols["expected"] < 1147
    assert 0.86 < patrols["coverage_rate"] < 0.94
    assert 960 < patrols["on_duty"] < 1120
    assert 8 < patrols["off_post"] < 60


def test_one_street_is_visibly_worse(folded: tuple[dict[str, Any], list[str]]) -> None:
    streets = {row["name"]: row for row in folded[0]["patrols"]["by_child"] if row["expected"]}
    worst = min(streets, key=lambda name: streets[name]["afternoon"])
    assert worst == "军粮城街道"
    assert 0.62 < streets[worst]["afternoon"] < 0.8
    ranked = [row for row in folded[0]["rates"]["by_child"] if row["rank"]]
    assert ranked[-1]["name"] == worst


def test_people_are_visited_in_time(folded: tuple[dict[str, Any], list[str]]) -> None:
    visits, people = folded[0]["visits"], folded[0]["people"]["enrolled"]
    assert 42_800 < people["care"] < 43_200
    assert 4_050 < people["special"] < 4_250
    assert 300 < visits["due_today"]["care"] < 900
    assert visits["made_today"]["care"] > 2000
    assert 1 <= visits["overdue"]["care"] < 30
