"""Which days are worked, and counting them without walking over them.

Days are whole numbers since 1970-01-01 (cockpit/domain/calendar.py). The Chinese calendar, with
holidays and make-up days, is asked once for the years it knows; other years fall back to Monday
to Friday, with one warning each. A deadline in the year 2199 costs no more than one of tomorrow.
"""

import logging
from array import array
from bisect import bisect_left
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from chinese_calendar.constants import holidays, workdays

log = logging.getLogger(__name__)

EPOCH_DATE = date(1970, 1, 1)
TABLE_DAYS = 84_006  # to the end of 2199, the last instant a message may name


class _Table(NamedTuple):
    """`before[d]` is the number of working days from day 0 to before day d; `known` the days
    (first, after the last) that the Chinese calendar knows."""

    before: "array[int]"
    known: tuple[int, int]


@lru_cache(maxsize=1)
def _table() -> _Table:
    flags = bytearray(_weekday(day) for day in range(TABLE_DAYS))
    for holiday in holidays:
        flags[_day(holiday)] = False
    for make_up in workdays:
        flags[_day(make_up)] = True
    before = array("q", accumulate(flags, initial=0))
    first, last = min(holidays).year, max(holidays).year
    return _Table(before, (_day(date(first, 1, 1)), _day(date(last + 1, 1, 1))))


def _day(value: date) -> int:
    return (value - EPOCH_DATE).days


def _weekday(day: int) -> bool:
    """Monday to Friday; day 0 was a Thursday."""
    return (day + 3) % 7 < 5


@lru_cache(maxsize=512)
def _warn_unknown_year(year: int) -> None:
    log.warning(
        "chinesecalendar does not know %s: working days fall back to Monday to Friday; "
        "renew the package",
        year,
    )


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return EPOCH_DATE + timedelta(days=day)


def is_working_day(day: int) -> bool:
    """True on working days of the Chinese calendar, make-up days included."""
    table = _table()
    if not 0 <= day < TABLE_DAYS:
        return _weekday(day)
    if not table.known[0] <= day < table.known[1]:
        _warn_unknown_year(date_of(day).year)
    return table.before[day + 1] > table.before[day]


def days_before(day: int) -> int:
    """How many working days lie from day 0 to before this day; negative before day 0."""
    if 0 <= day <= TABLE_DAYS:
        return _table().before[day]
    origin = TABLE_DAYS if day > 0 else 0
    weeks, rest = divmod(day - origin, 7)
    extra = sum(_weekday(origin + i) for i in range(rest))
    return _table().before[origin] + weeks * 5 + extra


def working_day(number: int) -> int:
    """The working day before which exactly `number` working days lie: `days_before` undone."""
    before = _table().before
    if 0 <= number < before[TABLE_DAYS]:
        return bisect_left(before, number + 1) - 1
    origin = TABLE_DAYS if number > 0 else 0
    weeks, rest = divmod(number - before[origin], 5)
    day = origin + weeks * 7
    while not _weekday(day) or rest:
        rest -= _weekday(day)
        day += 1
    return day
