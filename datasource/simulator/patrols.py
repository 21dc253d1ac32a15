"""Workers: leave, the two sessions a day, and a position every 30 seconds of each.

Positions are by far the most events, so they are made only when asked for, a stretch at a
time, and can be thinned: with `each` = 40 every fortieth of the very same positions comes.
"""

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

from cockpit.clock import DAY, HOUR, MINUTE, SECOND
from cockpit.domain.calendar import Shift, WorkingCalendar, day_start
from cockpit.domain.regions import Regions
from cockpit.domain.working_days import date_of
from datasource.simulator.catalogue import ORDINARY_STREET, STREETS
from datasource.simulator.dice import dice, minutes
from datasource.simulator.ground import Ground
from datasource.simulator.messages import TERMINAL, Made, made, stamp

STEP = 30 * SECOND
_STRETCH = 10 * MINUTE
LOOKBACK = 1
_LEAVE_A_WEEK = 0.105  # of workers; 1 to 3 days


class Session(NamedTuple):
    """One walk. `place` is the grid's place in the ground; positions numbered `silent` are not
    sent, those of `away` lie outside (half-open ranges)."""

    place: int
    stem: str
    start: int
    end: int
    first: int
    walk: int
    silent: tuple[int, int]
    away: tuple[int, int]


class Leave(NamedTuple):
    """A worker's leave, told at `told`."""

    start: int
    end: int
    told: int


_NEVER = (0, 0)


class Patrols:
    """Draws sessions and leave; each by a generator of its own."""

    def __init__(
        self, seed: int, calendar: WorkingCalendar, ground: Ground, regions: Regions
    ) -> None:  # fmt: skip
        self._seed, self._calendar, self._ground = seed, calendar, ground
        self._codes = [grid.code for grid in ground.grids]
        self._subjects = [f"worker/w-{code[6:]}" for code in self._codes]
        streets = [regions.street_like(grid.index) for grid in ground.grids]
        self._manners = [STREETS.get(s.code if s else "", ORDINARY_STREET) for s in streets]

    def of_day(self, day: int) -> list[Made]:
        """Starts, ends and leave told on this day; not the positions."""
        rows: list[Made] = []
        for shift in self._calendar.shifts_of(day):
            for session in self.sessions(shift):
                subject, code = self._subjects[session.place], self._codes[session.place]
                for time, step, type_ in (
                    (session.start, "s", "patrol.started"), (session.end, "e", "patrol.ended"),
                ):  # fmt: skip
                    stem = f"{session.stem}-{step}"
                    rows.append(made(time, TERMINAL, stem, type_, subject, code))
        return rows + self._leave_told(day)

    @lru_cache(maxsize=8)  # noqa: B019 - a world lives as long as the process
    def sessions(self, shift: Shift) -> list[Session]:
        """All walks of a shift."""
        walks = (self._session(shift, place) for place in range(len(self._codes)))
        return [walk for walk in walks if walk is not None]

    def _session(self, shift: Shift, place: int) -> Session | None:
        leave = self._leave(place, shift.day)
        if leave and leave.start <= shift.start and leave.end >= shift.end:
            return None
        afternoon = shift.kind == "afternoon"
        rng = dice(self._seed, "walk", shift.day * 2 + afternoon, place)
        covered = self._manners[place].afternoon if afternoon else self._manners[place].morning
        fault, away, silent = rng.random(), _NEVER, _NEVER
        start = shift.start + minutes(rng, -3, 1 + 24 * rng.random() ** 2)
        if rng.random() > covered:
            if fault < 0.35:
                return None
            if fault < 0.65:
                start = shift.start + minutes(rng, 75, 150)
            else:
                away = (0, 1000)
        elif fault < 0.012:
            begin = rng.randrange(10, 330)
            silent = (begin, begin + rng.randrange(65, 140))
        elif fault < 0.03:
            begin = rng.randrange(10, 350)
            away = (begin, begin + rng.randrange(20, 90))
        return Session(
            place=place, stem=f"{self._codes[place][6:]}-{shift.day}-{shift.kind[0]}",
            start=start, end=_end(rng, shift, start), first=start + minutes(rng, 0.05, 0.55),
            walk=rng.getrandbits(60), silent=silent, away=away,
        )  # fmt: skip

    def positions(self, day: int, start: int, each: int) -> Iterator[Made]:
        """Every `each`-th position of each session of the day from `start` on, in order of
        time. Stretch by stretch: a day has near a million."""
        walks = [s for shift in self._calendar.shifts_of(day) for s in self.sessions(shift)]
        if not walks:
            return
        edge = min(walk.start for walk in walks)
        last = max(walk.end for walk in walks)
        edge += max(0, (start - edge) // _STRETCH) * _STRETCH
        while edge < last:
            found = [
                (walk.first + number * STEP, place, number)
                for place, walk in enumerate(walks)
                for number in _numbers(walk, max(edge, start), edge + _STRETCH, each)
            ]
            found.sort()
            for time, place, number in found:
                yield self._position(walks[place], number, time)
            edge += _STRETCH

    def _position(self, walk: Session, number: int, time: int) -> Made:
        outside = walk.away[0] <= number < walk.away[1]
        where = self._ground.astray if outside else self._ground.position
        lon, lat = where(walk.place, walk.walk, number)
        return made(
            time, TERMINAL, f"{walk.stem}-{number}", "patrol.pinged",
            self._subjects[walk.place], self._codes[walk.place],
            f'{{"lon":{lon:.6f},"lat":{lat:.6f}}}',
        )  # fmt: skip

    def _leave_told(self, day: int) -> list[Made]:
        rows = []
        for place, code in enumerate(self._codes):
            # Leave begins in the week of the day it is told, or on the Monday after.
            for near in (day, day + 1):
                leave = self._leave_of_week(place, _monday(near))
                if leave and day_start(day) <= leave.told < day_start(day + 1):
                    rows.append(
                        made(
                            leave.told, TERMINAL, f"leave-{code[6:]}-{_monday(near)}",
                            "worker.excused", self._subjects[place], code,
                            f'{{"from":"{stamp(leave.start)}","to":"{stamp(leave.end)}"}}',
                        )
                    )  # fmt: skip
                    break
        return rows

    def _leave(self, place: int, day: int) -> Leave | None:
        leave = self._leave_of_week(place, _monday(day))
        return leave if leave and leave.start < day_start(day + 1) else None

    @lru_cache(maxsize=4096)  # noqa: B019 - three weeks of all workers
    def _leave_of_week(self, place: int, monday: int) -> Leave | None:
        rng = dice(self._seed, "leave", monday, place)
        if rng.random() >= _LEAVE_A_WEEK:
            return None
        first = monday + max(0, rng.randrange(6) - 1)
        days = rng.randrange(1, 4)
        start = day_start(first)
        end = start + days * DAY
        told = start - minutes(rng, 6 * 60, 9 * 60)
        if days == 1 and rng.random() < 0.5:  # an afternoon off, told in the morning
            told, start = start + 9 * HOUR + minutes(rng, 0, 120), start + 12 * HOUR
        return Leave(start, end, told)


def _monday(day: int) -> int:
    return day - date_of(day).weekday()


def _end(rng: Random, shift: Shift, start: int) -> int:
    chance = rng.random()
    if chance < 0.04:
        return start + minutes(rng, 40, 85)
    if chance < 0.16:
        return start + minutes(rng, 92, 150)
    return max(shift.end - minutes(rng, -4, 22), start + minutes(rng, 10, 20))


def _numbers(walk: Session, start: int, end: int, each: int) -> Iterator[int]:
    """The numbers of the positions in [start, end) that are sent, thinned."""
    low = max(0, -((walk.first - start) // STEP))
    low += -low % each
    high = -((walk.first - min(end, walk.end)) // STEP)
    for number in range(low, high, each):
        if not walk.silent[0] <= number < walk.silent[1]:
            yield number
