"""Whistles: which are open, which leg runs, whose they are and how late.

Definitions: docs/metrics.md, Whistles.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from cockpit.domain import calendar as days
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers import whistle_lists
from cockpit.ledgers.base import Placed
from cockpit.ledgers.journal import Moment
from cockpit.ledgers.members import Members
from cockpit.ledgers.tally import DayTallies, Tally, add, at, forget_before, of, rate
from cockpit.ledgers.watch import AT_RISK, OVERDUE, Watch, status_of
from cockpit.ledgers.whistle_legs import CHANGES, Legs
from cockpit.ledgers.whistle_members import whistle_members
from cockpit.ledgers.whistle_records import ARRIVE, Arrival, State, Whistle

TOLD = frozenset({"whistle.blown", "whistle.arrived", "whistle.confirmed", "whistle.escalated"})


class Whistles(Placed):
    """The ledger of whistles."""

    types = frozenset(f"whistle.{what}" for what in ("blown", *CHANGES))
    opener = "whistle.blown"
    unknown = "whistle.unknown"

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self._legs = Legs(rules)
        self._state = State()
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
        before, arrival = whistle.status, whistle.arrival
        self._leave(event.key, whistle)
        try:
            self._legs.change(whistle, event)
        finally:
            self._enter(event.key, whistle)
        if whistle.arrival is not arrival:
            self._count_arrival(whistle, arrival, -1)
            self._count_arrival(whistle, whistle.arrival, 1)
        if event.type == "whistle.confirmed":
            self._count_day(self._state.confirmed, event.time, whistle.region)
        if not whistle.ended and before != OVERDUE:
            self._note(event.key, whistle, self._state.now)

    def _blown(self, event: Event, region: int) -> Whistle:
        whistle = self._state.whistles[event.key] = self._legs.blown(event, region)
        self._count_day(self._state.blown, event.time, region)
        self._enter(event.key, whistle)
        return whistle

    # -- counting ------------------------------------------------------------------------

    def _count_day(self, tallies: DayTallies, time: int, region: int) -> None:
        """Count what happened today, or is said to happen later."""
        day = days.day_of(time)
        if day >= days.day_of(self._state.now):
            add(of(tallies, day, self.size), self.chains[region], 1)

    def _count_arrival(self, whistle: Whistle, arrival: Arrival | None, amount: int) -> None:
        if arrival is None:
            return
        chain = self.chains[whistle.region]
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
        return whistle_lists.by_department(self._open_in(region))

    def most_urgent(self, region: int) -> list[dict[str, Any]]:
        """The open whistles with a running limit, earliest due first, at most 12."""
        return whistle_lists.most_urgent(self._open_in(region), self.regions)

    def alarms(self, region: int) -> list[dict[str, Any]]:
        """The emergency whistles that are overdue, latest due first, at most 12: the list of the
        most urgent may be full of others that are overdue for longer."""
        return whistle_lists.late_emergencies(self._open_in(region), self.regions)

    def _open_in(self, region: int) -> Iterator[tuple[str, Whistle]]:
        return ((key, self._state.whistles[key]) for key in self._open_at.get(region, ()))

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
            whistle.assigned = whistle.assigned or whistle.blown  # a dump of an earlier build
            self._enter(key, whistle)
        self.touched.update(range(self.size))
