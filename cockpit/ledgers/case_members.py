"""Which cases make up each number of the ledger of cases: the same conditions that its counting
parts (case_counts, case_days, case_rates) count by, over all records."""

from collections.abc import Iterable

from cockpit.domain import calendar as days
from cockpit.domain.event_types import CHANNELS
from cockpit.ledgers.case_rates import FollowUp
from cockpit.ledgers.case_records import STAGES, Case
from cockpit.ledgers.members import Members, Test, members_of
from cockpit.ledgers.watch import AT_RISK, OVERDUE


def case_members(
    cases: Iterable[tuple[str, Case]], metric: str, now: int, mains: Iterable[str]
) -> Members | None:
    """The cases of a region that a metric counts at an instant; None: it counts none."""
    counts = {**_open(now), **_of_days(now, mains), **_of_month(now)}
    return members_of(cases, counts, _rates(now), metric)


def _is_overdue(case: Case) -> bool:
    return not case.ended and case.status == OVERDUE


def _open(now: int) -> dict[str, Test]:
    today = days.day_of(now)

    def due_today(case: Case) -> bool:
        deadline = case.deadline
        return _is_overdue(case) and deadline is not None and days.day_of(deadline.due) == today

    def at_stage(stage: int) -> Test:
        return lambda case: not case.ended and case.stage == stage

    return {
        "cases.open": lambda case: not case.ended,
        "cases.overdue": _is_overdue,
        "cases.overdue_new_today": due_today,
        "cases.at_risk": lambda case: not case.ended and case.status == AT_RISK,
        "cases.suspended": lambda case: not case.ended and case.suspended,
        **{f"cases.stage.{name}": at_stage(stage) for stage, name in enumerate(STAGES)},
    }


def _of_days(now: int, mains: Iterable[str]) -> dict[str, Test]:
    today, minute = days.day_of(now), days.minute_of_day(now)

    def today_by(attribute: str, value: str) -> Test:
        def test(case: Case) -> bool:
            told = str(getattr(case, attribute))
            return days.day_of(case.reported) == today and told.startswith(value)

        return test

    def yesterday(case: Case) -> bool:
        before = days.minute_of_day(case.reported) < minute
        return days.day_of(case.reported) == today - 1 and before

    return {
        "cases.reported_today": lambda case: days.day_of(case.reported) == today,
        "cases.reported_yesterday": yesterday,
        "cases.closed_today": lambda c: c.ended == "closed" and days.day_of(c.closed) == today,
        **{f"cases.channel.{name}": today_by("channel", name) for name in CHANNELS},
        **{f"cases.category.{main}": today_by("category", main) for main in mains},
    }


def _closed_in(now: int) -> Test:
    month = days.month_of(now)
    return lambda case: case.ended == "closed" and days.month_of(case.closed) == month


def _follow_ups(now: int, wanted: Test) -> Test:
    """How many of a case's follow-ups of this month are as wanted."""
    month = days.month_of(now)
    return lambda case: sum(
        each.month == month and bool(wanted(each)) for each in case.follow_ups
    )  # fmt: skip


def _has_answered(follow_up: FollowUp) -> bool:
    return follow_up.satisfaction is not None


def _of_month(now: int) -> dict[str, Test]:
    return {
        "cases.closed_month": _closed_in(now),
        "cases.follow_ups": _follow_ups(now, lambda _: True),
        "cases.answered": _follow_ups(now, _has_answered),
    }


def _rates(now: int) -> dict[str, tuple[Test, Test]]:
    closed = _closed_in(now)
    every, answered = _follow_ups(now, lambda _: True), _follow_ups(now, _has_answered)
    satisfied = _follow_ups(
        now, lambda each: _has_answered(each) and each.satisfaction != "unsatisfied"
    )
    return {
        "cases.on_time_rate": (
            lambda case: closed(case) and bool(case.on_time),
            lambda case: closed(case) or _is_overdue(case),
        ),
        "cases.rework_rate": (lambda case: closed(case) and case.checks_failed > 0, closed),
        "cases.response_rate": (_follow_ups(now, lambda each: each.responded), every),
        "cases.resolution_rate": (_follow_ups(now, lambda each: each.resolved), every),
        "cases.satisfaction_rate": (satisfied, answered),
    }
