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


def due(now: int, minute: int) -> tuple[list[Period], list[Period]]:
    """The periods whose briefs are due: daily at that minute of the day, weekly then on Monday,
    monthly then on the first. First the newest of each kind, then, newest first, those of the last
    weeks, in case they were missed."""
    today = day_of(now - minute * MINUTE)  # until the minute it is yesterday still
    days = [
        Period("daily", day - 1, day - 1, day - 2, day - 2)
        for day in range(today, today - MISSED_DAYS, -1)
    ]
    monday = today - date_of(today).weekday()
    weeks = [
        Period("weekly", day - 7, day - 1, day - 14, day - 8)
        for day in range(monday, today - MISSED_DAYS, -7)
    ]
    start = month_start(today)
    months: list[Period] = []
    while not months or start > today - MISSED_DAYS:
        last = month_start(start - 1)
        months.append(Period("monthly", last, start - 1, month_start(last - 1), last - 1))
        start = last
    missed = sorted((*days[1:], *weeks[1:], *months[1:]), key=lambda period: -period.last)
    return [days[0], weeks[0], months[0]], missed


def month_start(day: int) -> int:
    """The first day of the month of a day."""
    return day - date_of(day).day + 1


def month_text(day: int) -> str:
    """The month of a day, 2026-11."""
    return date_of(day).isoformat()[:7]
