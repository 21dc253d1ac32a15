"""Cases: what was reported, at which stage it is, whether its time is kept.

Definitions: docs/metrics.md, Cases.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.clock import HOUR, to_micros
from cockpit.domain import calendar as days
from cockpit.domain.deadlines import Deadline, DeadlineClock
from cockpit.domain.events import CHANNELS, Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.base import Placed
from cockpit.ledgers.case_rates import CaseRates, FollowUp
from cockpit.ledgers.tally import Tally, add, at, forget_before, of

STAGES = ("reported", "accepted", "filed", "dispatched", "handling", "handled")
REPORTED, ACCEPTED, FILED, DISPATCHED, HANDLING, HANDLED = range(6)
IN_TIME, AT_RISK, OVERDUE = range(3)
KEPT_DAYS = 7  # the trend compares with the same weekday last week
AGES = (("h4", 4 * HOUR), ("h24", 24 * HOUR), ("d3", 72 * HOUR))


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


class State(Struct):
    """Everything a dump holds; open counts and the heap are rebuilt from the cases."""

    cases: dict[str, Case] = field(default_factory=dict)
    now: int = 0
    # day → region → minute of day → reports
    reported: dict[int, dict[int, dict[int, int]]] = field(default_factory=dict)
    # day → region → half-hour → closed
    closed: dict[int, dict[int, dict[int, int]]] = field(default_factory=dict)
    channels: dict[int, dict[str, Tally]] = field(default_factory=dict)
    mains: dict[int, dict[str, Tally]] = field(default_factory=dict)
    rates: Any = None
    recent: dict[int, list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)


class Cases(Placed):
    """The ledger of cases."""

    types = frozenset(
        f"case.{what}"
        for what in (
            "reported",
            "accepted",
            "declined",
            "filed",
            "dispatched",
            "returned",
            "handling",
            "handled",
            "verified",
            "closed",
            "extended",
            "suspended",
            "resumed",
            "supervised",
            "followed_up",
            "cancelled",
        )
    )
    opener = "case.reported"
    unknown = "case.unknown"

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self._clock = DeadlineClock(rules.calendar)
        self.rates = CaseRates(self.size)
        self._state = State()
        self._steps = {name: getattr(self, f"_{name.split('.')[1]}") for name in self.types}
        self._reset_counts()

    def _reset_counts(self) -> None:
        self.open_tally: Tally = [0] * self.size
        self.overdue: Tally = [0] * self.size
        self.at_risk: Tally = [0] * self.size
        self.suspended: Tally = [0] * self.size
        self.stages: list[Tally] = [[0] * self.size for _ in STAGES]
        self.due_days: dict[int, Tally] = {}
        self._open_in: dict[int, set[str]] = {}
        self._crossings: list[tuple[int, str]] = []

    def knows(self, key: str) -> bool:
        return key in self._state.cases

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        self._state.now = max(now, self._state.now)
        if event.type == self.opener:
            if event.key in self._state.cases:
                raise CockpitError("case.exists")
            case = self._reported(event, region)
        else:
            case = self._state.cases[event.key]
            if case.ended and (event.type != "case.followed_up" or case.ended != "closed"):
                raise CockpitError("case.ended")
            self._change(event.key, case, event)
        self.touched.update(self.chains[case.region])
        self._tell(case, event, n)

    # -- what each event does ------------------------------------------------------------

    def _reported(self, event: Event, region: int) -> Case:
        data = event.data
        case = Case(region, data.category, data.grade, data.channel, event.time)
        self._state.cases[event.key] = case
        chain, day = self.chains[region], days.day_of(event.time)
        if day >= days.day_of(self._state.now) - KEPT_DAYS:
            minute = days.minute_of_day(event.time)
            _count(self._state.reported.setdefault(day, {}), chain, minute)
            channels = self._state.channels.setdefault(day, {})
            add(channels.setdefault(data.channel, [0] * self.size), chain, 1)
            mains = self._state.mains.setdefault(day, {})
            add(mains.setdefault(data.category[:2], [0] * self.size), chain, 1)
        self._enter(event.key, case)
        return case

    def _change(self, key: str, case: Case, event: Event) -> None:
        """Take the case out of the counts, change it, and count it again."""
        self._leave(key, case)
        try:
            self._steps[event.type](case, event)
        finally:
            self._enter(key, case)

    def _rise(self, case: Case, stage: int) -> None:
        case.stage = max(case.stage, stage)

    def _accepted(self, case: Case, _: Event) -> None:
        self._rise(case, ACCEPTED)

    def _filed(self, case: Case, _: Event) -> None:
        self._rise(case, FILED)

    def _handling(self, case: Case, _: Event) -> None:
        self._rise(case, HANDLING)

    def _handled(self, case: Case, _: Event) -> None:
        self._rise(case, HANDLED)

    def _dispatched(self, case: Case, event: Event) -> None:
        self._rise(case, DISPATCHED)
        if case.deadline is not None:
            return
        due = event.data.due
        case.deadline = (
            self._clock.until(to_micros(due), event.time)
            if due is not None
            else self._clock.start(self.rules.case_limit(case.category, case.grade), event.time)
        )
        if case.suspended:
            self._clock.stop(case.deadline, event.time)

    def _returned(self, case: Case, _: Event) -> None:
        if case.stage < DISPATCHED:
            raise CockpitError("case.not_dispatched")
        case.stage, case.deadline = FILED, None

    def _verified(self, case: Case, event: Event) -> None:
        if event.data.passed:
            case.stage = HANDLED
        else:
            case.stage = HANDLING
            case.checks_failed += 1

    def _extended(self, case: Case, event: Event) -> None:
        if case.deadline is None:
            raise CockpitError("case.no_deadline")
        self._clock.extend(case.deadline, to_micros(event.data.due), event.time)

    def _suspended(self, case: Case, event: Event) -> None:
        if case.suspended:
            raise CockpitError("case.suspended")
        case.suspended = True
        if case.deadline is not None:
            self._clock.stop(case.deadline, event.time)

    def _resumed(self, case: Case, event: Event) -> None:
        if not case.suspended:
            raise CockpitError("case.not_suspended")
        case.suspended = False
        if case.deadline is not None:
            self._clock.resume(case.deadline, event.time)

    def _supervised(self, case: Case, event: Event) -> None:
        """Raises no number; the ticker tells it."""

    def _closed(self, case: Case, event: Event) -> None:
        chain, day = self.chains[case.region], days.day_of(event.time)
        if day >= days.day_of(self._state.now):
            half_hour = days.minute_of_day(event.time) // 30
            _count(self._state.closed.setdefault(day, {}), chain, half_hour)
        on_time = case.deadline is None or case.deadline.met_at(event.time)
        self.rates.close(chain, days.month_of(event.time), on_time, case.checks_failed > 0)
        case.ended = "closed"

    def _declined(self, case: Case, _: Event) -> None:
        self._drop(case, "declined")

    def _cancelled(self, case: Case, _: Event) -> None:
        self._drop(case, "cancelled")

    def _drop(self, case: Case, how: str) -> None:
        for follow_up in case.follow_ups:
            self.rates.follow(self.chains[case.region], follow_up, -1)
        case.follow_ups = []
        case.ended = how

    def _followed_up(self, case: Case, event: Event) -> None:
        data = event.data
        follow_up = FollowUp(
            days.month_of(event.time), data.responded, data.resolved, data.satisfaction
        )
        case.follow_ups = [*case.follow_ups, follow_up]
        self.rates.follow(self.chains[case.region], follow_up, 1)

    # -- counting ------------------------------------------------------------------------

    def _status(self, case: Case) -> int:
        deadline = case.deadline
        if deadline is None or deadline.left is not None or case.suspended:
            return IN_TIME
        if self._state.now > deadline.due:
            return OVERDUE
        return AT_RISK if self._state.now >= deadline.risk else IN_TIME

    def _enter(self, key: str, case: Case) -> None:
        if case.ended:
            return
        case.status = self._status(case)
        self._count_open(case, 1)
        self._open_in.setdefault(case.region, set()).add(key)
        deadline = case.deadline
        if deadline is None or not deadline.running:
            return
        if case.status == IN_TIME and deadline.risk <= deadline.due:
            heappush(self._crossings, (deadline.risk, key))
        elif case.status != OVERDUE:
            heappush(self._crossings, (deadline.due + 1, key))

    def _leave(self, key: str, case: Case) -> None:
        if not case.ended:
            self._count_open(case, -1)
            self._open_in[case.region].discard(key)

    def _count_open(self, case: Case, amount: int) -> None:
        chain = self.chains[case.region]
        add(self.open_tally, chain, amount)
        add(self.stages[case.stage], chain, amount)
        if case.suspended:
            add(self.suspended, chain, amount)
        if case.status == AT_RISK:
            add(self.at_risk, chain, amount)
        elif case.status == OVERDUE and case.deadline is not None:
            add(self.overdue, chain, amount)
            due_day = days.day_of(case.deadline.due)
            if due_day >= days.day_of(self._state.now):
                add(of(self.due_days, due_day, self.size), chain, amount)

    def advance(self, now: int) -> None:
        state = self._state
        if days.day_of(now) != days.day_of(state.now):
            self._new_day(now)
        state.now = max(now, state.now)
        while self._crossings and self._crossings[0][0] <= now:
            _, key = heappop(self._crossings)
            case = state.cases[key]
            if not case.ended and self._status(case) != case.status:
                self._leave(key, case)
                self._enter(key, case)
                self.touched.update(self.chains[case.region])

    def _new_day(self, now: int) -> None:
        today = days.day_of(now)
        forget_before(self._state.reported, today - KEPT_DAYS)
        forget_before(self._state.closed, today)
        forget_before(self._state.channels, today)
        forget_before(self._state.mains, today)
        forget_before(self.due_days, today)
        self.rates.forget_before(days.month_of_day(today))
        self.touched.update(range(self.size))

    def _tell(self, case: Case, event: Event, n: int) -> None:
        if event.type not in {"case.reported", "case.closed", "case.verified", "case.supervised"}:
            return
        if event.type == "case.verified" and not event.data.passed:
            return
        line: dict[str, Any] = {
            "type": event.type,
            "category": case.category,
            "channel": case.channel,
        }
        if event.type == "case.closed":
            line["minutes"] = max(0, event.time - case.reported) // 60_000_000
        if event.type == "case.supervised":
            line["level"] = event.data.level
        self.remember(event.time, n, case.region, line)

    # -- answers -------------------------------------------------------------------------

    def reported_on(self, region: int, day: int, before_minute: int = 1440) -> int:
        """Cases reported on a day in minutes before the one named."""
        minutes = self._state.reported.get(day, {}).get(region, {})
        return sum(count for minute, count in minutes.items() if minute < before_minute)

    def metrics(self, region: int) -> dict[str, Any]:
        state = self._state
        today = days.day_of(state.now)
        result: dict[str, Any] = {
            "cases.reported_today": self.reported_on(region, today),
            "cases.reported_yesterday": self.reported_on(
                region, today - 1, days.minute_of_day(state.now)
            ),
            "cases.open": self.open_tally[region],
            "cases.closed_today": sum(state.closed.get(today, {}).get(region, {}).values()),
            "cases.overdue": self.overdue[region],
            "cases.overdue_new_today": at(self.due_days, today, region),
            "cases.at_risk": self.at_risk[region],
            "cases.suspended": self.suspended[region],
        }
        for stage, tally in zip(STAGES, self.stages, strict=True):
            result[f"cases.stage.{stage}"] = tally[region]
        month = days.month_of_day(today)
        for name, value in self.rates.of(month, region, self.overdue[region]).items():
            result[f"cases.{name}"] = value
        for channel in CHANNELS:
            result[f"cases.channel.{channel}"] = _at(state.channels, today, channel, region)
        for main in self.rules.mains:
            result[f"cases.category.{main}"] = _at(state.mains, today, main, region)
        return result

    def trend(self, region: int) -> dict[str, list[int]]:
        """48 half-hours of today: reported, closed; and reported a week ago."""
        today = days.day_of(self._state.now)
        closed = self._state.closed.get(today, {}).get(region, {})
        return {
            "reported": self._half_hours(region, today),
            "closed": [closed.get(slot, 0) for slot in range(48)],
            "last_week": self._half_hours(region, today - 7),
        }

    def _half_hours(self, region: int, day: int) -> list[int]:
        slots = [0] * 48
        for minute, count in self._state.reported.get(day, {}).get(region, {}).items():
            slots[minute // 30] += count
        return slots

    def ages(self, regions: Iterable[int]) -> dict[str, dict[str, int]]:
        """Open cases that lie directly in these regions, by stage and time since the report."""
        table = {stage: dict.fromkeys(("h4", "h24", "d3", "more"), 0) for stage in STAGES}
        for region in regions:
            for key in self._open_in.get(region, ()):
                case = self._state.cases[key]
                age = self._state.now - case.reported
                name = next((name for name, limit in AGES if age < limit), "more")
                table[STAGES[case.stage]][name] += 1
        return table

    # -- dump and load -------------------------------------------------------------------

    def dump(self) -> Any:
        self._state.rates = self.rates.dump()
        self._state.recent = dict(self.recent)
        return msgspec.to_builtins(self._state, builtin_types=(bytes,))

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State, strict=False)
        self.rates.load(self._state.rates)
        self.recent.clear()
        self.recent.update(self._state.recent)
        self._reset_counts()
        for key, case in self._state.cases.items():
            self._enter(key, case)
        heapify(self._crossings)
        self.touched.update(range(self.size))


def _count(table: dict[int, dict[int, int]], chain: tuple[int, ...], slot: int) -> None:
    for region in chain:
        slots = table.setdefault(region, {})
        slots[slot] = slots.get(slot, 0) + 1


def _at(table: dict[int, dict[str, Tally]], day: int, key: str, region: int) -> int:
    tally = table.get(day, {}).get(key)
    return tally[region] if tally is not None else 0
