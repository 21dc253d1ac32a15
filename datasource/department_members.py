"""Which whistles make up a department's numbers on a meeting's page: those that are open with it,
and those of the last days by which it is ranked (datasource/departments.py has the numbers)."""

from collections.abc import Iterable

from cockpit.clock import DAY
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.meeting import DAYS
from cockpit.ledgers.members import Members, Test, members_of
from cockpit.ledgers.watch import OVERDUE
from cockpit.ledgers.whistle_records import ARRIVE, FINISH, Whistle

Pairs = Iterable[tuple[str, Whistle]]
_OPEN, _ANSWERED = "whistles.department.", "departments."


def department_members(whistles: Pairs, metric: str, at: int) -> Members | None:
    """The whistles of `whistles.department.<name>.open` and `.overdue`, and of
    `departments.<name>.<number>` over the days that a meeting looks back, of a median those whose
    minutes it is of. None: there is no such metric."""
    for prefix in (_OPEN, _ANSWERED):
        if metric.startswith(prefix):
            name, _, number = metric.removeprefix(prefix).rpartition(".")
            mine = ((key, one) for key, one in whistles if one.department == name)
            return _open(mine, number) if prefix == _OPEN else _answered(mine, number, at)
    return None


def _open(whistles: Pairs, number: str) -> Members | None:
    return members_of(
        whistles,
        {
            "open": lambda one: not one.ended,
            "overdue": lambda one: not one.ended and one.status == OVERDUE,
        },
        {},
        number,
    )


def blown_within(whistles: Pairs, start: int, end: int) -> Pairs:
    """Those of a period that count for their departments."""
    return (
        (key, one) for key, one in whistles if start <= one.blown < end and one.ended != "withdrawn"
    )


def _answered(whistles: Pairs, number: str, at: int) -> Members | None:
    start = day_start(day_of(at - 1)) - (DAYS - 1) * DAY
    return members_of(blown_within(whistles, start, at), COUNTS | _TIMED, RATES, number)


def _late(whistle: Whistle, leg: str) -> bool:
    """Open, and past the limit of that leg: who never comes must not look better than who comes
    late."""
    return not whistle.ended and whistle.leg == leg and whistle.status == OVERDUE


def _arrival_judged(whistle: Whistle) -> bool:
    return whistle.arrival is not None or _late(whistle, ARRIVE)


def _arrived_in_time(whistle: Whistle) -> bool:
    return whistle.arrival is not None and whistle.arrival.on_time


def _finish_judged(whistle: Whistle) -> bool:
    return whistle.finished_on_time is not None or _late(whistle, FINISH)


def _finished_in_time(whistle: Whistle) -> bool:
    return bool(whistle.finished_on_time)


COUNTS: dict[str, Test] = {
    "blown": lambda one: one.blown > 0,
    "confirmed": lambda one: one.ended == "confirmed",
    "arrival_n": _arrival_judged,
    "finish_n": _finish_judged,
}
RATES: dict[str, tuple[Test, Test]] = {
    "arrival_rate": (_arrived_in_time, _arrival_judged),
    "finish_rate": (_finished_in_time, _finish_judged),
}
_TIMED: dict[str, Test] = {
    "sign_minutes": lambda one: bool(one.signed),
    "arrive_minutes": lambda one: bool(one.arrived),
    "finish_minutes": lambda one: bool(one.resolved or one.confirmed),
}
