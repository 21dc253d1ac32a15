"""Patrols, recomputed from the lists of all marks, positions and leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.clock import MINUTE, to_micros
from cockpit.domain.calendar import Shift, day_of, day_start
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules
from cockpit.ports import Geography
from tests.oracle.cases import ratio


@dataclass(frozen=True)
class Session:
    """From `start` to `end` (midnight while no end is known) in one grid."""

    worker: str
    grid: str
    start: int
    end: int


@dataclass(frozen=True)
class ShiftState:
    """What a grid has done in one shift."""

    excused: bool
    session: bool
    inside: bool
    worked: int


class Patrols:
    """All that is known of patrols at `now`."""

    def __init__(
        self, events: Sequence[Event], now: int, rules: Rules, geography: Geography
    ) -> None:
        self.now, self.rules, self._geography = now, rules, geography
        heard = [e for e in events if e.time <= now]
        self.marks = [e for e in heard if e.type in {"patrol.started", "patrol.ended"}]
        self.pings = [e for e in heard if e.type == "patrol.pinged"]
        self.leaves = [e for e in events if e.type == "worker.excused"]
        self.shift = rules.calendar.current_or_last_shift(now)
        self._sessions: dict[int, list[Session]] = {}
        self._states: dict[tuple[str, Shift], ShiftState] = {}

    @property
    def running(self) -> bool:
        return self.now < self.shift.end

    def sessions(self, day: int) -> list[Session]:
        """All sessions of a day."""
        if day not in self._sessions:
            marks = [m for m in self.marks if day_of(m.time) == day]
            workers = sorted({m.key for m in marks})
            self._sessions[day] = [s for w in workers for s in self._of_worker(marks, w, day)]
        return self._sessions[day]

    def _of_worker(self, marks: Sequence[Event], worker: str, day: int) -> list[Session]:
        mine = {(m.time, m.type == "patrol.started", m.region) for m in marks if m.key == worker}
        found, begun = [], None
        for time, starts, grid in sorted(mine):
            if begun:
                found.append(Session(worker, begun[1], begun[0], time))
                begun = None
            if starts:
                begun = (time, grid)
        if begun:
            found.append(Session(worker, begun[1], begun[0], day_start(day + 1)))
        return found

    def inside(self, ping: Event) -> bool:
        return self._geography.inside(ping.region, ping.data.lon, ping.data.lat)

    def state(self, grid: str, shift: Shift) -> ShiftState:
        """What the grid has done in the shift up to now."""
        if (grid, shift) not in self._states:
            self._states[grid, shift] = self._state(grid, shift)
        return self._states[grid, shift]

    def _state(self, grid: str, shift: Shift) -> ShiftState:
        excused = [
            e
            for e in self.leaves
            if e.region == grid
            and to_micros(e.data.from_) <= shift.start
            and to_micros(e.data.to) >= shift.end
        ]
        if self.now < shift.start:
            return ShiftState(bool(excused), False, False, 0)
        mine = [
            s
            for s in self.sessions(shift.day)
            if s.grid == grid and s.start < shift.end and s.end > shift.start and s.end > s.start
        ]
        worked = [min(s.end, self.now, shift.end) - max(s.start, shift.start) for s in mine]
        inside = [
            p
            for p in self.pings
            if p.region == grid and shift.start <= p.time <= shift.end and self.inside(p)
        ]
        return ShiftState(bool(excused), bool(mine), bool(inside), sum(w for w in worked if w > 0))

    def covered(self, grid: str, shift: Shift) -> bool:
        state = self.state(grid, shift)
        return not state.excused and state.session and state.inside

    def completed(self, grid: str, shift: Shift) -> bool:
        enough = self.rules.patrol.complete_minutes * MINUTE
        return self.covered(grid, shift) and self.state(grid, shift).worked >= enough

    def in_session(self) -> list[Session]:
        """The sessions that run now."""
        return [s for s in self.sessions(day_of(self.now)) if s.start <= self.now < s.end]

    def last_position(self, worker: str) -> Event | None:
        mine = [p for p in self.pings if p.key == worker]
        last = max((p.time for p in mine), default=None)
        return [p for p in mine if p.time == last][-1] if mine else None

    def on_duty(self, session: Session) -> bool:
        last = self.last_position(session.worker)
        return last is not None and self.now - last.time <= self.rules.off_post

    def off_post(self, session: Session) -> bool:
        last = self.last_position(session.worker)
        heard = session.start if last is None else max(last.time, session.start)
        if self.now - heard > self.rules.off_post:
            return True
        return last is not None and last.time >= session.start and not self.inside(last)

    def expected(self, grids: Sequence[str], shift: Shift) -> int:
        """How many of these grids are expected; none in a shift that has not begun."""
        if self.now < shift.start:
            return 0
        return len([g for g in grids if not self.state(g, shift).excused])

    def coverage(self, grids: Sequence[str], shift: Shift) -> float | None:
        """covered ÷ expected of these grids; None for a shift that has not begun."""
        covered = [g for g in grids if self.covered(g, shift)]
        return ratio(len(covered), self.expected(grids, shift))

    def metrics(self, grids: Sequence[str]) -> dict[str, object]:
        """Every scalar `patrols.*` of these grids."""
        within = set(grids)
        running = [s for s in self.in_session() if s.grid in within]
        expected = [g for g in grids if not self.state(g, self.shift).excused]
        return {
            "patrols.expected": len(expected),
            "patrols.covered": len([g for g in grids if self.covered(g, self.shift)]),
            "patrols.completed": len([g for g in grids if self.completed(g, self.shift)]),
            "patrols.coverage_rate": self.coverage(grids, self.shift),
            "patrols.on_duty": len([s for s in running if self.on_duty(s)]),
            "patrols.off_post": len([s for s in running if self.off_post(s)]),
        }

    def shift_now(self) -> dict[str, object]:
        """What is the same for every region."""
        window = getattr(self.rules.patrol, self.shift.kind).split("-")
        return {
            "patrols.shift": self.shift.kind if self.running else "none",
            "patrols.last_shift": self.shift.kind,
            "patrols.window": window,
        }
