"""What the ledger of cases keeps of a case, and all it keeps."""

from typing import Any

from msgspec import Struct, field

from cockpit.domain.deadlines import Deadline
from cockpit.ledgers.case_rates import FollowUp
from cockpit.ledgers.watch import IN_TIME

STAGES = ("reported", "accepted", "filed", "dispatched", "handling", "handled")
REPORTED, ACCEPTED, FILED, DISPATCHED, HANDLING, HANDLED = range(6)


class Case(Struct):
    """One case; instants in microseconds, `status` as it is counted now."""

    region: int
    category: str
    grade: str
    channel: str
    reported: int
    stage: int = REPORTED
    ended: str = ""
    deadline: Deadline | None = None
    suspended: bool = False
    checks_failed: int = 0
    follow_ups: list[FollowUp] = []
    status: int = IN_TIME
    # Instants of the last such event and to whom it went; 0 and "" before it. For the records.
    accepted: int = 0
    filed: int = 0
    dispatched: int = 0
    handled: int = 0
    closed: int = 0
    level: str = ""
    unit: str = ""
    on_time: bool | None = None
    supervised: int = 0
    version: int = 0  # log number of its last event


class State(Struct):
    """Everything a dump holds; open counts and the heap are rebuilt from the cases."""

    cases: dict[str, Case] = field(default_factory=dict)
    now: int = 0
    days: Any = None
    rates: Any = None
    recent: dict[int, list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)
