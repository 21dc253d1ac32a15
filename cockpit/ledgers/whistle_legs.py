"""The legs of a whistle: what each event changes about it, and by when its leg must end.

Part of the ledger of whistles, which alone calls it and counts what has changed. Definitions:
docs/metrics.md, Whistles.
"""

from cockpit.clock import to_micros
from cockpit.domain import calendar as days
from cockpit.domain.deadlines import DeadlineClock
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.whistle_records import (
    ARRIVE,
    DONE,
    FINISH,
    REFUSED,
    SIGN,
    Arrival,
    Whistle,
)

CHANGES = (
    "signed", "refused", "reassigned", "arrived", "resolved", "confirmed", "extended",
    "escalated", "rated", "withdrawn",
)  # fmt: skip


class Legs:
    """Blows whistles and changes them."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._clock = rules, DeadlineClock(rules.calendar)
        self._changes = {f"whistle.{name}": getattr(self, f"_{name}") for name in CHANGES}

    def blown(self, event: Event, region: int) -> Whistle:
        """A new one, whose first leg begins."""
        data = event.data
        whistle = Whistle(
            region, data.kind, data.department, data.category, event.time,
            case=data.case or "", blown=event.time, assigned=event.time,
        )  # fmt: skip
        self._begin(whistle, SIGN, event.time)
        return whistle

    def change(self, whistle: Whistle, event: Event) -> None:
        """Let an event of `CHANGES` happen. Raises CockpitError with the code of the refusal;
        then nothing has changed."""
        self._changes[event.type](whistle, event)

    def _begin(self, whistle: Whistle, leg: str, at_time: int) -> None:
        whistle.leg, whistle.leg_start = leg, at_time
        limit = self._rules.whistle_limit(whistle.kind, leg)
        whistle.deadline = self._clock.start(limit, at_time)

    def _signed(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg in {SIGN, REFUSED}:
            whistle.signed = event.time
            self._begin(whistle, ARRIVE, event.time)

    def _refused(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg == SIGN:
            whistle.leg, whistle.leg_start, whistle.deadline = REFUSED, event.time, None

    def _reassigned(self, whistle: Whistle, event: Event) -> None:
        whistle.arrival = None
        whistle.department, whistle.assigned = event.data.department, event.time
        whistle.signed = whistle.arrived = whistle.resolved = 0
        whistle.finished_on_time = None
        self._begin(whistle, SIGN, event.time)

    def _arrived(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg not in {SIGN, REFUSED, ARRIVE}:
            return
        deadline = whistle.deadline
        if whistle.leg != ARRIVE or deadline is None:
            # Signing was skipped: the arrival limit counts from where the signing leg began.
            limit = self._rules.whistle_limit(whistle.kind, ARRIVE)
            deadline = self._clock.start(limit, whistle.leg_start)
        whistle.arrival = Arrival(days.month_of(event.time), deadline.met_at(event.time))
        whistle.arrived = event.time
        self._begin(whistle, FINISH, event.time)

    def _resolved(self, whistle: Whistle, event: Event) -> None:
        self._finish(whistle, event)
        whistle.resolved = event.time
        whistle.leg, whistle.deadline = DONE, None

    def _confirmed(self, whistle: Whistle, event: Event) -> None:
        self._finish(whistle, event)
        whistle.ended, whistle.confirmed = "confirmed", event.time

    def _finish(self, whistle: Whistle, event: Event) -> None:
        if whistle.leg == FINISH and whistle.deadline is not None:
            whistle.finished_on_time = whistle.deadline.met_at(event.time)

    def _withdrawn(self, whistle: Whistle, _: Event) -> None:
        whistle.arrival = None
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
