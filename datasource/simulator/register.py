"""People on the registers: enrolment, visits by a plan, changes, removal, newcomers.

A person's visits follow a fixed rhythm a little shorter than the rules' interval, each with its
own deviation, so a day's visits need no visit before them. Persons are opaque references.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

from cockpit.clock import HOUR
from cockpit.domain.calendar import day_start
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of
from datasource.simulator.catalogue import ORDINARY_STREET, REGISTERS, STREETS, Register
from datasource.simulator.dice import Weighted, dice, key, minutes
from datasource.simulator.ground import Ground
from datasource.simulator.messages import REGISTER, Made, made

LOOKBACK = 14
# Share of visits that are late, times the street's factor.
_LATE = {"care": 0.004, "special": 0.015}
_ABSENT = 0.025
_LEAVING_A_DAY = 1 / 9000
_CHANGE_A_DAY = 1 / 6000
_RESULTS = '{"result":"well"}', '{"result":"needs_help"}', '{"result":"absent"}'


class Person(NamedTuple):
    """`cycle` days from visit to visit, on day `phase` of it, up to `drift` days later;
    `due` is the rules' interval. Changed and removed on these days, when they come."""

    ref: str
    grid: int
    group: str
    category: str
    level: str
    due: int
    cycle: int
    phase: int
    drift: int
    changed: int
    removed: int
    born: int


class People:
    """Draws the register of the first day, the newcomers of each day, and all their visits."""

    def __init__(
        self, seed: int, rules: Rules, ground: Ground, regions: Regions, origin: int,
        newcomers: int,
    ) -> None:  # fmt: skip
        """`origin` is the first day; who is on the register then was enrolled before."""
        self._seed, self._rules, self._origin = seed, rules, origin
        self._count_new = newcomers
        self._codes = [grid.code for grid in ground.grids]
        streets = [regions.street_like(grid.index) for grid in ground.grids]
        self._delay = [STREETS.get(s.code if s else "", ORDINARY_STREET).delay for s in streets]
        self._kinds = [r for r in REGISTERS if r.category in rules.groups[r.group].categories]
        self._draw_kind = Weighted((kind, kind.size) for kind in self._kinds)
        self._first: list[Person] = []
        rng = dice(seed, "register")
        for kind in self._kinds:
            for _ in range(kind.size):
                self._first.append(self._person(rng, len(self._first), kind, origin))
        self._by_phase: dict[tuple[int, int], list[Person]] = defaultdict(list)
        self._leaving: dict[int, list[Person]] = defaultdict(list)
        self._changing: dict[int, list[Person]] = defaultdict(list)
        for person in self._first:
            self._index(person)
        self._known = origin  # newcomers of the days before this one are indexed

    def _index(self, person: Person) -> None:
        self._by_phase[person.cycle, person.phase % person.cycle].append(person)
        self._leaving[person.removed].append(person)
        self._changing[person.changed].append(person)

    def opening(self) -> list[Made]:
        """Everything before the first day: enrolments, and the last visit where the first
        visit to come would be later than the rules give a newcomer."""
        rows: list[Made] = []
        for person in self._first:
            rng = dice(self._seed, "opening", int(person.ref[2:], 16))
            coming = self._planned(person, (self._origin - person.phase) // person.cycle)
            if coming < self._origin:
                coming = self._planned(person, (self._origin - person.phase) // person.cycle + 1)
            day = coming - self._rules.first_visit_days
            if day >= self._origin:
                visited = self._planned(person, (coming - person.phase) // person.cycle - 1)
                visited = min(visited, self._origin - 1)
                rows.append(self._visit(person, visited, rng, "before", _RESULTS[0]))
                day = visited - 1 - rng.randrange(5)
            rows.append(self._state(person, "person.enrolled", day, rng, person.level))
        return rows

    def of_day(self, day: int) -> list[Made]:
        """All events of the visits planned on this day, and of who comes, changes or goes."""
        self._meet_newcomers(day)
        rows: list[Made] = []
        for person, number in self._planned_on(day):
            rows += self._visited(person, number, day)
        for person in self._newcomers(day):
            rng = dice(self._seed, "enrol", int(person.ref[2:], 16))
            rows.append(self._state(person, "person.enrolled", day, rng, person.level))
        for person in self._changing.get(day, ()):
            if person.born < day < person.removed:
                rng = dice(self._seed, "change", int(person.ref[2:], 16))
                level = "key" if person.level == "high" else person.level
                rows.append(self._state(person, "person.updated", day, rng, level))
        for person in self._leaving.get(day, ()):
            rng = dice(self._seed, "leave-register", int(person.ref[2:], 16))
            time = day_start(day) + 17 * HOUR + minutes(rng, 30, 300)
            rows.append(self._made(person, time, "gone", "person.removed", ""))
        return rows

    def _person(self, rng: Random, index: int, kind: Register, born: int) -> Person:
        chance = rng.random()
        level = "high" if chance < kind.high else "key" if chance < kind.high + kind.key else ""
        level = level or "general"
        due = self._rules.visit_interval(kind.group, level)
        cycle, drift, phase = _rhythm(rng, due, born)
        life = 1 + int(rng.expovariate(_LEAVING_A_DAY))
        change = 1 + int(rng.expovariate(_CHANGE_A_DAY))
        return Person(
            ref=f"p-{(key(self._seed, 'ref') + index * 0x9E3779B1B5) % 2**40:010x}",
            grid=rng.randrange(len(self._codes)), group=kind.group, category=kind.category,
            level=level, due=due, cycle=cycle, phase=phase, drift=drift, changed=born + change,
            removed=born + life, born=born - 1 if index < 100_000 else born,
        )  # fmt: skip

    def _meet_newcomers(self, day: int) -> None:
        while self._known <= day:
            for person in self._newcomers(self._known):
                self._index(person)
            self._known += 1

    @lru_cache(maxsize=4096)  # noqa: B019 - a world lives as long as the process
    def _newcomers(self, day: int) -> list[Person]:
        """Who is enrolled on this day; visited weekly for a start."""
        found = []
        for index in range(self._count_new):
            rng = dice(self._seed, "newcomer", day, index)
            kind = self._draw_kind.draw(rng)
            number = 100_000 + (day - self._origin) * self._count_new + index
            person = self._person(rng, number, kind._replace(high=1.0), day)
            due = self._rules.first_visit_days
            first = day + 1 + rng.randrange(max(1, due - 1))
            cycle = min(due, person.cycle)
            found.append(person._replace(cycle=cycle, phase=first, drift=0, born=day))
        return found

    def _planned(self, person: Person, number: int) -> int:
        """The day of this visit of the person's plan."""
        drift = 0
        if person.drift:
            drift = key(self._seed, person.ref, number) % (person.drift + 1)
        return person.phase + person.cycle * number + drift

    def _planned_on(self, day: int) -> Iterator[tuple[Person, int]]:
        for (cycle, phase), people in self._by_phase.items():
            for person in people if (day - phase) % cycle <= people[0].drift else ():
                number = (day - person.phase) // cycle
                if person.born < day < person.removed and self._planned(person, number) == day:
                    yield person, number

    def _visited(self, person: Person, number: int, day: int) -> list[Made]:
        """One visit: in time, at the second try, or late."""
        rng = dice(self._seed, person.ref, number, 1)
        if rng.random() < _LATE[person.group] * self._delay[person.grid]:
            due = self._planned(person, number - 1) + person.due
            return self._late(person, rng, number, due)
        result = _RESULTS[rng.random() < 0.04]
        if rng.random() >= _ABSENT:
            return [self._visit(person, day, rng, f"v{number}", result)]
        tried = self._visit(person, day, rng, f"v{number}a", _RESULTS[2])
        again = min(tried.time + minutes(rng, 90, 240), day_start(day) + 21 * HOUR)
        return [tried, self._visit_at(person, again, f"v{number}", result)]

    def _late(self, person: Person, rng: Random, number: int, due: int) -> list[Made]:
        days = 1 if rng.random() < 0.6 else 2 + rng.randrange(2)
        if due + days >= min(self._planned(person, number + 1), person.removed):
            return []
        return [self._visit(person, due + days, rng, f"v{number}", _RESULTS[0])]

    def _visit(self, person: Person, day: int, rng: Random, step: str, result: str) -> Made:
        chance = rng.random()
        if chance < 0.60:
            time = 8 * HOUR + minutes(rng, 20, 215)
        elif chance < 0.94:
            time = 13 * HOUR + minutes(rng, 50, 230)
        else:
            time = 17 * HOUR + minutes(rng, 20, 160)
        return self._visit_at(person, day_start(day) + time, step, result)

    def _visit_at(self, person: Person, time: int, step: str, result: str) -> Made:
        return self._made(person, time, step, "visit.made", result)

    def _state(self, person: Person, type_: str, day: int, rng: Random, level: str) -> Made:
        # Before the day's visits begin, so that nobody is visited who is not enrolled.
        time = day_start(day) + 7 * HOUR + minutes(rng, 0, 60)
        data = f'{{"group":"{person.group}","category":"{person.category}","level":"{level}"}}'
        return self._made(person, time, type_[7:], type_, data)

    def _made(self, person: Person, time: int, step: str, type_: str, data: str) -> Made:
        stem = f"{person.ref}-{step}"
        region = self._codes[person.grid]
        return made(time, REGISTER, stem, type_, f"person/{person.ref}", region, data)


def _rhythm(rng: Random, due: int, born: int) -> tuple[int, int, int]:
    """(cycle, drift, phase) for an interval: every so many weeks on a weekday, or, for the
    short intervals of half the people, a day early and on any day of the week."""
    if due % 7 == 0 and (due > 7 or rng.random() < 0.45):
        return due, 0, _weekday(rng, born, due, 5)
    if due < 14:
        cycle = max(1, due - 1)
        return cycle, min(1, due - cycle), born + rng.randrange(cycle)
    cycle = due - due % 7 or due - 7
    drift = min(4, due - cycle)
    return cycle, drift, _weekday(rng, born, cycle, 5 - drift)


def _weekday(rng: Random, born: int, cycle: int, choices: int) -> int:
    """A day of the cycle from `born` on that is one of the first `choices` of a week."""
    monday = born - date_of(born).weekday()
    return monday + 7 * rng.randrange(cycle // 7) + rng.randrange(choices)
