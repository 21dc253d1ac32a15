"""The list behind a number, at any moment: the ledgers themselves say who is counted, as they stood
then, so that the list is as long as the number."""

from collections import Counter
from typing import Any, Protocol

import msgspec

from cockpit.clock import to_text
from cockpit.domain import access
from cockpit.domain.access import Place
from cockpit.domain.deadlines import NEVER
from cockpit.domain.regions import Region, Regions
from cockpit.errors import CockpitError
from cockpit.ledgers.members import Members as Counted
from cockpit.ledgers.watch import STATES
from cockpit.projector import Projector
from datasource.archive import rows
from datasource.department_members import department_members
from datasource.desk.columns import place_name
from datasource.questions import Members

MOST_ROWS = 2000  # all grids of a district, and more
Row = dict[str, Any]
_INSTANTS = (
    "reported", "dispatched", "closed", "due", "blown", "signed", "arrived", "resolved",
    "confirmed", "raised", "acknowledged_at", "cleared_at", "visited",
)  # fmt: skip
# What a leader is told of each; a person's reference and category are behind a gate of their own.
_TOLD = {
    "case": (
        "key", "region", "category", "grade", "channel", "stage", "ended", "suspended", "level",
        "unit", "reported", "due", "closed", "on_time",
    ),
    "whistle": (
        "key", "region", "category", "kind", "department", "leg", "ended", "blown", "due",
        "arrived", "confirmed",
    ),
    "person": ("key", "region", "group", "category", "level", "visited", "due"),
    "alert": (
        "key", "region", "kind", "severity", "active", "acknowledged", "raised", "cleared_at",
    ),
}  # fmt: skip


class Past(Protocol):
    """Projectors of the past (datasource/replay.py)."""

    def projector_at(self, at: int | None) -> Projector:
        """One as it stood at an instant, None: at the archive's end."""


class MemberLists:
    """Answers `Members`."""

    def __init__(self, past: Past, regions: Regions) -> None:
        self._past, self._regions = past, regions

    def answer(self, asked: Members) -> Row:
        """The list. Raises CockpitError `region.unknown`, `access.refused`, `metric.members`,
        `request.invalid`, `archive.empty`, `replay.out_of_range`."""
        region = self._regions.get(asked.region)
        for right in asked.rights:
            access.look(self._regions, asked.who, right, Place(region.code))
        if not 0 <= asked.start < asked.end <= asked.start + MOST_ROWS:
            raise CockpitError("request.invalid", why=f"start to end are 1 to {MOST_ROWS} rows")
        projector = self._past.projector_at(asked.at)
        found = self._found(projector, region, asked)
        kind = _kind_of(asked.metric)
        every = found.counted if found.among is None else found.among
        ordered = sorted(every, key=lambda key: (_due(kind, key, projector), key))
        counted, lines = Counter(found.counted), []
        for key in ordered:
            counted[key] -= 1
            lines.append((key, counted[key] >= 0))
        return {
            "n": projector.seq, "at": to_text(projector.now), "metric": asked.metric,
            "kind": kind, "value": found.value, "total": len(every),
            "rows": [
                self._row(kind, key, projector) | ({} if found.among is None else {"counted": yes})
                for key, yes in lines[asked.start : asked.end]
            ],
        }  # fmt: skip

    def _found(self, projector: Projector, region: Region, asked: Members) -> Counted:
        """Who is counted: a department's numbers are no ledger's, but of its whistles."""
        whistles, at = projector.ledgers.whistles.within(region.index), asked.at or projector.now
        found = department_members(whistles, asked.metric, at)
        return found or projector.ledgers.members(region.index, asked.metric)

    def _row(self, kind: str, key: str, projector: Projector) -> Row:
        if kind in {"grid", "worker"}:
            return self._patrol_row(kind, key, projector)
        row = _record_row(self._regions, kind, key, projector)
        if row is None:  # a person who was visited and is on the register no more
            return {"subject": f"{kind}/{key}", "key": key, "place": "", "state": "in_time"}
        told = {name: row[name] for name in _TOLD[kind]}
        for name in _INSTANTS:
            if told.get(name) is not None:
                told[name] = to_text(told[name])
        state = STATES[_status(kind, key, projector)]
        place = place_name(self._regions, row["region"])
        return {"subject": f"{kind}/{key}", **told, "place": place, "state": state}

    def _patrol_row(self, kind: str, key: str, projector: Projector) -> Row:
        patrols = projector.ledgers.patrols
        grid = self._regions.get(key) if kind == "grid" else patrols.grid_of(key)
        place = place_name(self._regions, grid.code)
        row = {"subject": f"{kind}/{key}", "key": key, "region": grid.code, "place": place}
        if kind == "worker":
            return row
        return row | {"shifts": patrols.grid_state(grid.index)}


def _kind_of(metric: str) -> str:
    """What a metric counts."""
    family, _, name = metric.partition(".")
    if family == "patrols":
        return "worker" if name in {"on_duty", "off_post"} else "grid"
    kinds = {"cases": "case", "whistles": "whistle", "departments": "whistle", "alerts": "alert"}
    return kinds.get(family, "person")


def _record_row(regions: Regions, kind: str, key: str, projector: Projector) -> Row | None:
    """The same row as in the archive, of then."""
    ledgers = projector.ledgers
    if kind == "case":
        return msgspec.structs.asdict(rows.case_row(regions, key, ledgers.cases.record(key)))
    if kind == "whistle":
        record = ledgers.whistles.record(key)
        return msgspec.structs.asdict(rows.whistle_row(regions, key, record))
    if kind == "alert":
        return msgspec.structs.asdict(rows.alert_row(regions, key, ledgers.alerts.record(key)))
    person = ledgers.people.record(key)
    return msgspec.structs.asdict(rows.person_row(regions, key, person)) if person else None


def _due(kind: str, key: str, projector: Projector) -> int:
    """By what a list is ordered: what is due first comes first."""
    ledgers = projector.ledgers
    if kind in {"case", "whistle"}:
        one = ledgers.cases.record(key) if kind == "case" else ledgers.whistles.record(key)
        return NEVER if one.ended or one.deadline is None else one.deadline.due
    person = ledgers.people.record(key) if kind == "person" else None
    return person.due_at if person else NEVER


def _status(kind: str, key: str, projector: Projector) -> int:
    ledgers = projector.ledgers
    if kind in {"case", "whistle"}:
        one = ledgers.cases.record(key) if kind == "case" else ledgers.whistles.record(key)
        return 0 if one.ended else one.status
    person = ledgers.people.record(key) if kind == "person" else None
    return 0 if person is None else int(person.is_due) + int(person.is_overdue)
