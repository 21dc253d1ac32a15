"""What the time machine can jump to: events and moments of a region."""

from typing import Any

from sqlalchemy import Connection, select

from cockpit.clock import to_text
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.regions import Regions
from datasource.database import tables
from datasource.database.engine import Database
from datasource.database.outcomes import within
from datasource.database.reader import ArchiveReader
from datasource.questions import Moments

MOST_MOMENTS = 500
# Cases fall overdue by the hundred; these are what somebody gets up for.
KINDS = ("whistle_overdue", "alert")
_STEPS = tuple(sorted(EVENT_TYPES.keys() - {"patrol.pinged", "source.alive"}))
_moments = tables.moments.c


class ArchiveJumps:
    """Implements `datasource.replay.Jumps`."""

    def __init__(self, database: Database, reader: ArchiveReader, regions: Regions) -> None:
        self._database, self._reader, self._regions = database, reader, regions

    def event_after(self, region: str, instant: int) -> int | None:
        number = self._reader.number_at(instant)
        found = self._reader.next_entry(number, region, _STEPS)
        return found.received if found else None

    def event_before(self, region: str, instant: int) -> int | None:
        number = self._reader.number_at(instant)
        found = self._reader.next_entry(number + 1, region, _STEPS, backwards=True)
        return found.received if found else None

    def moment_after(self, region: str, kind: str, instant: int) -> int | None:
        return self._moment(region, kind, _moments.at > instant, _moments.at.asc())

    def moment_before(self, region: str, kind: str, instant: int) -> int | None:
        return self._moment(region, kind, _moments.at <= instant, _moments.at.desc())

    def _moment(self, region: str, kind: str, where: Any, order: Any) -> int | None:
        inside = within(self._regions.get(region), tables.moments)
        nearest = select(_moments.at).where(inside, _moments.kind == kind, where)
        with self._database.read() as connection:
            return connection.scalar(nearest.order_by(order).limit(1))


def moments(connection: Connection, regions: Regions, asked: Moments) -> dict[str, Any]:
    """The moments of a region in a period, oldest first, at most `MOST_MOMENTS`. Where is told
    down to the community: an alert's grid would point at somebody's door."""
    wanted = select(_moments.at, _moments.kind, _moments.region).where(
        within(regions.get(asked.region), tables.moments),
        _moments.kind.in_(KINDS),
        _moments.at >= asked.start,
        _moments.at < asked.end,
    )
    ordered = wanted.order_by(_moments.at, _moments.kind, _moments.key).limit(MOST_MOMENTS + 1)
    rows = connection.execute(ordered).all()
    return {
        "moments": [
            {"at": to_text(at), "kind": kind, "region": _place(regions, region)}
            for at, kind, region in rows[:MOST_MOMENTS]
        ],
        "truncated": len(rows) > MOST_MOMENTS,
    }


def _place(regions: Regions, code: str) -> str:
    region = regions.get(code)
    community = regions.ancestor(region.index, "community")
    return community.code if community else code
