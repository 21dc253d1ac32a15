"""Which whistles make up a department's numbers on a meeting's page: those that are open with it,
and those of the last days by which it is ranked (datasource/departments.py has the numbers)."""

from collections.abc import Iterable

from cockpit.clock import DAY
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.meeting import DAYS
from cockpit.ledgers.members import Members, members_of
from cockpit.ledgers.watch import OVERDUE
from cockpit.ledgers.whistle_records import Whistle

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


def _answered(whistles: Pairs, number: str, at: int) -> Members | None:
    start = day_start(day_of(at - 1)) - (DAYS - 1) * DAY
    period = (
        (key, one) for key, one in whistles if start <= one.blown < at and one.ended != "withdrawn"
    )
    return members_of(
        period,
        {
            "blown": lambda one: one.blown > 0,
            "confirmed": lambda one: one.ended == "confirmed",
            "arrival_n": _arrival_judged,
            "finish_n": _finish_judged,
            "arrival_minutes": lambda one: bool(one.arrived),
            "finish_minutes": lambda one: bool(one.resolved or one.confirmed),
        },
        {
            "arrival_rate": (_arrived_in_time, _arrival_judged),
            "finish_rate": (lambda one: bool(one.finished_on_time), _finish_judged),
        },
        number,
    )


def _arrival_judged(whistle: Whistle) -> bool:
    return whistle.arrival is not None


def _arrived_in_time(whistle: Whistle) -> bool:
    return whistle.arrival is not None and whistle.arrival.on_time


def _finish_judged(whistle: Whistle) -> bool:
    return whistle.finished_on_time is not None
