"""The clock of a case or of a whistle's leg: limit, pause, resumption, extension.

Definitions: docs/metrics.md, Cases. Working days are counted as days when the clock starts;
from then on the clock counts working time, so that a rest can run on after a pause.
"""

from msgspec import Struct

from cockpit.domain.calendar import WorkingCalendar
from cockpit.domain.rules import Limit

NEVER = 2**62


class Deadline(Struct):
    """One clock. `working` tells its unit; `total` is the limit in it. While it runs `due` and
    `risk` are instants and `left` is None; while it stands `left` is the rest of the time
    (negative when it was late) and `stopped` the instant it stopped."""

    working: bool
    total: int
    due: int
    risk: int
    left: int | None = None
    stopped: int = 0

    def met_at(self, instant: int) -> bool:
        """Whether the deadline in force is kept by what is done at the instant."""
        return instant <= self.due if self.left is None else self.left >= 0


class DeadlineClock:
    """Starts and changes deadlines by a working calendar."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar

    def start(self, limit: Limit, at: int) -> Deadline:
        """A clock of the rules' limit, started at an instant."""
        if limit.unit == "working_days":
            begin = self._calendar.next_working_instant(at)
            due = self._calendar.add_working_days(at, limit.amount)
            return self._running(True, self._calendar.working_between(begin, due), at, 0, due)
        working = limit.unit == "working"
        due = self._calendar.add_working(at, limit.amount) if working else at + limit.amount
        return self._running(working, limit.amount, at, 0, due)

    def until(self, due: int, at: int) -> Deadline:
        """A clock in natural time with a deadline that was set by hand."""
        return self._running(False, max(0, due - at), at, 0, due)

    def stop(self, deadline: Deadline, at: int) -> None:
        """Let it stand from an instant on."""
        if deadline.left is None:
            deadline.left = self._signed(deadline.working, at, deadline.due)
            deadline.stopped = at

    def resume(self, deadline: Deadline, at: int) -> None:
        """Let the rest of the time run on."""
        left = deadline.left
        if left is None:
            return
        used = deadline.total - left
        due = at + left
        if deadline.working and left > 0:
            due = self._calendar.add_working(at, left)
        fresh = self._running(deadline.working, deadline.total, at, used, due)
        deadline.due, deadline.risk = fresh.due, fresh.risk
        deadline.left, deadline.stopped = None, 0

    def extend(self, deadline: Deadline, due: int, at: int) -> None:
        """Put a new due instant in force."""
        if deadline.left is not None:
            used = deadline.total - deadline.left
            deadline.left = self._signed(deadline.working, deadline.stopped, due)
            deadline.total = used + deadline.left
            return
        used = deadline.total - self._signed(deadline.working, at, deadline.due)
        deadline.total = used + self._signed(deadline.working, at, due)
        fresh = self._running(deadline.working, deadline.total, at, used, due)
        deadline.due, deadline.risk = fresh.due, fresh.risk

    def _running(self, working: bool, total: int, at: int, used: int, due: int) -> Deadline:
        # The earliest instant with used * 3 >= total * 2.
        to_risk = max(0, -(-2 * total // 3) - used)
        risk = self._calendar.add_working(at, to_risk) if working else at + to_risk
        return Deadline(working, total, due, risk)

    def _signed(self, working: bool, start: int, end: int) -> int:
        if not working:
            return end - start
        between = self._calendar.working_between
        return between(start, end) if end >= start else -between(end, start)
