"""What the ledger of whistles keeps of a whistle, and all it keeps."""

from typing import Any

from msgspec import Struct, field

from cockpit.domain.deadlines import Deadline
from cockpit.ledgers.tally import Tally
from cockpit.ledgers.watch import IN_TIME

SIGN, ARRIVE, FINISH, REFUSED, DONE = "sign", "arrive", "finish", "refused", ""


class Arrival(Struct, frozen=True):
    """The arrival that counts, in the month of its own time."""

    month: int
    on_time: bool


class Whistle(Struct):
    """One whistle; `leg_start` is when the running leg began, `status` as counted now."""

    region: int
    kind: str
    department: str
    category: str
    leg_start: int
    leg: str = SIGN
    deadline: Deadline | None = None
    arrival: Arrival | None = None
    ended: str = ""
    status: int = IN_TIME
    # For the records: instants of the last such event (0 before it), and what was said.
    case: str = ""
    blown: int = 0
    assigned: int = 0  # since when its department is in charge
    signed: int = 0
    arrived: int = 0
    resolved: int = 0
    confirmed: int = 0
    finished_on_time: bool | None = None
    escalated: int = 0
    street_score: int = 0
    department_score: int = 0
    version: int = 0  # log number of its last event


class State(Struct):
    """Everything a dump holds; open counts and the heap are rebuilt from the whistles."""

    whistles: dict[str, Whistle] = field(default_factory=dict)
    now: int = 0
    blown: dict[int, Tally] = field(default_factory=dict)  # day →
    confirmed: dict[int, Tally] = field(default_factory=dict)  # day →
    arrivals: dict[int, Tally] = field(default_factory=dict)  # month →
    arrivals_on_time: dict[int, Tally] = field(default_factory=dict)  # month →
    recent: dict[int, list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)
