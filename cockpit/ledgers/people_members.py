"""Who makes up each number of the ledger of people: the conditions it counts by."""

from collections.abc import Iterable

from cockpit.ledgers.members import Members, Test, counted
from cockpit.ledgers.people_records import Person

_TESTS: dict[str, Test] = {
    "people.enrolled": lambda _: True,
    "visits.due_today": lambda person: person.is_due,
    "visits.overdue": lambda person: person.is_overdue,
}


def people_members(
    persons: Iterable[tuple[str, Person]], visited: Iterable[str], metric: str
) -> Members | None:
    """Those of these persons, by their references, whom a metric counts; None: it counts none.
    `metric` is without its category; `visited` are those of them who were visited today, as often
    as they were."""
    if metric == "visits.made_today":
        return Members(list(visited))
    if metric not in _TESTS:
        return None
    return Members(counted(persons, _TESTS[metric]))
