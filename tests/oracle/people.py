"""People in care and alerts, recomputed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cockpit.domain.calendar import day_of
from cockpit.domain.event_types import SEVERITIES
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules


@dataclass(frozen=True)
class Visit:
    """An effective visit, with the category and region the person had when it was applied."""

    region: str
    category: str
    time: int


@dataclass
class Person:
    region: str
    group: str
    category: str
    level: str
    enrolled: int
    visits: list[int] = field(default_factory=list)

    def due_day(self, rules: Rules) -> int:
        if self.visits:
            return day_of(max(self.visits)) + rules.visit_interval(self.group, self.level)
        return day_of(self.enrolled) + rules.first_visit_days


@dataclass
class Alert:
    region: str
    severity: str
    kind: str
    raised: int
    active: bool = True
    acknowledged: bool = False


def opened(event: Event) -> Person:
    data = event.data
    return Person(event.region, data.group, data.category, data.level, event.time)


def update(person: Person, event: Event) -> None:
    person.region, person.group = event.region, event.data.group
    person.category, person.level = event.data.category, event.data.level


def metrics(
    people: Sequence[Person], visits: Sequence[Visit], now: int, rules: Rules
) -> dict[str, object]:
    """`people.*` and `visits.*` by each of the categories of both groups, and sums by group."""
    today = day_of(now)
    found: dict[str, object] = {}
    groups = {name: rule.categories for name, rule in rules.groups.items()}
    for name, members in [*groups.items(), *((c, [c]) for cs in groups.values() for c in cs)]:
        mine = [p for p in people if p.category in members]
        due = [p.due_day(rules) for p in mine]
        made = [v for v in visits if v.category in members and day_of(v.time) == today]
        found[f"people.enrolled.{name}"] = len(mine)
        found[f"visits.due_today.{name}"] = len([d for d in due if d <= today])
        found[f"visits.made_today.{name}"] = len(made)
        found[f"visits.overdue.{name}"] = len([d for d in due if d < today])
    return found


def alert_metrics(alerts: Sequence[Alert]) -> dict[str, object]:
    found: dict[str, object] = {
        f"alerts.active.{s}": len([a for a in alerts if a.active and a.severity == s])
        for s in SEVERITIES
    }
    found["alerts.unacknowledged"] = len([a for a in alerts if not a.acknowledged])
    return found
