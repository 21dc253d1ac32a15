"""What the fold did, for whoever keeps records of it: the archive."""

from dataclasses import dataclass, field

from msgspec import Struct


class Made(Struct, frozen=True):
    """A visit that the ledger took in. `region` is an index, `result` as the event says."""

    n: int
    person: str
    region: int
    group: str
    category: str
    time: int
    result: str


class Moment(Struct, frozen=True):
    """Something that can be looked for in the past: `kind` is `whistle_overdue`, `case_overdue`
    or `alert`; `at` the instant from which the pictures show it."""

    at: int
    kind: str
    key: str
    region: int


@dataclass
class Journal:
    """Collected by the ledgers until somebody takes it: keys of cases, whistles, persons and alerts
    that changed (a person may be gone), workers and days whose sessions changed, visits and moments
    in the order of the fold."""

    cases: set[str] = field(default_factory=set)
    whistles: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    alerts: set[str] = field(default_factory=set)
    walked: set[tuple[str, int]] = field(default_factory=set)
    visits: list[Made] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
