"""Which whistles make up each number of the ledger of whistles: the conditions it counts by."""

from collections.abc import Iterable

from cockpit.domain import calendar as days
from cockpit.ledgers.members import Members, Test, members_of
from cockpit.ledgers.watch import AT_RISK, OVERDUE
from cockpit.ledgers.whistle_records import ARRIVE, Whistle


def whistle_members(
    whistles: Iterable[tuple[str, Whistle]], metric: str, now: int
) -> Members | None:
    """The whistles of a region that a metric counts at an instant; None: it counts none."""
    today, month = days.day_of(now), days.month_of(now)

    def standing(status: int) -> Test:
        return lambda whistle: not whistle.ended and whistle.status == status

    def confirmed_today(whistle: Whistle) -> bool:
        return whistle.ended == "confirmed" and days.day_of(whistle.confirmed) == today

    def arrived(whistle: Whistle) -> bool:
        return whistle.arrival is not None and whistle.arrival.month == month

    def in_time(whistle: Whistle) -> bool:
        return arrived(whistle) and whistle.arrival is not None and whistle.arrival.on_time

    def late_to_arrive(whistle: Whistle) -> bool:
        return not whistle.ended and whistle.status == OVERDUE and whistle.leg == ARRIVE

    def judged(whistle: Whistle) -> int:
        return int(arrived(whistle)) + int(late_to_arrive(whistle))

    return members_of(
        whistles,
        {
            "whistles.open": lambda whistle: not whistle.ended,
            "whistles.overdue": standing(OVERDUE),
            "whistles.at_risk": standing(AT_RISK),
            "whistles.blown_today": lambda whistle: days.day_of(whistle.blown) == today,
            "whistles.confirmed_today": confirmed_today,
            "whistles.arrivals_judged": judged,
        },
        {"whistles.on_time_arrival_rate": (in_time, judged)},
        metric,
    )
