"""Patrol sessions out of the marks of workers (docs/metrics.md, Patrols).

The set of marks decides, not the order in which they came: each new mark makes the sessions of
that worker's day anew.
"""

from bisect import insort

from cockpit.domain import calendar as days

ENDED, STARTED = 0, 1
Mark = tuple[int, int, int]  # time, ENDED or STARTED, grid
Session = tuple[int, int, int]  # start, end (midnight while there is no end mark), grid


class SessionBook:
    """Marks and sessions by worker and day. `marks` is its whole state."""

    def __init__(self) -> None:
        self.marks: dict[str, dict[int, list[Mark]]] = {}
        self._sessions: dict[str, dict[int, list[Session]]] = {}
        # (day, grid) → worker → sessions of that worker in that grid
        self._in_grid: dict[tuple[int, int], dict[str, list[Session]]] = {}

    def add(self, worker: str, mark: Mark) -> set[int]:
        """Take a mark in; answers the grids whose sessions may have changed."""
        day = days.day_of(mark[0])
        insort(self.marks.setdefault(worker, {}).setdefault(day, []), mark)
        return self._make(worker, day)

    def _make(self, worker: str, day: int) -> set[int]:
        old = self._sessions.get(worker, {}).get(day, [])
        new = _sessions_of(self.marks[worker][day], days.day_start(day + 1))
        self._sessions.setdefault(worker, {})[day] = new
        grids = {session[2] for session in (*old, *new)}
        for grid in grids:
            mine = [session for session in new if session[2] == grid]
            self._in_grid.setdefault((day, grid), {})[worker] = mine
        return grids

    def current(self, worker: str, now: int) -> Session | None:
        """The session the worker is in at an instant."""
        for session in self._sessions.get(worker, {}).get(days.day_of(now), ()):
            if session[0] <= now < session[1]:
                return session
        return None

    def of(self, worker: str, day: int) -> list[Session]:
        """A worker's sessions of a day."""
        return self._sessions.get(worker, {}).get(day, [])

    def in_grid(self, day: int, grid: int) -> list[Session]:
        """All sessions of a grid on a day."""
        workers = self._in_grid.get((day, grid), {})
        return [session for sessions in workers.values() for session in sessions]

    def forget_before(self, day: int) -> None:
        """Drop the days before this one."""
        for worker in list(self.marks):
            for old in [d for d in self.marks[worker] if d < day]:
                del self.marks[worker][old]
                self._sessions.get(worker, {}).pop(old, None)
            if not self.marks[worker]:
                del self.marks[worker]
                self._sessions.pop(worker, None)
        for key in [k for k in self._in_grid if k[0] < day]:
            del self._in_grid[key]

    def load(self, marks: dict[str, dict[int, list[Mark]]]) -> None:
        """Take the marks of a dump and make all sessions."""
        self.__init__()  # type: ignore[misc]
        self.marks = marks
        for worker, by_day in marks.items():
            for day in by_day:
                self._make(worker, day)


def _sessions_of(marks: list[Mark], midnight: int) -> list[Session]:
    sessions: list[Session] = []
    opened: tuple[int, int] | None = None
    for time, kind, grid in marks:
        if opened is not None:
            sessions.append((opened[0], time, opened[1]))
        opened = (time, grid) if kind == STARTED else None
    if opened is not None:
        sessions.append((opened[0], midnight, opened[1]))
    return sessions
