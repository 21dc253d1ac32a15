"""Which positions may fade: those without which every picture of every instant is the same.

The ledger of patrols asks two things of positions (docs/metrics.md, Patrols): when and whether
inside its grid a worker was heard of last, and whether a grid had a position inside it within a
window. So a position may go when it follows, in the order of the log, another of the same
worker, both inside the same grid, in time and in order, and
- it is not the first inside its grid within a window,
- the next one is such a one too, under the same rules, and comes before the last kept one is
  older than the limit of off post: until then both say "on post", whatever the session.
Whoever fades further ones, or only a part, does no harm: a position more says nothing else.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from msgspec import Struct

from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.events import decode
from cockpit.domain.rules import Rules
from cockpit.ports import Entry, Geography

Changes = Sequence[tuple[int, Rules]]
"""Rules and the number of the first entry that they hold for, in order."""


class _Law:
    """Rules with what is asked of them for every position."""

    def __init__(self, rules: Rules, geography: Geography) -> None:
        self.windows, self.off_post = rules.calendar.shifts_of, rules.off_post
        self.inside = geography.inside


class _Last(Struct):
    """A worker's position before: its `place` among all, whether it may go if the next one allows
    it, whether it was inside, in time and in order; and the time of the last that stays."""

    place: int
    law: _Law
    grid: str
    time: int
    plain: bool
    may_go: bool
    high: int
    kept: int


class Thinner:
    """Judges positions in the order of the log. `fading` has for each that was taken 1 when it
    may go; it is final only when all have been taken. Faded ones are 0."""

    def __init__(self, changes: Changes, geography: Callable[[Rules], Geography]) -> None:
        self._firsts = [first for first, _ in changes]
        self._laws = [_Law(rules, geography(rules)) for _, rules in changes]
        self._workers: dict[str, _Last] = {}
        self._seen: set[tuple[_Law, str, int]] = set()
        self.fading = bytearray()

    def take(self, entries: Sequence[Entry], fixed: bool, summaries: "Summaries") -> None:
        """The next positions; `fixed`: they stay as they are, whatever is found of them."""
        for entry in entries:
            self.fading.append(0)
            if entry.faded is None:
                self._take(entry, fixed, summaries)

    def _take(self, entry: Entry, fixed: bool, summaries: "Summaries") -> None:
        event = decode(entry.raw)
        law = self._laws[max(0, bisect_right(self._firsts, entry.n) - 1)]
        time, grid, worker = event.time, event.region, event.key
        inside = law.inside(grid, event.data.lon, event.data.lat)
        summaries.count(worker, time, grid, inside)
        first = inside and time <= entry.received and self._is_first(law, grid, time)
        last = self._workers.get(worker)
        if last is None:
            plain = inside and time <= entry.received
            place = len(self.fading) - 1
            self._workers[worker] = _Last(place, law, grid, time, plain, False, time, time)
            return
        plain = inside and last.high < time <= entry.received
        near = plain and last.law is law
        if last.may_go and near and entry.received - last.kept <= law.off_post:
            self.fading[last.place] = 1
        else:
            last.kept = last.time
        last.may_go = not (fixed or first) and near and last.plain and last.grid == grid
        last.place, last.law, last.grid = len(self.fading) - 1, law, grid
        last.time, last.plain, last.high = time, plain, max(last.high, time)

    def _is_first(self, law: _Law, grid: str, time: int) -> bool:
        """Whether nothing inside a grid was taken yet in a window that a position lies in."""
        found = False
        for window in law.windows(day_of(time)):
            if window.start <= time <= window.end:
                key = (law, grid, window.start)
                found = found or key not in self._seen
                self._seen.add(key)
        return found


class Walked(Struct):
    """A patrol session and what is kept of its positions: how many there were, how many of them
    inside its grid, and the times of the first and the last."""

    worker: str
    start: int
    end: int
    grid: str
    positions: int = 0
    inside: int = 0
    first_at: int | None = None
    last_at: int | None = None


class Summaries:
    """Counts positions into the sessions of their workers, by their own time."""

    def __init__(self, sessions: Sequence[Walked]) -> None:
        self.sessions = sessions
        self._of: dict[str, list[Walked]] = {}
        for session in sorted(sessions, key=_start):
            self._of.setdefault(session.worker, []).append(session)

    def count(self, worker: str, time: int, grid: str, inside: bool) -> None:
        """A position, and whether it lies inside its grid."""
        mine = self._of.get(worker, ())
        place = bisect_right(mine, time, key=_start) - 1
        if place < 0 or time >= mine[place].end:
            return
        session = mine[place]
        session.positions += 1
        session.inside += inside and grid == session.grid
        if session.first_at is None or session.last_at is None:
            session.first_at = session.last_at = time
        else:
            session.first_at = min(session.first_at, time)
            session.last_at = max(session.last_at, time)


def _start(session: Walked) -> int:
    return session.start


def sender_of(entry: Entry) -> tuple[str, int | None]:
    """Whose a position was, and its number there: what stays of it when it fades."""
    event = decode(entry.raw)
    return event.source, event.sequence


def midnight(day: int) -> int:
    """Where a session of a day ends that nobody ended."""
    return day_start(day + 1)
