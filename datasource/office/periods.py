"""Which periods a brief is of, and when it is due. Days are Shanghai day numbers."""

from collections.abc import Iterator
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


def due(now: int, minute: int) -> Iterator[Period]:
    """The newest period of each kind whose brief is due: daily at that minute of the day, weekly
    then on Monday, monthly then on the first. One that was missed stays due until the next is."""
    today = day_of(now - minute * MINUTE)  # until the minute it is yesterday still
    yield Period("daily", today - 1, today - 1, today - 2, today - 2)
    monday = today - date_of(today).weekday()
    yield Period("weekly", monday - 7, monday - 1, monday - 14, monday - 8)
    this = _month_start(today)
    last = _month_start(this - 1)
    yield Period("monthly", last, this - 1, _month_start(last - 1), last - 1)


def _month_start(day: int) -> int:
    return day - date_of(day).day + 1
