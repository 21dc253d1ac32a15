"""Patrols: which grids were walked in the shift, who is on duty and who is off post.

Definitions: docs/metrics.md, Patrols. 一日双巡: two shifts on every working day.
"""

from heapq import heapify, heappop, heappush
from typing import Any

import msgspec

from cockpit.clock import MINUTE, to_micros
from cockpit.domain import calendar as days
from cockpit.domain.deadlines import NEVER
from cockpit.domain.events import Event
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.base import Placed
from cockpit.ledgers.looks import Looks
from cockpit.ledgers.members import Members
from cockpit.ledgers.patrol_counts import PatrolCounts
from cockpit.ledgers.patrol_members import patrol_members
from cockpit.ledgers.patrol_records import Position, State
from cockpit.ledgers.patrol_shifts import PatrolShifts
from cockpit.ledgers.sessions import ENDED, STARTED, Session, SessionBook
from cockpit.ledgers.walks import Walks
from cockpit.ports import Geography

_PING = 2


class Patrols(Placed):
    """The ledger of patrols."""

    types = frozenset({"patrol.started", "patrol.ended", "patrol.pinged", "worker.excused"})

    def __init__(self, regions: Regions, rules: Rules, geography: Geography) -> None:
        super().__init__(regions, rules)
        self._geography = geography
        self._grids = [region.index for region in regions.at_level("grid")]
        self._complete = rules.patrol.complete_minutes * MINUTE
        self._off_post = rules.off_post
        self._state = State()
        self._reset()

    def _reset(self) -> None:
        self._book = SessionBook()
        self._walks = Walks(self._state, self._book, self._complete)
        self._shifts = PatrolShifts(self.rules.calendar)
        self._counts = PatrolCounts(self.chains, self.touched)
        self._looks = Looks()

    # -- events --------------------------------------------------------------------------

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        if now > self._state.now:
            self.advance(now)
        if event.type == "worker.excused":
            span = (to_micros(event.data.from_), to_micros(event.data.to))
            self._state.excuses.setdefault(region, []).append(span)
            self._settle_grid(region)
            return
        kind = _PING
        if event.type == "patrol.pinged":
            inside = self._geography.inside(event.region, event.data.lon, event.data.lat)
            kind = _PING + inside
        else:
            kind = STARTED if event.type == "patrol.started" else ENDED
        if event.time > self._state.now:
            heappush(self._state.ahead, (event.time, n, event.key, kind, region))
        else:
            self._take(event.time, n, event.key, kind, region)

    def _take(self, time: int, n: int, worker: str, kind: int, grid: int) -> None:
        if kind >= _PING:
            self._take_position(Position(time, n, kind > _PING), worker, grid)
        elif days.day_of(time) >= self._shifts.day:
            for changed in self._book.add(worker, (time, kind, grid)):
                self._settle_grid(changed)
            if self.journal is not None:
                self.journal.walked.add((worker, days.day_of(time)))
            self._settle_worker(worker)

    def _take_position(self, position: Position, worker: str, grid: int) -> None:
        last = self._state.last.get(worker)
        if last is None or (position.time, position.n) > (last.time, last.n):
            self._state.last[worker] = position
            if not self._stays_on_post(position, worker):
                self._settle_worker(worker)
        if position.inside:
            for shift in self._shifts.of_day:
                if shift.start <= position.time <= shift.end:
                    grids = self._state.seen_inside.setdefault(shift.start, set())
                    if grid not in grids:
                        grids.add(grid)
                        self._settle_grid(grid)

    def _stays_on_post(self, position: Position, worker: str) -> bool:
        """Whether a new last position changes nothing, as nearly every one does: the worker was
        on duty and on post, and so he is. The look planned for him still plans the next one."""
        recent = self._state.now - position.time <= self._off_post
        return position.inside and recent and self._counts.on_post(worker)

    # -- time ----------------------------------------------------------------------------

    def advance(self, now: int) -> None:
        state = self._state
        if now < state.now:
            return
        while (instant := self._next_instant()) <= now:
            state.now = max(state.now, instant)
            if instant == self._shifts.next_change:
                self._change_shift(now)
            elif state.ahead and state.ahead[0][0] == instant:
                self._take(*heappop(state.ahead))
            else:
                self._look()
        state.now = now

    def _next_instant(self) -> int:
        """The next at which something changes by itself, or what came too early is taken."""
        ahead = self._state.ahead
        return min(self._shifts.next_change, self._looks.next, ahead[0][0] if ahead else NEVER)

    def _look(self) -> None:
        look = self._looks.take()
        if look is None:
            return
        worker, grid = look
        if worker:
            self._settle_worker(worker)
        else:
            self._settle_grid(grid)

    def _change_shift(self, now: int) -> None:
        """A shift began or ended, or midnight passed, or the ledger is new: count all anew."""
        state = self._state
        if self._shifts.next_change == 0:
            state.now = now
        self._shifts.change(state.now)
        self._book.forget_before(self._shifts.day)
        first = self._shifts.of_day[0].start
        for table in [start for start in state.seen_inside if start < first]:
            del state.seen_inside[table]
        for grid in list(state.excuses):
            state.excuses[grid] = [span for span in state.excuses[grid] if span[1] > first]
            if not state.excuses[grid]:
                del state.excuses[grid]
        for grid in self._grids:
            self._settle_grid(grid)
        for worker in self._counts.workers:
            self._settle_worker(worker)
        self.touched.update(range(self.size))

    # -- counting ------------------------------------------------------------------------

    def _settle_grid(self, grid: int) -> None:
        shift = self._shifts.current
        if shift is None:
            return
        counts = [False] * 5
        for place, one in enumerate(self._shifts.of_day):
            if self._state.now >= one.start:
                counts[place * 2] = not self._walks.excused(grid, one)
                counts[place * 2 + 1] = self._walks.covered(grid, one)
        if counts[self._shifts.place * 2 + 1]:
            total, running = self._walks.minutes(grid, shift)
            counts[4] = total >= self._complete
            if not counts[4] and running:
                left = -(-(self._complete - total) // running)
                self._looks.plan(self._state.now + left, grid=grid)
        self._counts.set_grid(grid, (counts[0], counts[1], counts[2], counts[3], counts[4]))

    def _settle_worker(self, worker: str) -> None:
        now, last = self._state.now, self._state.last.get(worker)
        session = self._book.current(worker, now)
        new = (-1, False, False)
        if session is not None:
            start, _, grid = session
            fresh = last is not None and now - last.time <= self._off_post
            silent = now - max(start, last.time if last else 0) > self._off_post
            outside = last is not None and last.time >= start and not last.inside
            new = (grid, fresh, silent or outside)
            for since in (last.time if last else 0, start):
                if now <= since + self._off_post:
                    self._looks.plan(since + self._off_post + 1, worker)
                    break
        self._counts.set_worker(worker, new)

    # -- answers -------------------------------------------------------------------------

    def sessions(self, worker: str, day: int) -> list[Session]:
        """The sessions of a worker on a day that is kept still: today, or the patrol day."""
        return self._book.of(worker, day)

    def metrics(self, region: int) -> dict[str, Any]:
        return self._counts.metrics(region, self._shifts.place)

    def members(self, region: int, metric: str) -> Members | None:
        """Grids by code; of `on_duty` and `off_post` workers by key."""
        return patrol_members(self.regions, self._counts, region, metric, self._shifts)

    def grid_of(self, worker: str) -> Region:
        """The grid of the session in which a worker is now; the district when in none."""
        return self.regions.all[max(0, self._counts.grid_of(worker))]

    def shift(self) -> dict[str, Any]:
        """The shift as `patrols.shift` tells it, and the window of the current or last one."""
        return self._shifts.told(self._state.now)

    def coverage(self, region: int) -> dict[str, float | int | None]:
        """Coverage of both shifts of the patrol day, each with its n; None and 0 for one that has
        not begun."""
        return self._counts.coverage(region, list(self._shifts.places))

    def grid_state(self, grid: int) -> dict[str, Any]:
        """Both shifts of one grid, for the matrix of a community's wall."""
        states: dict[str, Any] = {}
        for shift in self._shifts.of_day:
            state, minutes = self._walks.state_of(grid, shift)
            states[shift.kind] = {"state": state, "minutes": minutes}
        states["on_duty"] = self._counts.on_duty[grid] > 0
        states["off_post"] = self._counts.off_post[grid] > 0
        return states

    # -- dump and load -------------------------------------------------------------------

    def dump(self) -> Any:
        self._state.marks = self._book.marks
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State, strict=False)
        heapify(self._state.ahead)
        now = self._state.now
        self._reset()
        self._book.load(self._state.marks)
        self.advance(now)
        for worker in self._state.marks:
            self._settle_worker(worker)
