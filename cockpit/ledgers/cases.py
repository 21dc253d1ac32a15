"""Cases: what was reported, at which stage it is, whether its time is kept.

Definitions: docs/metrics.md, Cases.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from cockpit.domain import calendar as days
from cockpit.domain.event_types import CHANNELS
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.base import Placed
from cockpit.ledgers.case_counts import OpenCounts
from cockpit.ledgers.case_days import CaseDays
from cockpit.ledgers.case_members import case_members
from cockpit.ledgers.case_rates import CaseRates, FollowUp
from cockpit.ledgers.case_records import STAGES, Case, State
from cockpit.ledgers.case_steps import STEPS, Steps
from cockpit.ledgers.journal import Moment
from cockpit.ledgers.members import Members
from cockpit.ledgers.watch import OVERDUE, Watch, status_of

TOLD = frozenset({"case.reported", "case.closed", "case.verified", "case.supervised"})


class Cases(Placed):
    """The ledger of cases."""

    types = frozenset(f"case.{what}" for what in ("reported", *STEPS))
    opener = "case.reported"
    unknown = "case.unknown"

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self._steps = Steps(rules)
        self._days = CaseDays(self.size)
        self._rates = CaseRates(self.size)
        self._state = State()
        self._open, self._watch = OpenCounts(self.size), Watch()

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
        case.version = max(case.version, n)
        self.touched.update(self.chains[case.region])
        if self.journal is not None:
            self.journal.cases.add(event.key)
        self._tell(case, event, n)

    def _reported(self, event: Event, region: int) -> Case:
        data = event.data
        case = Case(region, data.category, data.grade, data.channel, event.time)
        self._state.cases[event.key] = case
        chain, today = self.chains[region], days.day_of(self._state.now)
        self._days.report(chain, event.time, data.channel, data.category, today)
        self._enter(event.key, case)
        return case

    def _change(self, key: str, case: Case, event: Event) -> None:
        """Take the case out of the counts, change it, and count it again."""
        before, follow_ups = case.status, case.follow_ups
        self._leave(key, case)
        try:
            self._steps.take(case, event)
        finally:
            self._enter(key, case)
        if case.follow_ups is not follow_ups:
            self._count_follow_ups(case, follow_ups)
        if event.type == "case.closed":
            self._count_closing(case)
        if not case.ended and before != OVERDUE:
            self._note(key, case, self._state.now)

    # -- counting ------------------------------------------------------------------------

    def _count_closing(self, case: Case) -> None:
        chain = self.chains[case.region]
        self._days.close(chain, case.closed, days.day_of(self._state.now))
        month = days.month_of(case.closed)
        self._rates.close(chain, month, bool(case.on_time), case.checks_failed > 0)

    def _count_follow_ups(self, case: Case, before: list[FollowUp]) -> None:
        """A case got one more, or has lost them all."""
        chain = self.chains[case.region]
        for follow_up in case.follow_ups[len(before) :]:
            self._rates.follow(chain, follow_up, 1)
        for follow_up in before[len(case.follow_ups) :]:
            self._rates.follow(chain, follow_up, -1)

    def _enter(self, key: str, case: Case) -> None:
        if case.ended:
            return
        case.status = status_of(case.deadline, self._state.now)
        self._open.put(key, case, self.chains[case.region], days.day_of(self._state.now))
        self._watch.plan(key, case.deadline, case.status)

    def _note(self, key: str, case: Case, at: int) -> None:
        """Keep a record of a case that has become overdue."""
        if self.journal is not None and case.status == OVERDUE:
            self.journal.moments.append(Moment(at, "case_overdue", key, case.region))

    def _leave(self, key: str, case: Case) -> None:
        if not case.ended:
            self._open.take(key, case, self.chains[case.region], days.day_of(self._state.now))

    def advance(self, now: int) -> None:
        state = self._state
        if days.day_of(now) != days.day_of(state.now):
            self._new_day(now)
        state.now = max(now, state.now)
        for key in self._watch.crossed(now):
            case = state.cases[key]
            if not case.ended and status_of(case.deadline, now) != case.status:
                self._leave(key, case)
                self._enter(key, case)
                self.touched.update(self.chains[case.region])
                if case.deadline is not None:
                    self._note(key, case, case.deadline.due + 1)

    def _new_day(self, now: int) -> None:
        today = days.day_of(now)
        self._days.forget(today)
        self._open.new_day(today)
        self._rates.forget_before(days.month_of_day(today))
        self.touched.update(range(self.size))

    def _tell(self, case: Case, event: Event, n: int) -> None:
        if event.type not in TOLD or (event.type == "case.verified" and not event.data.passed):
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

    def record(self, key: str) -> Case:
        """A case that was opened, as it stands. Nobody but the ledger may change it."""
        return self._state.cases[key]

    def metrics(self, region: int) -> dict[str, Any]:
        state = self._state
        today = days.day_of(state.now)
        result: dict[str, Any] = {
            "cases.reported_today": self._days.reported(region, today),
            "cases.reported_yesterday": self._days.reported(
                region, today - 1, days.minute_of_day(state.now)
            ),
            "cases.open": self._open.open[region],
            "cases.closed_today": self._days.closed(region, today),
            "cases.overdue": self._open.overdue[region],
            "cases.overdue_new_today": self._open.overdue_since(today, region),
            "cases.at_risk": self._open.at_risk[region],
            "cases.suspended": self._open.suspended[region],
        }
        for stage, tally in zip(STAGES, self._open.stages, strict=True):
            result[f"cases.stage.{stage}"] = tally[region]
        month = days.month_of_day(today)
        for name, value in self._rates.of(month, region, self._open.overdue[region]).items():
            result[f"cases.{name}"] = value
        for channel in CHANNELS:
            result[f"cases.channel.{channel}"] = self._days.by_channel(region, today, channel)
        for main in self.rules.mains:
            result[f"cases.category.{main}"] = self._days.by_main(region, today, main)
        return result

    def members(self, region: int, metric: str) -> Members | None:
        cases = (
            pair for pair in self._state.cases.items() if region in self.chains[pair[1].region]
        )
        return case_members(cases, metric, self._state.now, self.rules.mains)

    def trend(self, region: int) -> dict[str, list[int]]:
        """48 half-hours of today: reported, closed; and reported a week ago."""
        return self._days.trend(region, days.day_of(self._state.now))

    def ages(self, regions: Iterable[int]) -> dict[str, dict[str, int]]:
        """Open cases that lie directly in these regions, by stage and time since the report."""
        return self._open.ages(regions, self._state.now)

    # -- dump and load -------------------------------------------------------------------

    def dump(self) -> Any:
        self._state.days, self._state.rates = self._days.dump(), self._rates.dump()
        self._state.recent = dict(self.recent)
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State, strict=False)
        self._days.load(self._state.days)
        self._rates.load(self._state.rates)
        self.recent.clear()
        self.recent.update(self._state.recent)
        self._open, self._watch = OpenCounts(self.size), Watch()
        for key, case in self._state.cases.items():
            self._enter(key, case)
        self.touched.update(range(self.size))
