"""What the archive writes in one transaction: plain rows, made by the fold (datasource/archive).

Instants are microseconds UTC, days Shanghai day numbers (cockpit.domain.calendar.day_of).
Regions are codes. `None` means that it has not happened.
"""

from typing import Any

from msgspec import Struct, field

from cockpit.domain.events import Event
from cockpit.ports import ArchiveEnd, Checkpoint, DeadLetter, Entry


class CaseRow(Struct, frozen=True):
    """A case as it stands. `due` is the deadline in force, None without a running or stopped
    clock; `risk_at` the instant from which it is at risk, None unless the clock runs; `ended` is
    '', closed, declined or cancelled; `version` the log number of its last event."""

    key: str
    region: str
    street: str | None
    community: str | None
    category: str
    grade: str
    channel: str
    stage: str
    ended: str
    reported: int
    accepted: int | None
    filed: int | None
    dispatched: int | None
    handled: int | None
    closed: int | None
    level: str | None
    unit: str | None
    due: int | None
    suspended: bool
    on_time: bool | None
    checks_failed: int
    supervised: int
    version: int
    risk_at: int | None


class WhistleRow(Struct, frozen=True):
    """A whistle as it stands; `leg` is sign, arrive, finish, refused or '' (done); `version` and
    `risk_at` as of a case."""

    key: str
    region: str
    street: str | None
    kind: str
    department: str
    category: str
    case_key: str | None
    leg: str
    ended: str
    blown: int
    signed: int | None
    arrived: int | None
    resolved: int | None
    confirmed: int | None
    due: int | None
    arrived_on_time: bool | None
    finished_on_time: bool | None
    escalated: int
    street_score: int | None
    department_score: int | None
    version: int
    risk_at: int | None


class PersonRow(Struct, frozen=True):
    """A person on the register; `key` is an opaque reference, `enrolled` a day, `visited` the time
    of the last effective visit, `due` the last instant of the day by which the next one is due."""

    key: str
    region: str
    street: str | None
    community: str | None
    group: str
    category: str
    level: str
    enrolled: int
    visited: int | None
    due: int
    version: int


class AlertRow(Struct, frozen=True):
    """An alert; `person` is an opaque reference. Instants are those of the first such event."""

    key: str
    region: str
    street: str | None
    community: str | None
    kind: str
    severity: str
    person: str | None
    active: bool
    acknowledged: bool
    raised: int
    acknowledged_at: int | None
    cleared_at: int | None
    version: int


class VisitRow(Struct, frozen=True):
    """A visit that was made; `n` is its log number, `person` an opaque reference."""

    n: int
    person: str
    region: str
    group: str
    category: str
    time: int
    result: str


class SessionRow(Struct, frozen=True):
    """A patrol session; `end` is None while no end mark came."""

    worker: str
    day: int
    start: int
    end: int | None
    grid: str


class MomentRow(Struct, frozen=True):
    """Something that leaders jump to: `kind` is whistle_overdue, case_overdue or alert."""

    at: int
    kind: str
    key: str
    region: str


class Sample(Struct, frozen=True):
    """Numbers at the end of a half-hour; `at` is the instant at which the next one begins.
    `values` by region, then metric; counts of 0 are left out, rates without a denominator too.
    A region whose numbers are those of the half-hour before is left out, but never at midnight
    (Shanghai)."""

    at: int
    values: dict[str, dict[str, float]]


class Batch(Struct):
    """One transaction, made by a fold that knows so many `rule_sets` (None: whatever is in force).
    Rows of cases, whistles, persons and alerts replace those with the same key; persons who have
    `gone` have none any more; the sessions of a (worker, day) in `walked` replace all of that
    day."""

    end: ArchiveEnd
    rule_sets: int | None = None
    entries: list[tuple[Entry, Event | None]] = field(default_factory=list)
    letters: list[tuple[str, DeadLetter]] = field(default_factory=list)
    cases: list[CaseRow] = field(default_factory=list)
    whistles: list[WhistleRow] = field(default_factory=list)
    persons: list[PersonRow] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    alerts: list[AlertRow] = field(default_factory=list)
    visits: list[VisitRow] = field(default_factory=list)
    walked: dict[tuple[str, int], list[SessionRow]] = field(default_factory=dict)
    moments: list[MomentRow] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    checkpoint: Checkpoint | None = None

    def rows(self) -> int:
        """How many rows it writes, about."""
        parts: tuple[Any, ...] = (
            self.entries, self.letters, self.cases, self.whistles, self.persons, self.gone,
            self.alerts, self.visits, self.walked, self.moments, self.samples,
        )  # fmt: skip
        return sum(len(part) for part in parts)
