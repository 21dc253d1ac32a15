"""Whistles: which are open, which leg runs, whose they are and how late.

Definitions: docs/metrics.md, Whistles.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from cockpit.clock import to_micros, to_text
from cockpit.domain import calendar as days
from cockpit.domain.deadlines import DeadlineClock
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.base import RECENT, Placed
from cockpit.ledgers.journal import Moment
from cockpit.ledgers.members import Members
from cockpit.ledgers.tally import Tally, add, at, forget_before, of, rate
from cockpit.ledgers.watch import AT_RISK, OVERDUE, STATES, Watch, status_of
from cockpit.ledgers.whistle_members import whistle_members
from cockpit.ledgers.whistle_records import (
    ARRIVE,
    DONE,
    FINISH,
    REFUSED,
    SIGN,
    Arrival,
    State,
    Whistle,
)

TOLD = frozenset({"whistle.blown", "whistle.arrived", "whistle.confirmed", "whistle.escalated"})


class Whistles(Placed):
    """The ledger of whistles."""

    types = frozenset(
        f"whistle.{what}"
        for what in (
            "blown",
            "signed",
            "refused",
            "reassigned",
            "arrived",
            "resolved",
            "confirmed",
            "extended",
            "escalated",
            "rated",
            "withdrawn",
        )
    )
    opener = "whistle.blown"
    unknown = "whistle.unknown"

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self._clock = DeadlineClock(rules.calendar)
        self._state = State()
        self._steps = {name: getattr(self, f"_{name.split('.')[1]}") for name in self.types}
        self._reset_counts()

    def _reset_counts(self) -> None:
        self.open_tally: Tally = [0] * self.size
        self.overdue: Tally = [0] * self.size
        self.at_risk: Tally = [0] * self.size
        self._late_to_arrive: Tally = [0] * self.size
        self._open_at: dict[int, set[str]] = {}
        self._watch = Watch()

    def knows(self, key: str) -> bool:
        return key in self._state.whistles

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        self._state.now = max(now, self._state.now)
        if event.type == self.opener:
            if event.key in self._state.whistles:
                raise CockpitError("whistle.exists")
            whistle = self._blown(event, region)
        else:
            whistle = self._state.whistles[event.key]
            if whistle.ended and event.type != "whistle.rated":
                raise CockpitError("whistle.ended")
            self._change(whistle, event)
        whistle.version = max(whistle.version, n)
        self.touched.update(self.chains[whistle.region])
        if self.journal is not None:
            self.journal.whistles.add(event.key)
        if event.type in TOLD:
            self._tell(whistle, event, n)

    def _change(self, whistle: Whistle, event: Event) -> None:
        """Take the whistle out of the counts, change it, and count it again."""
        before = whistle.status
        self._leave(event.key, whistle)
        try:
            self._steps[event.type](whistle, event)
        finally:
            self._enter(event.key, whistle)
        if not whistle.ended and before != OVERDUE:
            self._note(event.key, whistle, self._state.now)

    # -- what each event does ------------------------------------------------------------

    def _blown(self, event: Event, region: int) -> Whistle:
        data = event.data
        whistle = Whistle(
            region, data.kind, data.department, data.category, event.time,
            case=data.case or "", blown=event.time,
        )  # fmt: skip
        self._begin(whistle, SIGN, event.time)
        self._state.whistles[event.key] = whistle
        day = days.day_of(event.time)
        if day >= days.day_of(self._state.now):
            add(of(self._state.blown, day, self.size), self.chains[region], 1)
        self._enter(event.key, whistle)
        return whistle

    def _begin(self, whistle: Whistle, leg: str, at_time: int) -> None:
        whistle.leg, whistle.leg_start = leg, at_time
        limit = self.rules.whistle_limit(whistle.kind, leg)
        whistle.deadline = self._clock.start(limit, at_time)

    def _signed(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg in {SIGN, REFUSED}:
            whistle.signed = event.time
            self._begin(whistle, ARRIVE, event.time)

    def _refused(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg == SIGN:
            whistle.leg, whistle.leg_start, whistle.deadline = REFUSED, event.time, None

    def _reassigned(self, whistle: Whistle, event: Event) -> None:
        self._take_arrival_out(whistle)
        whistle.department = event.data.department
        whistle.signed = whistle.arrived = whistle.resolved = 0
        whistle.finished_on_time = None
        self._begin(whistle, SIGN, event.time)

    def _arrived(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg not in {SIGN, REFUSED, ARRIVE}:
            return
        deadline = whistle.deadline
        if whistle.leg != ARRIVE or deadline is None:
            # Signing was skipped: the arrival limit counts from where the signing leg began.
            limit = self.rules.whistle_limit(whistle.kind, ARRIVE)
            deadline = self._clock.start(limit, whistle.leg_start)
        whistle.arrival = Arrival(days.month_of(event.time), deadline.met_at(event.time))
        self._count_arrival(whistle, 1)
        whistle.arrived = event.time
        self._begin(whistle, FINISH, event.time)

    def _resolved(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg == FINISH and whistle.deadline is not None:
            whistle.finished_on_time = whistle.deadline.met_at(event.time)
        whistle.resolved = event.time
        whistle.leg, whistle.deadline = DONE, None

    def _confirmed(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg == FINISH and whistle.deadline is not None:
            whistle.finished_on_time = whistle.deadline.met_at(event.time)
        whistle.ended, whistle.confirmed = "confirmed", event.time
        day = days.day_of(event.time)
        if day >= days.day_of(self._state.now):
            add(of(self._state.confirmed, day, self.size), self.chains[whistle.region], 1)

    def _withdrawn(self, whistle: Whistle, _: Event) -> None:
        self._take_arrival_out(whistle)
        whistle.ended = "withdrawn"

    def _extended(self, whistle: Whistle, event: Event) -> None:
        if whistle.deadline is None:
            raise CockpitError("whistle.no_deadline")
        self._clock.extend(whistle.deadline, to_micros(event.data.due), event.time)

    def _escalated(self, whistle: Whistle, event: Event) -> None:
        """Raises no number; the ticker tells it."""
        whistle.escalated = event.data.level

    def _rated(self, whistle: Whistle, event: Event) -> None:
        """Counts in no number of this contract."""
        if event.data.by == "street":
            whistle.street_score = event.data.score
        else:
            whistle.department_score = event.data.score

    # -- counting ------------------------------------------------------------------------

    def _take_arrival_out(self, whistle: Whistle) -> None:
        if whistle.arrival is not None:
            self._count_arrival(whistle, -1)
            whistle.arrival = None

    def _count_arrival(self, whistle: Whistle, amount: int) -> None:
        arrival, chain = whistle.arrival, self.chains[whistle.region]
        if arrival is None:
            return
        add(of(self._state.arrivals, arrival.month, self.size), chain, amount)
        if arrival.on_time:
            add(of(self._state.arrivals_on_time, arrival.month, self.size), chain, amount)

    def _enter(self, key: str, whistle: Whistle) -> None:
        if whistle.ended:
            return
        whistle.status = status_of(whistle.deadline, self._state.now)
        self._count_open(whistle, 1)
        for index in self.chains[whistle.region]:
            self._open_at.setdefault(index, set()).add(key)
        self._watch.plan(key, whistle.deadline, whistle.status)

    def _note(self, key: str, whistle: Whistle, at: int) -> None:
        """Keep a record of a whistle that has become overdue."""
        if self.journal is not None and whistle.status == OVERDUE:
            self.journal.moments.append(Moment(at, "whistle_overdue", key, whistle.region))

    def _leave(self, key: str, whistle: Whistle) -> None:
        if not whistle.ended:
            self._count_open(whistle, -1)
            for index in self.chains[whistle.region]:
                self._open_at[index].discard(key)

    def _count_open(self, whistle: Whistle, amount: int) -> None:
        chain = self.chains[whistle.region]
        add(self.open_tally, chain, amount)
        if whistle.status == AT_RISK:
            add(self.at_risk, chain, amount)
        elif whistle.status == OVERDUE:
            add(self.overdue, chain, amount)
            if whistle.leg == ARRIVE:
                add(self._late_to_arrive, chain, amount)

    def advance(self, now: int) -> None:
        state = self._state
        if days.day_of(now) != days.day_of(state.now):
            today = days.day_of(now)
            forget_before(state.blown, today)
            forget_before(state.confirmed, today)
            forget_before(state.arrivals, days.month_of_day(today))
            forget_before(state.arrivals_on_time, days.month_of_day(today))
            self.touched.update(range(self.size))
        state.now = max(now, state.now)
        for key in self._watch.crossed(now):
            whistle = state.whistles[key]
            if not whistle.ended and status_of(whistle.deadline, now) != whistle.status:
                self._leave(key, whistle)
                self._enter(key, whistle)
                self.touched.update(self.chains[whistle.region])
                if whistle.deadline is not None:
                    self._note(key, whistle, whistle.deadline.due + 1)

    def _tell(self, whistle: Whistle, event: Event, n: int) -> None:
        line: dict[str, Any] = {
            "type": event.type,
            "category": whistle.category,
            "department": whistle.department,
            "kind": whistle.kind,
        }
        if event.type == "whistle.escalated":
            line["level"] = event.data.level
        self.remember(event.time, n, whistle.region, line)

    # -- answers -------------------------------------------------------------------------

    def record(self, key: str) -> Whistle:
        """A whistle that was blown, as it stands. Nobody but the ledger may change it."""
        return self._state.whistles[key]

    def metrics(self, region: int) -> dict[str, Any]:
        state = self._state
        today = days.day_of(state.now)
        month = days.month_of_day(today)
        judged = at(state.arrivals, month, region) + self._late_to_arrive[region]
        return {
            "whistles.open": self.open_tally[region],
            "whistles.overdue": self.overdue[region],
            "whistles.at_risk": self.at_risk[region],
            "whistles.blown_today": at(state.blown, today, region),
            "whistles.confirmed_today": at(state.confirmed, today, region),
            "whistles.arrivals_judged": judged,
            "whistles.on_time_arrival_rate": rate(
                at(state.arrivals_on_time, month, region), judged
            ),
        }

    def within(self, region: int) -> Iterator[tuple[str, Whistle]]:
        """Every whistle that was blown in a region, ended or not, by its key."""
        for pair in self._state.whistles.items():
            if region in self.chains[pair[1].region]:
                yield pair

    def members(self, region: int, metric: str) -> Members | None:
        return whistle_members(self.within(region), metric, self._state.now)

    def departments(self, region: int) -> dict[str, dict[str, int]]:
        """Open and overdue by the department in charge; most overdue first, then most open."""
        table: dict[str, dict[str, int]] = {}
        for key in self._open_at.get(region, ()):
            whistle = self._state.whistles[key]
            row = table.setdefault(whistle.department, {"open": 0, "overdue": 0})
            row["open"] += 1
            row["overdue"] += whistle.status == OVERDUE
        order = sorted(table.items(), key=lambda i: (-i[1]["overdue"], -i[1]["open"], i[0]))
        return dict(order)

    def most_urgent(self, region: int) -> list[dict[str, Any]]:
        """The open whistles with a running limit, earliest due first, at most 12."""
        running = []
        for key in self._open_at.get(region, ()):
            whistle = self._state.whistles[key]
            if whistle.deadline is not None:
                running.append((whistle.deadline.due, key, whistle))
        running.sort(key=lambda item: item[:2])
        return [self._row(due, whistle) for due, _, whistle in running[:RECENT]]

    def alarms(self, region: int) -> list[dict[str, Any]]:
        """The emergency whistles that are overdue, latest due first, at most 12: the list of the
        most urgent may be full of others that are overdue for longer."""
        late = []
        for key in self._open_at.get(region, ()):
            whistle = self._state.whistles[key]
            if whistle.kind == "emergency" and whistle.status == OVERDUE and whistle.deadline:
                late.append((-whistle.deadline.due, key, whistle))
        late.sort(key=lambda item: item[:2])
        return [self._row(-due, whistle) for due, _, whistle in late[:RECENT]]

    def _row(self, due: int, whistle: Whistle) -> dict[str, Any]:
        place = self.regions.street_like(whistle.region) or self.regions.district
        return {
            "kind": whistle.kind,
            "street": place.name,
            "region": place.code,
            "department": whistle.department,
            "category": whistle.category,
            "leg": whistle.leg,
            "due": to_text(due),
            "state": STATES[whistle.status],
        }

    # -- dump and load -------------------------------------------------------------------

    def dump(self) -> Any:
        self._state.recent = dict(self.recent)
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State, strict=False)
        self.recent.clear()
        self.recent.update(self._state.recent)
        self._reset_counts()
        for key, whistle in self._state.whistles.items():
            self._enter(key, whistle)
        self.touched.update(range(self.size))
