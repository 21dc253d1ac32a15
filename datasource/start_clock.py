"""At which instant the clock of a start begins, and how the processes of `run` share it."""

from collections.abc import Mapping

from cockpit.clock import MINUTE, SystemClock, to_text
from cockpit.config import CLOCK_ANCHOR
from cockpit.domain.calendar import WorkingCalendar, day_of, day_start
from cockpit.domain.working_days import is_working_day
from cockpit.errors import CockpitError

# A busy time of day: after work has begun again, before anyone goes home.
BUSY = (15 * 60 + 10) * MINUTE


def start_instant(
    wanted: int | str | None, real_now: int, calendar: WorkingCalendar, head: int | None
) -> int:
    """The instant at which the clock starts.

    `wanted` is the setting `clock` as read (None: now). `head` is the log's last receipt, which
    the clock never starts before: `working` then goes on from there, within working hours.
    Raises CockpitError `clock.behind_log` when a wanted instant lies before it.
    """
    if wanted == "working":
        return _working(real_now, calendar, head)
    start = real_now if wanted is None else int(wanted)
    if head is not None and start < head:
        raise CockpitError("clock.behind_log", clock=to_text(start), head=to_text(head))
    return start


def _working(real_now: int, calendar: WorkingCalendar, head: int | None) -> int:
    start = real_now
    if calendar.next_working_instant(real_now) != real_now:
        day = day_of(real_now)
        while not is_working_day(day) or day_start(day) + BUSY > real_now:
            day -= 1
        start = day_start(day) + BUSY
    if head is None or head <= start:
        return start
    if calendar.next_working_instant(head) == head:
        return head
    day = day_of(head)
    while not is_working_day(day) or day_start(day) + BUSY < head:
        day += 1
    return day_start(day) + BUSY


def anchor_text(clock: SystemClock) -> str:
    """What `run` hands to its children in the variable COCKPIT_CLOCK_ANCHOR."""
    return f"{clock.origin} {clock.real_origin}"


def anchored_clock(environment: Mapping[str, str], speed: float) -> SystemClock | None:
    """The clock of the `run` that started this process; None when it was started alone.

    Raises CockpitError `setting.invalid` when the variable holds something else.
    """
    text = environment.get(CLOCK_ANCHOR)
    if text is None:
        return None
    try:
        origin, real_origin = (int(part) for part in text.split())
    except ValueError:
        raise CockpitError("setting.invalid", name=CLOCK_ANCHOR, why=repr(text)) from None
    return SystemClock(origin, real_origin, speed)


def alone_clock(wanted: int | str | None, speed: float, calendar: WorkingCalendar) -> SystemClock:
    """The clock of a role that was started alone: it begins now."""
    real_now = SystemClock().now()
    return SystemClock(start_instant(wanted, real_now, calendar, None), real_now, speed)
