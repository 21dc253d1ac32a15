"""History out of SQL, held against the slow recomputation from raw events, on both databases."""

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from cockpit.clock import DAY, HOUR, MINUTE, parse_instant, to_text
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.database.engine import Database, open_database
from datasource.database.history import HALF_HOUR, History, _same_half_hours, shown_metrics
from datasource.database.jumps import ArchiveJumps
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.departments import DepartmentAnswers
from datasource.geography import load_regions
from datasource.questions import Compare, Departments, Handling, Moments, PastQuestion, Series
from datasource.replay import Replays
from tests import oracle
from tests.lived import Life, flat
from tests.oracle.history import Kept, answered, department, known_at
from tests.property.small_world import FlatGeography, message, rules
from tests.property.test_real_district import Days
from tests.twins import ManualClock

pytestmark = pytest.mark.integration

START = parse_instant("2026-11-25T21:10:00+08:00")
EVENTS, PAUSE = 700, 2 * DAY // 700
TODAY = 20784  # 2026-11-27
NAMES = ["cases.open", "cases.reported_today", "cases.rework_rate", "visits.overdue.care"]


@lru_cache(maxsize=1)
def regions() -> Regions:
    return load_regions()


@lru_cache(maxsize=1)
def life() -> Life:
    lived, days = Life(START, regions(), Path("rules.toml").read_text("utf-8")), Days(regions())
    for number in range(EVENTS):
        kind, subject, time, place, data = days.event(lived.now)
        lived.hear(message(number, kind, subject, time, place, data))
        lived.tick(days.random.randint(1, 2 * PAUSE))
        if number % 10 == 0:
            live_through(lived, days, EVENTS + 10 * number)
    return lived


def live_through(lived: Life, days: Days, number: int) -> None:
    """A case and a whistle that go all the way within some hours before now."""
    draw = days.random
    unit = {"level": draw.choice(["grid", "street"]), "unit": draw.choice(["甲", "乙"])}
    category = draw.choice(["0101", "0403", "1203"])
    blown = {"kind": "emergency", "department": draw.choice(["区城管委", "区住建委"])}
    steps: list[tuple[str, dict[str, Any] | None]] = [
        ("case.reported", {"category": category, "grade": "general", "channel": "8890"}),
        ("case.dispatched", unit),
        ("case.closed", None),
        ("whistle.blown", {**blown, "category": category}),
        ("whistle.signed", None),
        ("whistle.arrived", None),
        ("whistle.resolved", None),
    ]
    times = sorted(lived.now - draw.randint(0, 5 * HOUR) for _ in steps[:3])
    times += sorted(lived.now - draw.randint(0, 5 * HOUR) for _ in steps[3:])
    place = draw.choice(days.places)
    for step, ((kind, data), time) in enumerate(zip(steps, times, strict=True)):
        subject = f"{kind.partition('.')[0]}/w{number}"
        lived.hear(message(number + step, kind, subject, time, place, data))


@lru_cache(maxsize=1)
def places() -> list[str]:
    """The district, a street and a community in which things happen."""
    community = Days(regions()).communities[0]
    return [regions().district.code, community.code[:9], community.code]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The archive of that life; the tests only read."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres").new_database() if postgres else ""
    database = open_database(url, tmp_path_factory.mktemp("archive"))
    migrate(database)
    life().archive(database, checkpoints=0.0)
    yield database
    database.close()


def ask(database: Database, question: PastQuestion | Departments) -> dict[str, Any]:
    if isinstance(question, Departments):
        reader, clock = ArchiveReader(database), ManualClock(life().now)
        jumps = ArchiveJumps(database, reader, regions())
        replays = Replays(reader, jumps, regions(), flat, clock, "a" * 8, 2)
        return DepartmentAnswers(replays, regions(), rules(), clock).answer(question)
    return History(database, regions(), rules()).answer(question)


@lru_cache(maxsize=64)
def recomputed(at: int) -> oracle.Oracle:
    """Everything as it was at the end of a half-hour."""
    heard = [entry for entry in life().entries if entry.received < at]
    return oracle.Oracle(heard, at - 1, regions(), rules(), FlatGeography())


def number(at: int, code: str, name: str) -> Any:
    """A metric of a region, or a sum over the care group."""
    metrics = recomputed(at).metrics(code)
    group, _, last = name.rpartition(".")
    if last == "care":
        return sum(metrics[f"{group}.{c}"] for c in rules().groups["care"].categories)  # type: ignore[misc]
    return metrics[name]


# -- metrics over time ----------------------------------------------------------------------


def test_every_metric_over_half_hours_is_what_it_was(database: Database) -> None:
    names = sorted(shown_metrics(regions(), rules()))
    end = life().now
    begin = end - 6 * HOUR
    for first in range(0, len(names), 12):
        some = names[first : first + 12]
        for code in places():
            asked = Series(code, some, begin, end, "half_hour")
            answer = ask(database, asked)
            axis = [parse_instant(text) for text in answer["at"]]
            assert len(axis) == 12
            for index in (0, 5, 11):
                got = {name: answer["series"][name][index] for name in some}
                want = {name: number(axis[index], code, name) for name in some}
                assert got == pytest.approx(want)


def test_days_are_told_by_their_end_and_today_by_what_it_has_come_to(database: Database) -> None:
    code = places()[1]
    asked = Series(code, NAMES, day_start(TODAY - 4), life().now, "day", children=True)
    answer = ask(database, asked)
    assert answer["at"][0] == "2026-11-23"
    ends = [None, None, *(day_start(day + 1) for day in range(TODAY - 2, TODAY))]
    ends.append(life().now // HALF_HOUR * HALF_HOUR)
    assert len(answer["at"]) == len(ends)
    assert day_of(life().now) == TODAY
    below = {c.code: answer["children"][c.code] for c in regions().children_of(regions().get(code))}
    for place, series in {code: answer["series"], **below}.items():
        for name in NAMES:
            want = [None if end is None else number(end, place, name) for end in ends]
            assert series[name] == pytest.approx(want)


def test_a_rate_says_of_how_many(database: Database) -> None:
    asked = Series("120110", NAMES, day_start(TODAY - 1), life().now, "day")
    told = ask(database, asked)["definition"]
    ends = [day_start(TODAY), life().now // HALF_HOUR * HALF_HOUR]
    closed = [recomputed(end).metrics("120110")["cases.closed_month"] for end in ends]
    assert told["cases.rework_rate"] == {"kind": "rate", "n": closed}
    assert told["cases.open"] == {"kind": "count"}


def test_what_is_before_the_archive_is_no_number(database: Database) -> None:
    asked = Series("120110", NAMES, START - 3 * HOUR, START + 2 * HOUR, "half_hour")
    answer = ask(database, asked)
    open_cases = dict(zip(answer["at"], answer["series"]["cases.open"], strict=True))
    first = (life().entries[0].received // HALF_HOUR + 1) * HALF_HOUR
    for at, value in open_cases.items():
        assert (value is None) == (parse_instant(at) < first)


def test_what_is_before_the_first_record_was_not_counted(tmp_path: Path) -> None:
    """A site whose people were enrolled a day before its first case was told."""
    lived, days = Life(START, regions(), Path("rules.toml").read_text("utf-8")), Days(regions())
    person = {"group": "care", "category": "child", "level": "general"}
    lived.hear(message(1, "person.enrolled", "person/p1", START, places()[2], person))
    lived.tick(DAY)
    live_through(lived, days, 10)
    lived.tick(HOUR)
    database = open_database("", tmp_path)
    migrate(database)
    lived.archive(database, checkpoints=0.0)
    names = ["cases.open", "whistles.open", "people.enrolled.child", "patrols.expected"]
    found = ask(database, Compare("120110", names, lived.now))["metrics"]
    database.close()
    assert [found[name]["now"] for name in names[:3]] == [0, 1, 1]
    assert [found[name]["yesterday"] for name in names[:2]] == [None, None]
    assert found["people.enrolled.child"]["yesterday"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "people.enrolled.mental",
        "visits.due_today.released",
        "people.enrolled.special",
        "visits.overdue.special",
        "stream.events_per_second",
        "cases.nothing",
    ],
)
def test_what_no_wall_shows_has_no_history(database: Database, name: str) -> None:
    for question in (
        Series("120110", [name], START, life().now, "day"),
        Compare("120110", ["cases.open", name], life().now),
    ):
        with pytest.raises(CockpitError) as caught:
            ask(database, question)
        assert caught.value.code == "metric.unknown"
    assert not any(
        "special" in shown or "mental" in shown for shown in shown_metrics(regions(), rules())
    )


def test_grids_have_no_history_and_too_much_is_refused(database: Database) -> None:
    grid = regions().at_level("grid")[0].code
    with pytest.raises(CockpitError) as caught:
        ask(database, Series(grid, ["cases.open"], START, life().now, "day"))
    assert caught.value.code == "region.no_history"
    names = sorted(shown_metrics(regions(), rules()))[:12]
    with pytest.raises(CockpitError) as caught:
        ask(database, Series("120110", names, START - 100 * DAY, START, "half_hour", children=True))
    assert caught.value.code == "request.invalid"


# -- beside earlier days --------------------------------------------------------------------


def test_now_stands_beside_the_same_half_hour_of_earlier_days(database: Database) -> None:
    at = life().now // HALF_HOUR * HALF_HOUR
    answer = ask(database, Compare(places()[1], NAMES, life().now))
    assert answer["at"] == {
        "now": to_text(at),
        "yesterday": to_text(at - DAY),
        "last_week": to_text(at - 7 * DAY),
        "last_month": to_text(at - 31 * DAY),
    }
    for name in NAMES:
        then = [number(when, places()[1], name) for when in (at, at - DAY)]
        assert list(answer["metrics"][name].values()) == pytest.approx([*then, None, None])


@pytest.mark.parametrize(
    ("now", "yesterday", "last_month"),
    [
        ("2026-11-27T10:30", "2026-11-26T10:30", "2026-10-27T10:30"),
        ("2026-03-31T10:30", "2026-03-30T10:30", "2026-02-28T10:30"),
        ("2026-01-15T00:30", "2026-01-14T00:30", "2025-12-15T00:30"),
        # What ends at midnight is of the day before.
        ("2026-04-01T00:00", "2026-03-31T00:00", "2026-03-01T00:00"),
    ],
)
def test_the_same_half_hour_a_month_ago(now: str, yesterday: str, last_month: str) -> None:
    times = _same_half_hours(parse_instant(f"{now}:00+08:00"))
    assert times["yesterday"] == parse_instant(f"{yesterday}:00+08:00")
    assert times["last_month"] == parse_instant(f"{last_month}:00+08:00")
    assert times["last_week"] == times["now"] - 7 * DAY


# -- what became of cases and whistles ------------------------------------------------------


@lru_cache(maxsize=4)
def kept(at: int = 2**62) -> Kept:
    """What was known at an instant, all without one."""
    return known_at(life().entries, min(at, life().now), rules())


def quantile(values: list[float], share: float) -> float:
    """Between the two values nearest to the share, by its distance from them."""
    ordered, place = sorted(values), share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def test_handling_times_are_those_of_the_events(database: Database) -> None:
    start, end, region = life().now - DAY, life().now - HOUR, places()[0]
    times: dict[tuple[str, str, str], list[float]] = {}
    for (kind, _), events in kept().accepted.items():
        closed = [e.time for e in events if e.type == "case.closed"]
        dispatches = [e for e in events if e.type == "case.dispatched"]
        if kind == "case" and closed and dispatches and start <= closed[0] < end:
            last = dispatches[-1]
            place = events[0].data.category[:2], last.data.level, last.data.unit
            minutes = max(0.0, (closed[0] - last.time) / MINUTE)
            times.setdefault(place, []).append(minutes)
    everything = [minutes for some in times.values() for minutes in some]
    assert len(everything) > 8
    answer = ask(database, Handling(region, start, end))
    assert answer["n"] == len(everything)
    for name, share in (("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)):
        assert answer[name] == pytest.approx(quantile(everything, share), abs=0.06)
    assert sum(row["n"] for row in answer["by_unit"]) == answer["n"]
    by_main: dict[str, list[float]] = {}
    for (main, _, _), some in times.items():
        by_main.setdefault(main, []).extend(some)
    assert {row["category"]: row["n"] for row in answer["by_category"]} == {
        main: len(some) for main, some in by_main.items()
    }
    for row in answer["by_category"]:
        assert row["p50"] == pytest.approx(quantile(by_main[row["category"]], 0.5), abs=0.06)


def test_nothing_handled_is_no_time(database: Database) -> None:
    answer = ask(database, Handling("120110", START - 9 * DAY, START - 8 * DAY))
    assert (answer["n"], answer["p50"], answer["by_category"]) == (0, None, [])
    answer = ask(database, Departments("120110", START - 9 * DAY, START - 8 * DAY))
    assert answer["departments"] == []


@pytest.mark.parametrize("before", [0, HOUR, 15 * HOUR])
def test_departments_answered_as_the_events_said_by_then(database: Database, before: int) -> None:
    start, end = life().now - 2 * DAY, life().now - before
    wanted = answered(kept(end), start, end)
    if before > HOUR:
        # What came since is another answer about the very same whistles.
        assert answered(kept(), start, end) != wanted
    answer = ask(database, Departments("120110", start, end))["departments"]
    assert {row["department"] for row in answer} == wanted.keys()
    for row in answer:
        told = {name: row[name] for name in row if name not in {"department", "rank"}}
        assert told == pytest.approx(department(wanted[row["department"]], end))


def test_nobody_is_ranked_by_a_handful(database: Database) -> None:
    answer = ask(database, Departments("120110", START - DAY, life().now))["departments"]
    ranked = [row for row in answer if row["rank"] is not None]
    assert all(row["arrival_n"] >= rules().rates.rank_from for row in ranked)
    assert all(row["arrival_n"] < rules().rates.rank_from for row in answer[len(ranked) :])
    assert [row["rank"] for row in ranked] == list(range(1, len(ranked) + 1))
    rates = [row["arrival_rate"] for row in ranked]
    assert rates == sorted(rates, reverse=True)
    assert len(ranked) > 0
    few = ask(database, Departments(places()[2], life().now - DAY, life().now))["departments"]
    assert few
    assert all(row["rank"] is None for row in few)


# -- moments --------------------------------------------------------------------------------


def test_moments_are_where_the_numbers_rise(database: Database) -> None:
    end = life().now
    answer = ask(database, Moments("120110", START - DAY, end))
    assert not answer["truncated"]
    kinds = {moment["kind"] for moment in answer["moments"]}
    assert kinds == {"whistle_overdue", "alert"}
    raised = [e for (k, _), events in kept().accepted.items() if k == "alert" for e in events[:1]]
    told = [m for m in answer["moments"] if m["kind"] == "alert"]
    assert len(told) == len(raised)
    assert all(m.keys() == {"at", "kind", "region"} for m in answer["moments"])
    assert all(len(m["region"]) <= 12 for m in answer["moments"])
    at = parse_instant(random.Random(3).choice(told)["at"])
    some = ask(database, Moments("120110", at, at + HOUR))["moments"]
    assert some == [m for m in answer["moments"] if at <= parse_instant(m["at"]) < at + HOUR]
