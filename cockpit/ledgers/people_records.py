"""What the ledger of people keeps of each of them."""

from msgspec import Struct, field

from cockpit.domain import calendar as days
from cockpit.ledgers.tally import Tally


class Person(Struct):
    """One person. Days are Shanghai day numbers; `visited` is the time of the last effective
    visit, 0 before the first; `version` the log number of the last event."""

    region: int
    group: str
    category: str
    level: str
    enrolled: int
    visited: int = 0
    due: int = 0
    is_due: bool = False
    is_overdue: bool = False
    version: int = 0

    @property
    def due_at(self) -> int:
        """The last instant at which the next visit is not overdue: the end of the day it is due."""
        return days.day_start(self.due + 1) - 1


class State(Struct):
    """Everything a dump holds; the rest is counted anew from the persons."""

    now: int = 0
    persons: dict[str, Person] = field(default_factory=dict)
    made: dict[int, dict[str, Tally]] = field(default_factory=dict)  # day → category →
    # day → who was visited, category and region then: what `made` counts
    made_to: dict[int, list[tuple[str, str, int]]] = field(default_factory=dict)
