"""The working calendar against a count minute by minute."""

import logging
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.clock import DAY, HOUR, MINUTE, parse_instant, to_datetime
from cockpit.domain import working_days
from cockpit.domain.calendar import (
    WorkingCalendar,
    day_of,
    day_start,
    minute_of_day,
    month_of,
    well_ordered,
)
from cockpit.domain.working_days import date_of, days_before, is_working_day, working_day

HOURS = ((510, 720), (840, 1050))
CALENDAR = WorkingCalendar(HOURS, {"morning": HOURS[0], "afternoon": HOURS[1]})
# Spring Festival 2026 with its make-up days; National Day 2026; the turn of the year.
SPANS = [("2026-02-12", 20), ("2026-09-18", 30), ("2025-12-26", 14)]


def day_from_date(value: date) -> int:
    """The day number of a calendar date."""
    return (value - date(1970, 1, 1)).days


def at(text: str) -> int:
    return parse_instant(f"{text}+08:00")


def worked_minutes(first: str, days: int) -> list[int]:
    """The instants at which a minute of work begins, one by one."""
    begin = at(f"{first}T00:00:00")
    found = []
    for minute in range(days * 1440):
        moment = to_datetime(begin + minute * MINUTE) + timedelta(hours=8)
        of_day = moment.hour * 60 + moment.minute
        works = 510 <= of_day < 720 or 840 <= of_day < 1050
        if works and chinese_calendar.is_workday(moment.date()):
            found.append(begin + minute * MINUTE)
    return found


MINUTES = {first: worked_minutes(first, days) for first, days in SPANS}
spans = st.sampled_from(SPANS)


@given(spans, st.data())
def test_working_between_counts_minutes(span: tuple[str, int], data: st.DataObject) -> None:
    first, days = span
    edges = st.integers(0, days * 1440)
    a, b = (at(f"{first}T00:00:00") + data.draw(edges) * MINUTE for _ in range(2))
    expected = sum(a <= minute < b for minute in MINUTES[first]) * MINUTE
    assert CALENDAR.working_between(a, b) == expected


@given(spans, st.data())
def test_add_working_ends_with_the_last_minute_of_work(
    span: tuple[str, int], data: st.DataObject
) -> None:
    first, days = span
    start = at(f"{first}T00:00:00") + data.draw(st.integers(0, days * 720)) * MINUTE
    ahead = [minute for minute in MINUTES[first] if minute >= start]
    count = data.draw(st.integers(1, len(ahead)))
    assert CALENDAR.add_working(start, count * MINUTE) == ahead[count - 1] + MINUTE


instants = st.integers(at("2025-12-01T00:00:00"), at("2026-11-30T00:00:00"))


@given(instants, st.integers(1, 40 * 7 * HOUR))
def test_add_working_is_the_earliest_instant_with_that_much_work(start: int, length: int) -> None:
    end = CALENDAR.add_working(start, length)
    assert CALENDAR.working_between(start, end) == length
    assert CALENDAR.working_between(start, end - 1) == length - 1


@given(instants, instants, instants)
def test_working_time_adds_up(a: int, b: int, c: int) -> None:
    a, b, c = sorted((a, b, c))
    between = CALENDAR.working_between
    assert between(a, b) + between(b, c) == between(a, c)


def test_no_or_negative_length_is_the_start() -> None:
    sunday = at("2026-11-22T03:00:00")
    assert CALENDAR.add_working(sunday, 0) == CALENDAR.add_working(sunday, -5) == sunday
    assert CALENDAR.working_between(sunday, sunday - DAY) == 0


@given(spans, st.data())
def test_next_working_instant(span: tuple[str, int], data: st.DataObject) -> None:
    first, days = span
    start = at(f"{first}T00:00:00") + data.draw(st.integers(0, days * 720)) * MINUTE
    begin = CALENDAR.next_working_instant(start)
    assert begin == next(minute for minute in MINUTES[first] if minute >= start)
    within = begin + data.draw(st.integers(0, MINUTE - 1))
    assert CALENDAR.next_working_instant(within) == within


@given(spans, st.data())
def test_add_working_days_counts_days(span: tuple[str, int], data: st.DataObject) -> None:
    first, days = span
    start = at(f"{first}T00:00:00") + data.draw(st.integers(0, days * 480)) * MINUTE
    begin = CALENDAR.next_working_instant(start)
    left = data.draw(st.integers(0, 5))
    moment = to_datetime(begin) + timedelta(hours=8)
    while left:
        moment += timedelta(days=1)
        left -= chinese_calendar.is_workday(moment.date())
    asked = CALENDAR.add_working_days(start, 0)
    assert asked == begin
    count = CALENDAR.working_between(
        day_start(day_of(begin)), day_start(day_from_date(moment.date()))
    )
    assert to_datetime(
        CALENDAR.add_working_days(start, count // CALENDAR.day_length)
    ) == moment - timedelta(hours=8)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-20T16:00:00", 1, "2026-11-23T16:00:00"),  # Friday to Monday
        ("2026-11-21T10:00:00", 1, "2026-11-24T08:30:00"),  # Saturday counts from Monday
        ("2026-02-13T17:30:00", 1, "2026-02-24T08:30:00"),  # a working Saturday, then the feast
        ("2026-11-20T13:00:00", 2, "2026-11-24T14:00:00"),  # at noon: from the afternoon
    ],
)
def test_working_days_of_the_calendar(start: str, days: int, due: str) -> None:
    assert CALENDAR.add_working_days(at(start), days) == at(due)


@given(spans, st.data())
def test_shifts(span: tuple[str, int], data: st.DataObject) -> None:
    first, days = span
    now = at(f"{first}T00:00:00") + data.draw(st.integers(10 * 1440, days * 1440)) * MINUTE
    begun = [
        (kind, start)
        for day in range(day_of(now) - 10, day_of(now) + 1)
        if chinese_calendar.is_workday(date_of(day))
        for kind, start in (
            ("morning", day_start(day) + 510 * MINUTE),
            ("afternoon", day_start(day) + 840 * MINUTE),
        )
        if start <= now
    ]
    shift = CALENDAR.current_or_last_shift(now)
    assert (shift.kind, shift.start) == begun[-1]
    assert shift.end - shift.start == 210 * MINUTE
    assert shift.day == day_of(shift.start)
    change = CALENDAR.next_shift_change(now)
    edges = [
        day_start(day) + edge * MINUTE
        for day in range(day_of(now), day_of(now) + 12)
        if is_working_day(day)
        for edge in (510, 720, 840, 1050)
    ]
    assert change == next(edge for edge in edges if edge > now)


def test_no_shift_on_a_day_off() -> None:
    assert CALENDAR.shifts_of(day_of(at("2026-10-03T10:00:00"))) == ()
    assert [s.kind for s in CALENDAR.shifts_of(day_of(at("2026-10-10T10:00:00")))] == [
        "morning",
        "afternoon",
    ]


def test_days_and_months_are_those_of_shanghai() -> None:
    last = at("2026-11-30T23:59:59")
    assert date_of(day_of(last)) == date(2026, 11, 30)
    assert day_of(last + 10**6) == day_of(last) + 1
    assert month_of(last + 10**6) == month_of(last) + 1 == 2026 * 12 + 11
    assert minute_of_day(last) == 1439
    assert date_of(0) == date(1970, 1, 1)
    assert day_start(day_of(last)) == at("2026-11-30T00:00:00")


def test_counting_of_working_days_agrees_with_walking() -> None:
    table_end = working_days.TABLE_DAYS
    for span in (range(-40, 40), range(20_400, 20_900), range(table_end - 400, table_end + 400)):
        for day in span:
            assert days_before(day + 1) - days_before(day) == is_working_day(day)
            if is_working_day(day):
                assert working_day(days_before(day)) == day


@given(st.integers(day_from_date(date(2004, 1, 1)), day_from_date(date(2026, 12, 31))))
def test_working_days_are_those_of_the_chinese_calendar(day: int) -> None:
    assert is_working_day(day) == chinese_calendar.is_workday(date_of(day))


def test_unknown_years_warn_once_and_fall_back(caplog: pytest.LogCaptureFixture) -> None:
    working_days._warn_unknown_year.cache_clear()
    monday = day_from_date(date(2063, 1, 1))
    with caplog.at_level(logging.WARNING):
        assert [is_working_day(monday + i) for i in range(7)] == [True] * 5 + [False] * 2
    assert len(caplog.records) == 1
    assert "2063" in caplog.text


def test_a_distant_due_date_is_as_quick_as_a_near_one() -> None:
    """What is counted, not how long it takes: the table answers beyond its end as well."""
    far = parse_instant("2199-12-31T00:00:00+08:00")
    work = CALENDAR.working_between(at("2026-01-05T08:30:00"), far)
    assert CALENDAR.add_working(at("2026-01-05T08:30:00"), work) <= far
    beyond = CALENDAR.add_working(far, 10_000 * CALENDAR.day_length)
    assert CALENDAR.working_between(far, beyond) == 10_000 * CALENDAR.day_length


def test_well_ordered() -> None:
    assert well_ordered(HOURS)
    assert well_ordered(((0, 10), (10, 20)))
    assert not well_ordered(((0, 10), (9, 20)))
    assert not well_ordered(((10, 10),))
