"""The simulated world: repeatable, cut anywhere, legal, and like the brief."""

import re
import time
from collections import Counter, defaultdict

import pytest
import shapely

from cockpit.clock import DAY, HOUR, MINUTE, SECOND
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.events import EventReader
from cockpit.domain.working_days import is_working_day
from datasource.polygons import PolygonGeography
from datasource.simulator.messages import SOURCES, Made, numbered
from datasource.simulator.redis_doors import grids_text
from datasource.simulator.runner import PAST_EACH, TODAY_EACH
from tests.unit.simulated import BORN, SEED, body, district, world

pytestmark = pytest.mark.bulk

TODAY = day_start(day_of(BORN))
YOUNG = BORN + 12 * DAY  # born so late that BORN lies in the first days told: quickly made


@pytest.fixture(scope="module")
def past() -> list[Made]:
    """Everything a first start tells."""
    made = world()
    return [
        *made.events(made.beginning, TODAY, PAST_EACH),
        *made.events(TODAY, BORN, TODAY_EACH),
    ]


def test_same_seed_same_events_whatever_the_machines_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(world(born=YOUNG).events(BORN, BORN + 2 * MINUTE))

    def forbidden(*_: object) -> int:
        raise AssertionError("the world asked for the time")

    for name in ("time", "time_ns", "monotonic"):
        monkeypatch.setattr(time, name, forbidden)
    again = list(world(born=YOUNG).events(BORN, BORN + 2 * MINUTE))
    monkeypatch.undo()
    assert first == again
    assert len(first) > 1000


def test_another_seed_is_another_world() -> None:
    ours = {e.text for e in world(born=YOUNG).events(BORN, BORN + MINUTE)}
    others = {e.text for e in world(seed=SEED + 1, born=YOUNG).events(BORN, BORN + MINUTE)}
    assert len(ours & others) < len(ours) / 100


@pytest.mark.parametrize("each", [1, TODAY_EACH])
@pytest.mark.parametrize(
    ("start", "cut", "end"),
    [
        (BORN, BORN + 7 * MINUTE + 1, BORN + 15 * MINUTE),
        (BORN - 90 * SECOND, BORN, BORN + 90 * SECOND),
        (TODAY - HOUR, TODAY, TODAY + 9 * HOUR),
    ],
)
def test_a_cut_changes_nothing(start: int, cut: int, end: int, each: int) -> None:
    whole = list(world(born=YOUNG).events(start, end, each))
    parts = [*world(born=YOUNG).events(start, cut, each), *world(born=YOUNG).events(cut, end, each)]
    assert parts == whole
    assert all(start <= event.time < end for event in whole)


def test_a_cut_at_an_event_tells_it_once() -> None:
    whole = list(world(born=YOUNG).events(BORN, BORN + MINUTE))
    cut = whole[len(whole) // 2].time
    made = world(born=YOUNG)
    assert [*made.events(BORN, cut), *made.events(cut, BORN + MINUTE)] == whole


def test_thinned_positions_are_some_of_the_same() -> None:
    every = list(world(born=YOUNG).events(BORN, BORN + 30 * MINUTE))
    thin = list(world(born=YOUNG).events(BORN, BORN + 30 * MINUTE, TODAY_EACH))
    assert set(thin) < set(every)
    assert [e for e in every if "patrol.pinged" not in e.text] == [
        e for e in thin if "patrol.pinged" not in e.text
    ]


def test_workers_are_spread_over_the_half_minute() -> None:
    seconds = Counter(
        (e.time - BORN) // SECOND for e in world(born=YOUNG).events(BORN, BORN + 30 * SECOND)
    )
    assert len(seconds) == 30
    assert max(seconds.values()) < 90


def test_the_past_is_legal_unique_and_in_order(past: list[Made]) -> None:
    regions, rules, _ = district()
    reader = EventReader(regions, rules)
    numbers: Counter[int] = Counter()
    for event in past:
        numbers[event.source] += 1
        read = reader.read(numbered(event, numbers[event.source]), BORN)
        assert read.time == event.time // 1000 * 1000
        assert read.source == SOURCES[event.source]
    assert [e.time for e in past] == sorted(e.time for e in past)
    assert len({e.id for e in past}) == len(past)
    assert 250_000 < len(past) < 350_000


def test_persons_are_opaque(past: list[Made]) -> None:
    for event in past:
        if "person/" in event.text:
            assert re.fullmatch(r"person/p-[0-9a-f]{10}", body(event)["subject"])


def test_every_kind_of_event_happens(past: list[Made]) -> None:
    found = {body(event)["type"] for event in past if event.source or "pinged" not in event.text}
    assert found | {"patrol.pinged", "source.alive"} == set(EVENT_TYPES)


def test_days_have_the_briefs_volume(past: list[Made]) -> None:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for event in past:
        for sign in ('"channel":"patrol"', '"channel":', '"visit.made"', '"whistle.blown"'):
            counts[sign][day_of(event.time)] += sign in event.text
    for day in range(day_of(BORN) - 14, day_of(BORN)):
        patrol, reported = counts['"channel":"patrol"'][day], counts['"channel":'][day]
        if is_working_day(day):
            assert 470 < patrol < 580
            assert 165 < reported - patrol < 215
            assert 3500 < counts['"visit.made"'][day] < 5000
            assert 28 < counts['"whistle.blown"'][day] < 55
        else:
            assert 150 < patrol < 220
            assert counts['"visit.made"'][day] > 1000


def test_the_registers_have_the_briefs_sizes(past: list[Made]) -> None:
    enrolled: Counter[str] = Counter()
    for event in past:
        if '"person.enrolled"' in event.text and event.time < TODAY - 14 * DAY:
            enrolled[body(event)["data"]["category"]] += 1
    special = sum(enrolled[c] for c in ("released", "correction", "mental", "rehab", "youth"))
    assert special == 4126
    assert enrolled["elder_alone"] == 21_840
    assert sum(enrolled.values()) - special == 42_998


def test_channels_and_hours(past: list[Made]) -> None:
    channels: Counter[str] = Counter()
    patrol_hours: Counter[int] = Counter()
    for event in past:
        if '"case.reported"' in event.text:
            channel = body(event)["data"]["channel"]
            channels[channel] += 1
            if channel == "patrol" and is_working_day(day_of(event.time)):
                patrol_hours[(event.time - day_start(day_of(event.time))) // HOUR] += 1
    appeals = sum(channels.values()) - channels["patrol"]
    shares = {c: channels[c] / appeals for c in ("8890", "opinion", "heart", "online")}
    assert shares == pytest.approx(
        {"8890": 0.60, "opinion": 0.20, "heart": 0.13, "online": 0.07}, abs=0.03
    )
    assert patrol_hours[10] > 3 * patrol_hours[12]
    assert patrol_hours[15] > 3 * patrol_hours[18]


def test_positions_lie_in_the_workers_polygon() -> None:
    shapes = shapely.get_parts(shapely.from_geojson(grids_text()))
    polygons = dict(zip(_codes(), shapes, strict=True))
    grace = PolygonGeography(100)
    inside = outside = 0
    for event in world(born=YOUNG).events(BORN, BORN + 8 * MINUTE):
        if '"patrol.pinged"' not in event.text:
            continue
        message = body(event)
        where = message["data"]["lon"], message["data"]["lat"]
        if shapely.intersects_xy(polygons[message["region"]].buffer(1e-6), *where):
            inside += 1
        else:  # those off their post are beyond the grace as well, not by a rounding
            outside += 1
            assert not grace.inside(message["region"], *where)
    assert 0.01 < outside / (inside + outside) < 0.06
    assert inside > 15_000


def _codes() -> list[str]:
    import msgspec

    return [f["properties"]["code"] for f in msgspec.json.decode(grids_text())["features"]]


def test_days_off_have_no_shift(past: list[Made]) -> None:
    for event in past:
        if '"patrol.' in event.text:
            assert is_working_day(day_of(event.time))


def test_some_workers_are_on_leave(past: list[Made]) -> None:
    _, _, ground = district()
    days: Counter[int] = Counter()
    for event in past:
        if '"worker.excused"' in event.text:
            days[day_of(event.time)] += 1
    assert 0.01 < sum(days.values()) / len(ground.grids) / 2 < 0.2


def test_the_world_goes_on_months_later() -> None:
    later = day_start(day_of(BORN) + 30) + 8 * HOUR
    found = Counter(body(e)["type"] for e in world().events(later, later + HOUR, TODAY_EACH))
    assert found["case.reported"] > 10
    assert found["visit.made"] > 100
    assert found["patrol.started"] > 500
