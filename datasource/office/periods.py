"""Which periods a brief is of, and when it is due. Days are Shanghai day numbers."""

from typing import Literal

from msgspec import Struct

from cockpit.clock import MINUTE
from cockpit.domain.calendar import day_of
from cockpit.domain.working_days import date_of

BriefKind = Literal["daily", "weekly", "monthly"]


class Period(Struct, frozen=True):
    """The days `first` to `last` and those before them that they are compared with."""

    kind: BriefKind
    first: int
    last: int
    before_first: int
    before_last: int


# What was missed is made up for, so far back.
MISSED_DAYS = 31


def due(now: int, minute: int) -> list[Period]:
    """The periods whose briefs are due, the newest first: daily at that minute of the day, weekly
    then on Monday, monthly then on the first; and those of the last weeks, in case they were
    missed."""
    today = day_of(now - minute * MINUTE)  # until the minute it is yesterday still
    found = [
        Period("daily", day, day, day - 1, day - 1) for day in range(today - MISSED_DAYS, today)
    ]
    monday = today - date_of(today).weekday()
    while monday > today - MISSED_DAYS:
        found.append(Period("weekly", monday - 7, monday - 1, monday - 14, monday - 8))
        monday -= 7
    start = month_start(today)
    while start > today - MISSED_DAYS:
        last = month_start(start - 1)
        found.append(Period("monthly", last, start - 1, month_start(last - 1), last - 1))
        start = last
    return sorted(found, key=lambda period: -period.last)


def month_start(day: int) -> int:
    """The first day of the month of a day."""
    return day - date_of(day).day + 1


def month_text(day: int) -> str:
    """The month of a day, 2026-11."""
    return date_of(day).isoformat()[:7]
