"""The slow recomputation: every number of every region from the whole log, by definition.

Written from docs/metrics.md alone, apart from the ledgers. Nothing is counted on the way: the
events of a subject make its record, and each metric is a filter over all records.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from cockpit.clock import SECOND
from cockpit.domain.events import Event, decode
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.ports import DeadLetter, Entry, Geography
from tests.oracle import cases, people, stream, whistles
from tests.oracle.patrols import Patrols

P = TypeVar("P", bound=Any)

OPENERS = {"case.reported", "whistle.blown", "person.enrolled", "alert.raised"}
KINDS = {"case": "case", "whistle": "whistle", "person": "person", "visit": "person",
         "alert": "alert"}  # fmt: skip


@dataclass
class Early:
    """An event that waits for the one that opens its subject."""

    n: int
    received: int
    event: Event

    @property
    def subject(self) -> tuple[str, str]:
        """Kind and key; the kind is empty for what needs no known subject."""
        return KINDS.get(self.event.type.split(".")[0], ""), self.event.key


@dataclass(frozen=True)
class Line:
    """A line of the ticker."""

    region: str
    time: int
    n: int
    type: str
    told: dict[str, object]


@dataclass
class History:
    """The records that the log makes, and the events it refuses as (n, code)."""

    rules: Rules
    now: int = -(2**62)
    received: int = 0
    known: dict[tuple[str, str], object] = field(default_factory=dict)
    visits: list[people.Visit] = field(default_factory=list)
    field_work: list[Event] = field(default_factory=list)
    waiting: list[Early] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def advance(self, now: int) -> None:
        self.now = max(self.now, now)
        for early in list(self.waiting):
            # The grace: what opens it may be folded after a tick though received before.
            if self.now >= self._until(early) + 30 * SECOND:
                self.waiting.remove(early)
                self.refusals.append((early.n, f"{early.subject[0]}.unknown"))

    def _until(self, early: Early) -> int:
        return early.received + self.rules.stream.parking_seconds * SECOND

    def fold(self, entry: Entry) -> None:
        self.advance(entry.received)
        self.received = entry.received
        self.apply(Early(entry.n, entry.received, decode(entry.raw)))

    def apply(self, early: Early) -> None:
        event, subject = early.event, early.subject
        if not subject[0]:
            self.field_work.append(event)
        elif event.type in OPENERS:
            if subject in self.known:
                self.refusals.append((early.n, f"{subject[0]}.exists"))
                return
            self.known[subject] = self._opened(event)
            self._tell(subject, early)
            ready = [e for e in self.waiting if subject == e.subject]
            self.waiting = [e for e in self.waiting if e not in ready]
            for one in sorted(ready, key=lambda e: e.n):
                if self.received < self._until(one):
                    self.apply(one)
                else:
                    self.refusals.append((one.n, f"{one.subject[0]}.unknown"))
        elif subject in self.known:
            code = self._changed(subject, event)
            if code:
                self.refusals.append((early.n, code))
            else:
                self._tell(subject, early)
        elif self.received < self._until(early):
            self.waiting.append(early)
        else:
            self.refusals.append((early.n, f"{early.subject[0]}.unknown"))

    def _tell(self, subject: tuple[str, str], early: Early) -> None:
        record, event, line = self.known.get(subject), early.event, None
        if isinstance(record, cases.Case):
            line = cases.told(record, event)
        elif isinstance(record, whistles.Whistle):
            line = whistles.told(record, event)
        if line is not None:
            place = record.region  # type: ignore[union-attr]
            self.lines.append(Line(place, event.time, early.n, event.type, line))

    def _opened(self, event: Event) -> object:
        if event.type == "case.reported":
            return cases.opened(event)
        if event.type == "whistle.blown":
            return whistles.opened(event, self.rules)
        if event.type == "person.enrolled":
            return people.opened(event)
        return people.Alert(event.region, event.data.severity, event.data.kind, event.time)

    def _changed(self, subject: tuple[str, str], event: Event) -> str | None:
        record = self.known[subject]
        if isinstance(record, cases.Case):
            return cases.apply(record, event, self.rules)
        if isinstance(record, whistles.Whistle):
            return whistles.apply(record, event, self.rules)
        if isinstance(record, people.Alert):
            record.active = record.active and event.type != "alert.cleared"
            record.acknowledged = record.acknowledged or event.type == "alert.acknowledged"
        elif isinstance(record, people.Person):
            if event.type == "person.removed":
                del self.known[subject]
            elif event.type == "person.updated":
                people.update(record, event)
            elif event.data.result != "absent":
                record.visits.append(event.time)
                self.visits.append(people.Visit(record.region, record.category, event.time))
        return None


class Oracle:
    """All numbers at one instant. `heard` is everything the projector heard, in that order:
    entries of the log and dead letters."""

    def __init__(
        self,
        heard: Sequence[Entry | DeadLetter],
        now: int,
        regions: Regions,
        rules: Rules,
        geography: Geography,
    ) -> None:
        self.heard, self.regions, self.rules = heard, regions, rules
        history = History(rules)
        for item in heard:
            if isinstance(item, Entry):
                history.fold(item)
        history.advance(now)
        self.now, self.refusals = history.now, sorted(history.refusals)
        self.history = history
        self.patrols = Patrols(history.field_work, self.now, rules, geography)
        self._found: dict[str, dict[str, object]] = {}

    def _in(self, region: Region, records: Iterable[P]) -> list[P]:
        """Those whose region is this one or lies below it."""
        index = self.regions.index
        everything = self.regions.all
        return [r for r in records if region.index in everything[index[r.region]].chain]

    def _known(self, region: Region, kind: type[P]) -> list[P]:
        return self._in(region, [r for r in self.history.known.values() if isinstance(r, kind)])

    def cases(self, region: Region) -> list[cases.Case]:
        return self._known(region, cases.Case)

    def alerts(self, region: Region) -> list[people.Alert]:
        return self._known(region, people.Alert)

    def whistles(self, region: Region) -> list[whistles.Whistle]:
        return self._known(region, whistles.Whistle)

    @cached_property
    def _grids(self) -> list[Region]:
        return self.regions.at_level("grid")

    def grids(self, region: Region) -> list[str]:
        """Codes of the grids in the region."""
        return [g.code for g in self._grids if region.index in g.chain]

    def metrics(self, code: str) -> dict[str, object]:
        """Every scalar of the region, flat, unmasked."""
        if code not in self._found:
            self._found[code] = self._metrics(self.regions.get(code))
        return self._found[code]

    def _metrics(self, region: Region) -> dict[str, object]:
        now, rules = self.now, self.rules
        return {
            **cases.metrics(self.cases(region), now, rules),
            **whistles.metrics(self.whistles(region), now),
            **self.patrols.metrics(self.grids(region)),
            **people.metrics(
                self._known(region, people.Person),
                self._in(region, self.history.visits),
                now,
                rules,
            ),
            **people.alert_metrics(self.alerts(region)),
        }

    def ticker(self, region: Region) -> list[Line]:
        """The newest lines of the region, newest first."""
        lines = self._in(region, self.history.lines)
        return sorted(lines, key=lambda line: (line.time, line.n), reverse=True)[:12]

    def stream(self) -> dict[str, object]:
        """The numbers of the stream, the same for every region."""
        late_after = self.rules.stream.source_late_seconds * SECOND
        return {
            "rejected_today": stream.rejected_today(self.heard, self.now),
            "events_per_second": stream.events_per_second(self.heard, self.now),
            "sources": stream.sources(self.heard, self.now, late_after),
        }
