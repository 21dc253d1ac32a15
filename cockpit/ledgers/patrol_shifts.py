"""The shifts of the patrol day, which is that of the current or last shift."""

from typing import Any

from cockpit.domain import calendar as days
from cockpit.domain.calendar import Shift, WorkingCalendar


class PatrolShifts:
    """Part of the ledger of patrols, which alone calls it. `of_day`: the shifts of the day;
    `current`: the one that runs, or ran last; both are empty before the first `change`.
    `next_change`: when they are others, or midnight passes; 0 before the first `change`."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self.of_day: tuple[Shift, ...] = ()
        self.current: Shift | None = None
        self.next_change = 0

    def change(self, now: int) -> None:
        """Be those of this instant."""
        self.current = self._calendar.current_or_last_shift(now)
        self.of_day = self._calendar.shifts_of(self.current.day)
        midnight = days.day_start(days.day_of(now) + 1)
        self.next_change = min(self._calendar.next_shift_change(now), midnight)

    @property
    def day(self) -> int:
        """The patrol day; 0 before the first `change`."""
        return self.current.day if self.current is not None else 0

    @property
    def place(self) -> int:
        """The place of the current or last shift in its day."""
        return self.of_day.index(self.current) if self.current is not None else 0

    @property
    def places(self) -> dict[str, int]:
        """The place of each shift in the day, by its kind."""
        return {shift.kind: place for place, shift in enumerate(self.of_day)}

    def told(self, now: int) -> dict[str, Any]:
        """The shift as `patrols.shift` tells it, and the window of the current or last one."""
        shift = self.current
        if shift is None:
            return {"shift": "none", "last_shift": "none", "window": None}
        return {
            "shift": shift.kind if shift.start <= now < shift.end else "none",
            "last_shift": shift.kind,
            "window": [_clock_face(shift.start), _clock_face(shift.end)],
        }


def _clock_face(instant: int) -> str:
    minute = days.minute_of_day(instant)
    return f"{minute // 60:02}:{minute % 60:02}"
