"""How a grid was walked in a shift: on leave, covered, for how long.

Part of the ledger of patrols, which alone calls it. Definitions: docs/metrics.md, Patrols.
"""

from cockpit.clock import MINUTE
from cockpit.domain.calendar import Shift
from cockpit.ledgers.patrol_records import State
from cockpit.ledgers.sessions import SessionBook


class Walks:
    """Reads the ledger's state and sessions, changes nothing in them. `complete`: how long a grid
    must be walked (microseconds)."""

    def __init__(self, state: State, book: SessionBook, complete: int) -> None:
        self._state, self._book, self._complete = state, book, complete

    def excused(self, grid: int, shift: Shift) -> bool:
        """Whether the whole shift is on leave."""
        spans = self._state.excuses.get(grid, ())
        return any(start <= shift.start and end >= shift.end for start, end in spans)

    def covered(self, grid: int, shift: Shift) -> bool:
        """Whether it was walked in a shift that has begun, with a position inside."""
        if self._state.now < shift.start or self.excused(grid, shift):
            return False
        return grid in self._state.seen_inside.get(shift.start, ()) and self.has_session(
            grid, shift
        )

    def has_session(self, grid: int, shift: Shift) -> bool:
        """Whether a session touches the shift."""
        return any(
            start < shift.end and end > shift.start and end > start
            for start, end, _ in self._book.in_grid(shift.day, grid)
        )

    def minutes(self, grid: int, shift: Shift) -> tuple[int, int]:
        """Time in session within the shift until now (microseconds), and how many sessions are
        adding to it."""
        now, total, running = self._state.now, 0, 0
        for start, end, _ in self._book.in_grid(shift.day, grid):
            begin, finish = max(start, shift.start), min(end, shift.end)
            total += max(0, min(finish, now) - begin)
            running += begin <= now < finish
        return total, running

    def state_of(self, grid: int, shift: Shift) -> tuple[str, int]:
        """The state of a grid in a shift (docs/frames.md, `grids`), and whole minutes walked."""
        if self.excused(grid, shift):
            return "excused", 0
        if self._state.now < shift.start:
            return "ahead", 0
        total = self.minutes(grid, shift)[0]
        minutes = total // MINUTE
        if self.covered(grid, shift):
            return ("completed" if total >= self._complete else "covered"), minutes
        if self._state.now >= shift.end:
            return "missed", minutes
        return ("started" if self.has_session(grid, shift) else "waiting"), minutes
