"""One limit of a case or of a whistle's leg, by docs/metrics.md: no risk instants kept, every
question answered from the definition at the moment it is asked."""

from dataclasses import dataclass

from cockpit.domain.calendar import WorkingCalendar
from cockpit.domain.rules import Limit


@dataclass
class Timer:
    """`since`: time of the event that set it last. Standing: `left` is a number."""

    calendar: WorkingCalendar
    working: bool
    total: int
    due: int
    since: int
    left: int | None = None
    stopped: int = 0

    def span(self, start: int, end: int) -> int:
        """Time from one instant to another in the timer's unit, negative when backwards."""
        if not self.working:
            return end - start
        if end < start:
            return -self.calendar.working_between(end, start)
        return self.calendar.working_between(start, end)

    def overdue(self, now: int) -> bool:
        return self.left is None and now > self.due

    def at_risk(self, now: int) -> bool:
        """Two thirds used means that a third or less is left."""
        running = self.left is None and self.since <= now <= self.due
        return running and 3 * self.span(now, self.due) <= self.total

    def on_time(self, instant: int) -> bool:
        return instant <= self.due if self.left is None else self.left >= 0

    def stop(self, at: int) -> None:
        self.left, self.stopped = self.span(at, self.due), at

    def resume(self, at: int) -> None:
        assert self.left is not None
        if self.working and self.left > 0:
            self.due = self.calendar.add_working(at, self.left)
        else:
            self.due = at + self.left
        self.left, self.since = None, at

    def extend(self, due: int, at: int) -> None:
        if self.left is None:
            used = self.total - self.span(at, self.due)
            self.total = used + self.span(at, due)
            self.due, self.since = due, at
        else:
            used = self.total - self.left
            self.left = self.span(self.stopped, due)
            self.total = used + self.left


def by_rule(calendar: WorkingCalendar, limit: Limit, at: int) -> Timer:
    """A timer of the rules' limit."""
    if limit.unit == "natural":
        return Timer(calendar, False, limit.amount, at + limit.amount, at)
    if limit.unit == "working":
        due = calendar.add_working(at, limit.amount)
        return Timer(calendar, True, limit.amount, due, at)
    begin = calendar.next_working_instant(at)
    due = calendar.add_working_days(begin, limit.amount)
    return Timer(calendar, True, calendar.working_between(begin, due), due, at)


def by_hand(calendar: WorkingCalendar, due: int, at: int) -> Timer:
    """A timer in natural time until a due instant that was set by hand."""
    return Timer(calendar, False, max(0, due - at), due, at)
