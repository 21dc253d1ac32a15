"""The numbers of a brief's period, out of the archive's history: counts of its days, how its shifts
were covered, and what stood at its end."""

from functools import cached_property
from typing import Any

from msgspec import Struct

from cockpit.domain.calendar import WorkingCalendar, day_start
from cockpit.domain.numbers import Number, number_of
from datasource.office.past import HALF_HOUR, Asks, ask
from datasource.office.periods import month_start, month_text
from datasource.questions import Handling, Series

# Counts of a day are summed over the period, and mean what the number named here says; coverage is
# that of all its shifts.
SUMMED = {
    "cases.reported_today": "period.reported", "cases.closed_today": "period.closed",
    "whistles.blown_today": "period.blown", "whistles.confirmed_today": "period.confirmed",
    "visits.made_today.care": "period.visited",
}  # fmt: skip
COVERAGE = "period.coverage_rate"
# How things stood at its end, and the rates of the month up to then.
AT_END = ("cases.open", "cases.overdue", "whistles.open", "whistles.overdue",
          "visits.overdue.care")  # fmt: skip
OF_MONTH = ("cases.on_time_rate", "cases.response_rate", "cases.resolution_rate",
            "cases.satisfaction_rate")  # fmt: skip
TIMES = ("handling.n", "handling.p50", "handling.p90")
NUMBERS = (*SUMMED, COVERAGE, *AT_END, *OF_MONTH, *TIMES)
COUNTED = {*SUMMED, COVERAGE, "handling.n"}


def meaning(name: str) -> Number:
    """What a brief's number means."""
    return number_of(SUMMED.get(name, name))


class Told(Struct, frozen=True):
    """A number, and of a rate its n."""

    value: float | None
    n: float | None = None


class PeriodNumbers:
    """The numbers of the days `first` to `last` of a region. Raises what the role `query` raises;
    each question is asked once."""

    def __init__(
        self, asks: Asks, region: str, calendar: WorkingCalendar, first: int, last: int
    ) -> None:
        self._asks, self._region, self._calendar = asks, region, calendar
        self.first, self.last = first, last

    @cached_property
    def days(self) -> dict[str, Any]:
        """The numbers of each day."""
        return ask(self._asks, self._series([*SUMMED, *AT_END, *OF_MONTH], "day"))

    def _series(self, names: list[str], by: Any) -> Series:
        start, end = day_start(self.first), day_start(self.last + 1)
        return Series(self._region, names, start, end, by)

    @cached_property
    def handling(self) -> dict[str, Any]:
        """How long the cases took that were closed in it."""
        start, end = day_start(self.first), day_start(self.last + 1)
        return ask(self._asks, Handling(self._region, start, end))

    @cached_property
    def known(self) -> list[int]:
        """Its days of which there is a record: an archive may begin within it."""
        reported = self.days["series"]["cases.reported_today"]
        days = range(self.first, self.last + 1)
        return [day for day, value in zip(days, reported, strict=True) if value is not None]

    @property
    def whole(self) -> bool:
        """Whether there is a record of all its days."""
        return len(self.known) == self.last - self.first + 1

    @cached_property
    def values(self) -> dict[str, Told]:
        """Every number of NUMBERS."""
        told, times = self.days, self.handling
        series, sizes = told["series"], told["definition"]
        return {
            **{name: Told(_sum(series[name])) for name in SUMMED},
            COVERAGE: self._coverage(),
            **{name: Told(series[name][-1]) for name in AT_END},
            **{name: Told(series[name][-1], sizes[name]["n"][-1]) for name in OF_MONTH},
            **{name: Told(times[name.partition(".")[2]]) for name in TIMES},
        }

    def _coverage(self) -> Told:
        """Of all grids that were to be walked in its shifts, as it stood when each shift ended."""
        names = ["patrols.covered", "patrols.expected"]
        ends = {
            -(-shift.end // HALF_HOUR) * HALF_HOUR
            for day in range(self.first, self.last + 1)
            for shift in self._calendar.shifts_of(day)
        }
        if not ends:
            return Told(None)
        found = ask(self._asks, self._series(names, "half_hour"))
        begun = day_start(self.first) + HALF_HOUR  # the end of the first half-hour
        places = [(end - begun) // HALF_HOUR for end in sorted(ends)]
        covered, expected = (_sum([found["series"][n][i] for i in places]) for n in names)
        return Told(covered / expected if expected and covered is not None else None, expected)


def change(name: str, now: PeriodNumbers, before: PeriodNumbers) -> float | None:
    """What a number has changed by; None where the two are not of the same: counts of periods of
    which not all days are known, rates of a month just begun beside those of the month before."""
    if name in COUNTED and not (now.whole and before.whole):
        return None
    months = month_text(now.last) == month_text(before.last)
    if name in OF_MONTH and not months and not (_month(now) and _month(before)):
        return None
    this, that = now.values[name].value, before.values[name].value
    return None if this is None or that is None else this - that


def _month(period: PeriodNumbers) -> bool:
    """Whether it is a whole month, of which all is known."""
    begun, over = period.first, period.last + 1
    return (begun, over) == (month_start(begun), month_start(over)) and period.whole


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
