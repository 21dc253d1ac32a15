"""The lists of open whistles that walls show: by department, the most urgent, those that alarm.

Part of the ledger of whistles, which alone calls it, with open whistles by their keys.
"""

from collections.abc import Iterable
from typing import Any

from cockpit.clock import to_text
from cockpit.domain.regions import Regions
from cockpit.ledgers.base import RECENT
from cockpit.ledgers.watch import OVERDUE, STATES
from cockpit.ledgers.whistle_records import Whistle

Open = Iterable[tuple[str, Whistle]]


def by_department(whistles: Open) -> dict[str, dict[str, int]]:
    """Open and overdue by the department in charge; most overdue first, then most open."""
    table: dict[str, dict[str, int]] = {}
    for _, whistle in whistles:
        row = table.setdefault(whistle.department, {"open": 0, "overdue": 0})
        row["open"] += 1
        row["overdue"] += whistle.status == OVERDUE
    order = sorted(table.items(), key=lambda i: (-i[1]["overdue"], -i[1]["open"], i[0]))
    return dict(order)


def most_urgent(whistles: Open, regions: Regions) -> list[dict[str, Any]]:
    """Those with a running limit, earliest due first, at most 12."""
    running = [(w.deadline.due, key, w) for key, w in whistles if w.deadline is not None]
    running.sort(key=lambda item: item[:2])
    return [_row(due, whistle, regions) for due, _, whistle in running[:RECENT]]


def late_emergencies(whistles: Open, regions: Regions) -> list[dict[str, Any]]:
    """The emergency whistles that are overdue, latest due first, at most 12."""
    late = [
        (-w.deadline.due, key, w)
        for key, w in whistles
        if w.kind == "emergency" and w.status == OVERDUE and w.deadline is not None
    ]
    late.sort(key=lambda item: item[:2])
    return [_row(-due, whistle, regions) for due, _, whistle in late[:RECENT]]


def _row(due: int, whistle: Whistle, regions: Regions) -> dict[str, Any]:
    place = regions.street_like(whistle.region) or regions.district
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
