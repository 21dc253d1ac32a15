"""People in care: who is on the register, whose visit is due, which visits were made.

Persons are opaque references; nothing else about them is kept, and a removed person is
forgotten. Definitions: docs/metrics.md, People.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cockpit.domain import calendar as days
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.base import Placed
from cockpit.ledgers.journal import Made
from cockpit.ledgers.members import Members
from cockpit.ledgers.people_members import people_members
from cockpit.ledgers.people_records import Person, State
from cockpit.ledgers.tally import Tally, add, forget_before, of


class People(Placed):
    """The ledger of people and visits."""

    types = frozenset({"person.enrolled", "person.updated", "person.removed", "visit.made"})
    opener = "person.enrolled"
    unknown = "person.unknown"

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self.categories = [c for group in rules.groups.values() for c in group.categories]
        self._names = {
            c: (
                f"people.enrolled.{c}",
                f"visits.due_today.{c}",
                f"visits.made_today.{c}",
                f"visits.overdue.{c}",
            )
            for c in self.categories
        }
        self._state = State()
        # Whose next visit moved when a state was taken over under other rules.
        self.moved: set[str] = set()
        self._reset_counts()

    def _reset_counts(self) -> None:
        self.enrolled: dict[str, Tally] = {c: [0] * self.size for c in self.categories}
        self.due: dict[str, Tally] = {c: [0] * self.size for c in self.categories}
        self.overdue: dict[str, Tally] = {c: [0] * self.size for c in self.categories}
        self._due_on: dict[int, set[str]] = {}

    def knows(self, key: str) -> bool:
        return key in self._state.persons

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        self._state.now = max(now, self._state.now)
        person = self._state.persons.get(event.key)
        if event.type == "person.enrolled":
            if person is not None:
                raise CockpitError("person.exists")
            data = event.data
            person = Person(region, data.group, data.category, data.level, days.day_of(event.time))
            self._state.persons[event.key] = person
            self._enter(event.key, person)
        elif event.type == "visit.made" and person is not None:
            self._visit(event, person)
            self._note(event, person, n)
        elif person is not None:
            self._leave(event.key, person)
            self._change(event, person, region)
        if person is not None:
            person.version = max(person.version, n)
            self.touched.update(self.chains[person.region])
            if self.journal is not None:
                self.journal.persons.add(event.key)

    def _change(self, event: Event, person: Person, region: int) -> None:
        if event.type == "person.removed":
            self.touched.update(self.chains[person.region])
            del self._state.persons[event.key]
            return
        self.touched.update(self.chains[person.region])
        data = event.data
        person.region, person.group = region, data.group
        person.category, person.level = data.category, data.level
        self._enter(event.key, person)

    def _visit(self, event: Event, person: Person) -> None:
        if event.data.result == "absent":
            return
        day = days.day_of(event.time)
        if day >= days.day_of(self._state.now):
            made = self._state.made.setdefault(day, {})
            add(of(made, person.category, self.size), self.chains[person.region], 1)
            visited = self._state.made_to.setdefault(day, [])
            visited.append((event.key, person.category, person.region))
        person.visited = max(person.visited, event.time)
        if self._due_day(person) != person.due:
            self._unplan(event.key, person)
            self._plan(event.key, person)
            self._mark(person)

    def _note(self, event: Event, person: Person, n: int) -> None:
        """Keep a record of a visit."""
        if self.journal is not None:
            made = Made(
                n, event.key, person.region, person.group, person.category, event.time,
                event.data.result,
            )  # fmt: skip
            self.journal.visits.append(made)

    def _due_day(self, person: Person) -> int:
        if not person.visited:
            return person.enrolled + self.rules.first_visit_days
        interval = self.rules.visit_interval(person.group, person.level)
        return days.day_of(person.visited) + interval

    def _enter(self, key: str, person: Person) -> None:
        self._plan(key, person)
        add(self.enrolled[person.category], self.chains[person.region], 1)
        self._mark(person)

    def _plan(self, key: str, person: Person) -> None:
        person.due = self._due_day(person)
        self._due_on.setdefault(person.due, set()).add(key)

    def _unplan(self, key: str, person: Person) -> None:
        self._due_on[person.due].discard(key)
        if not self._due_on[person.due]:
            del self._due_on[person.due]

    def _mark(self, person: Person) -> None:
        """Count the person as due and overdue as of today."""
        today, chain = days.day_of(self._state.now), self.chains[person.region]
        is_due, is_overdue = person.due <= today, person.due < today
        if is_due != person.is_due:
            add(self.due[person.category], chain, int(is_due) - int(person.is_due))
        if is_overdue != person.is_overdue:
            add(self.overdue[person.category], chain, int(is_overdue) - int(person.is_overdue))
        person.is_due, person.is_overdue = is_due, is_overdue

    def _leave(self, key: str, person: Person) -> None:
        self._unplan(key, person)
        chain = self.chains[person.region]
        add(self.enrolled[person.category], chain, -1)
        if person.is_due:
            add(self.due[person.category], chain, -1)
        if person.is_overdue:
            add(self.overdue[person.category], chain, -1)
        person.is_due = person.is_overdue = False

    def advance(self, now: int) -> None:
        before, today = days.day_of(self._state.now), days.day_of(now)
        self._state.now = max(now, self._state.now)
        if today <= before:
            return
        forget_before(self._state.made, today)
        forget_before(self._state.made_to, today)
        # Whoever was due before the last look is overdue since; a day's own are due now.
        for day in [d for d in self._due_on if before <= d <= today]:
            for key in self._due_on[day]:
                self._mark(self._state.persons[key])
        self.touched.update(range(self.size))

    # -- answers -------------------------------------------------------------------------

    def record(self, key: str) -> Person | None:
        """A person as they stand on the register; None when they are not on it (any more).
        Nobody but the ledger may change it."""
        return self._state.persons.get(key)

    def metrics(self, region: int) -> dict[str, Any]:
        made = self._state.made.get(days.day_of(self._state.now), {})
        result: dict[str, Any] = {}
        for category, (enrolled, due, made_today, overdue) in self._names.items():
            tally = made.get(category)
            result[enrolled] = self.enrolled[category][region]
            result[due] = self.due[category][region]
            result[made_today] = tally[region] if tally else 0
            result[overdue] = self.overdue[category][region]
        return result

    def members(self, region: int, metric: str) -> Members | None:
        """Persons by their references; of a group (`visits.overdue.care`) those of all its
        categories."""
        stem, _, name = metric.rpartition(".")
        group = self.rules.groups.get(name)
        categories = set(group.categories) if group else {name} & set(self.categories)
        if not categories:
            return None
        return people_members(self._of(categories, region), self._made_to(categories, region), stem)

    def _of(self, categories: set[str], region: int) -> Iterator[tuple[str, Person]]:
        for key, person in self._state.persons.items():
            if person.category in categories and region in self.chains[person.region]:
                yield key, person

    def _made_to(self, categories: set[str], region: int) -> Iterator[str]:
        """Who was visited today, as often as they were."""
        for key, category, place in self._state.made_to.get(days.day_of(self._state.now), ()):
            if category in categories and region in self.chains[place]:
                yield key

    def group_total(self, group: str, measure: str, places: Iterable[int]) -> Tally:
        """The sum over a group's categories, for these regions (0 for the others). `measure` is
        `enrolled`, `due_today`, `made_today` or `overdue`."""
        tallies = {
            "enrolled": self.enrolled,
            "due_today": self.due,
            "made_today": self._state.made.get(days.day_of(self._state.now), {}),
            "overdue": self.overdue,
        }[measure]
        wanted = self.rules.groups[group].categories
        parts = [tallies[c] for c in wanted if c in tallies]
        total = [0] * self.size
        for place in places:
            total[place] = sum(part[place] for part in parts)
        return total

    # -- dump and load -------------------------------------------------------------------

    def dump(self) -> Any:
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State, strict=False)
        self._reset_counts()
        for key, person in self._state.persons.items():
            if person.category not in self.enrolled:
                why = f"the rules have no category {person.category}, but the register has"
                raise CockpitError("ledger.unreadable", why=why)
            person.is_due = person.is_overdue = False
            before = person.due
            self._enter(key, person)
            if person.due != before:
                self.moved.add(key)
        self.touched.update(range(self.size))
