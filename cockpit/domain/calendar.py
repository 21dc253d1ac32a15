"""Days, months, working time and patrol shifts in Asia/Shanghai (rules.md, Clocks and Patrol).

Shanghai has kept UTC+8 without summer time since 1992, so a day is a whole number: days
since 1970-01-01 in Shanghai. Which days are worked: cockpit/domain/working_days.py.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.domain.working_days import (
    date_of,
    days_before,
    is_working_day,
    working_day,
)

OFFSET = 8 * HOUR


def day_of(instant: int) -> int:
    """The Shanghai day an instant lies in."""
    return (instant + OFFSET) // DAY


def day_start(day: int) -> int:
    """The instant at which a Shanghai day begins."""
    return day * DAY - OFFSET


@lru_cache(maxsize=4096)
def month_of_day(day: int) -> int:
    """Year × 12 + month − 1 of a day: one number a month, rising by one."""
    value = date_of(day)
    return value.year * 12 + value.month - 1


def month_of(instant: int) -> int:
    """The Shanghai month of an instant, as `month_of_day`."""
    return month_of_day(day_of(instant))


def minute_of_day(instant: int) -> int:
    """0 to 1439, Shanghai."""
    return (instant + OFFSET) % DAY // MINUTE


@dataclass(frozen=True, slots=True)
class Shift:
    """One patrol window: `kind` is `morning` or `afternoon`; instants in microseconds."""

    day: int
    kind: str
    start: int
    end: int


class WorkingCalendar:
    """Working hours and shift windows of the rules, as minutes of the day.

    `hours` are the working intervals of a working day, for example
    ((510, 720), (840, 1050)); `shifts` maps a shift's kind to its interval.
    """

    def __init__(
        self, hours: tuple[tuple[int, int], ...], shifts: dict[str, tuple[int, int]]
    ) -> None:
        self._hours = tuple((a * MINUTE, b * MINUTE) for a, b in hours)
        self._shifts = {k: (a * MINUTE, b * MINUTE) for k, (a, b) in shifts.items()}
        self.day_length = sum(b - a for a, b in self._hours)

    def _worked_of_day(self, within: int) -> int:
        """Working time from midnight to `within` (microseconds of the day) of a working day."""
        return sum(max(0, min(within, b) - a) for a, b in self._hours)

    def working_between(self, start: int, end: int) -> int:
        """Working time from one instant to another, in microseconds; 0 when end <= start."""
        if end <= start:
            return 0
        first, last = day_of(start), day_of(end)
        total = -self._worked_of_day(start - day_start(first)) if is_working_day(first) else 0
        total += self.day_length * (days_before(last) - days_before(first))
        return total + (self._worked_of_day(end - day_start(last)) if is_working_day(last) else 0)

    def add_working(self, start: int, length: int) -> int:
        """The instant at which `length` of working time from `start` has run out.

        With length <= 0 the start itself. Of the instants with that much work behind them it is
        the earliest: 17:30 rather than 08:30 of the next day.
        """
        if length <= 0:
            return start
        first = day_of(start)
        left = length
        if is_working_day(first):
            left += self._worked_of_day(start - day_start(first))
        full, rest = divmod(left - 1, self.day_length)
        day = working_day(days_before(first) + full)
        return day_start(day) + self._instant_of_worked(rest + 1)

    def _instant_of_worked(self, worked: int) -> int:
        for a, b in self._hours:
            if worked <= b - a:
                return a + worked
            worked -= b - a
        raise AssertionError("more work than the day has")

    def next_working_instant(self, instant: int) -> int:
        """The instant itself when it lies in working hours, else the next start of work."""
        day = day_of(instant)
        while True:
            if is_working_day(day):
                for a, b in self._hours:
                    if instant < day_start(day) + b:
                        return max(instant, day_start(day) + a)
            day += 1

    def add_working_days(self, start: int, days: int) -> int:
        """The same time of day `days` working days later ("count days", rules.md).

        A start outside working hours counts from the next start of work.
        """
        begin = self.next_working_instant(start)
        day = day_of(begin)
        return day_start(working_day(days_before(day) + days)) + begin - day_start(day)

    @lru_cache(maxsize=64)  # noqa: B019 - a calendar lives as long as the process
    def shifts_of(self, day: int) -> tuple[Shift, ...]:
        """The shifts of a day, in order; none on days off."""
        if not is_working_day(day):
            return ()
        begin = day_start(day)
        return tuple(Shift(day, k, begin + a, begin + b) for k, (a, b) in self._shifts.items())

    def current_or_last_shift(self, instant: int) -> Shift:
        """The shift running at the instant, or the last one before it. Start counts in,
        end does not."""
        day = day_of(instant)
        while True:
            begun = [s for s in self.shifts_of(day) if s.start <= instant]
            if begun:
                return begun[-1]
            day -= 1

    def next_shift_change(self, instant: int) -> int:
        """The next start or end of a shift after the instant."""
        day = day_of(instant)
        while True:
            edges = [edge for s in self.shifts_of(day) for edge in (s.start, s.end)]
            place = bisect_right(edges, instant)
            if place < len(edges):
                return edges[place]
            day += 1


def well_ordered(intervals: tuple[tuple[int, int], ...]) -> bool:
    """True when every interval runs forward and none overlaps the one before."""
    return all(a < b for a, b in intervals) and all(x[1] <= y[0] for x, y in pairwise(intervals))
