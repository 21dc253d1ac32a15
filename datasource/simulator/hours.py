"""When things happen: hours in which offices act, and deadlines as the rules have them."""

from random import Random

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.domain.calendar import OFFSET, WorkingCalendar
from cockpit.domain.rules import Limit
from datasource.simulator.dice import minutes

_OPEN, _SHUT = 7 * HOUR + 30 * MINUTE, 20 * HOUR + 30 * MINUTE


def within_day(instant: int) -> int:
    """Microseconds since Shanghai's midnight."""
    return (instant + OFFSET) % DAY


def at_desk(instant: int, rng: Random) -> int:
    """The instant, or when the desk next opens: 07:30 to 20:30 every day, then in the order
    a night's pile is worked off."""
    within = within_day(instant)
    if _OPEN <= within < _SHUT:
        return instant
    opening = instant - within + _OPEN + (DAY if within >= _SHUT else 0)
    return opening + minutes(rng, 0, 75)


def by_day(instant: int, after: int, rng: Random) -> int:
    """The instant, or the evening before when it lies in the night, if that is after `after`."""
    within = within_day(instant)
    if _OPEN <= within < _SHUT:
        return instant
    evening = instant - within + _SHUT - (DAY if within < _OPEN else 0) - minutes(rng, 1, 150)
    return evening if evening > after else instant


def due_of(limit: Limit, start: int, calendar: WorkingCalendar) -> int:
    """The end of a limit that starts running at `start`."""
    if limit.unit == "natural":
        return start + limit.amount
    if limit.unit == "working":
        return calendar.add_working(start, limit.amount)
    return calendar.add_working_days(start, limit.amount)
