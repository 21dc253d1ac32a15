"""The steps of a case: what each event changes about it, its stage, its clock and its end.

Part of the ledger of cases, which alone calls it and counts what has changed. Definitions:
docs/metrics.md, Cases.
"""

from cockpit.clock import to_micros
from cockpit.domain import calendar as days
from cockpit.domain.deadlines import DeadlineClock
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.case_rates import FollowUp
from cockpit.ledgers.case_records import ACCEPTED, DISPATCHED, FILED, HANDLED, HANDLING, Case

STEPS = (
    "accepted", "declined", "filed", "dispatched", "returned", "handling", "handled", "verified",
    "closed", "extended", "suspended", "resumed", "supervised", "followed_up", "cancelled",
)  # fmt: skip


class Steps:
    """Changes cases that were opened."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._clock = rules, DeadlineClock(rules.calendar)
        self._steps = {f"case.{name}": getattr(self, f"_{name}") for name in STEPS}

    def take(self, case: Case, event: Event) -> None:
        """Let an event of `STEPS` happen. Raises CockpitError with the code of the refusal; then
        nothing has changed."""
        self._steps[event.type](case, event)

    def _rise(self, case: Case, stage: int) -> None:
        case.stage = max(case.stage, stage)

    def _accepted(self, case: Case, event: Event) -> None:
        self._rise(case, ACCEPTED)
        case.accepted = event.time

    def _filed(self, case: Case, event: Event) -> None:
        self._rise(case, FILED)
        case.filed = event.time

    def _handling(self, case: Case, _: Event) -> None:
        self._rise(case, HANDLING)

    def _handled(self, case: Case, event: Event) -> None:
        self._rise(case, HANDLED)
        case.handled = event.time

    def _dispatched(self, case: Case, event: Event) -> None:
        self._rise(case, DISPATCHED)
        case.dispatched, case.level, case.unit = event.time, event.data.level, event.data.unit
        if case.deadline is not None:
            return
        due = event.data.due
        case.deadline = (
            self._clock.until(to_micros(due), event.time)
            if due is not None
            else self._clock.start(self._rules.case_limit(case.category, case.grade), event.time)
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
        case.supervised = event.data.level

    def _closed(self, case: Case, event: Event) -> None:
        case.on_time = case.deadline is None or case.deadline.met_at(event.time)
        case.ended, case.closed = "closed", event.time

    def _declined(self, case: Case, _: Event) -> None:
        case.ended, case.follow_ups = "declined", []

    def _cancelled(self, case: Case, _: Event) -> None:
        case.ended, case.follow_ups = "cancelled", []

    def _followed_up(self, case: Case, event: Event) -> None:
        data = event.data
        follow_up = FollowUp(
            days.month_of(event.time), data.responded, data.resolved, data.satisfaction
        )
        case.follow_ups = [*case.follow_ups, follow_up]
