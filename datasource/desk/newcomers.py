"""Subjects that a command opens: their keys are made here, their place is judged here."""

import re

from sqlalchemy import select

from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.tables import patrol_sessions
from datasource.desk.drafts import new_key
from datasource.desk.subjects import Found, Seen, parts
from datasource.desk.work_questions import Command

_WORKER = re.compile(r"[A-Za-z0-9._\-]{1,64}")


class Newcomers:
    """Where a new whistle or a worker's leave belongs."""

    def __init__(self, database: Database, regions: Regions) -> None:
        self._database, self._regions = database, regions

    def subject(self, command: Command, seen: Seen) -> Found:
        """What the command opens, with its key. Raises CockpitError `command.invalid`,
        `subject.unknown`, `region.unknown`, `region.level`."""
        kind, key = parts(command.subject)
        if kind == "worker":
            return self._worker(command, key)
        if key:
            raise CockpitError(
                "command.invalid", command=command.command, why="the key is made by the server"
            )
        return Found(kind, new_key(kind, command.id), self._street(command, seen), 0, {})

    def _street(self, command: Command, seen: Seen) -> str:
        """The region of a whistle: what is named, else the street of the case that it is about."""
        region = command.region
        if case := command.data.get("case"):
            about = seen.found.get(f"case/{case}")
            if about is None:
                raise CockpitError("subject.unknown", subject=f"case/{case}"[:80])
            inside = self._regions.get(about.region)
            if region and self._regions.get(region).index not in inside.chain:
                raise CockpitError("subject.unknown", subject=f"case/{case}"[:80])
            region = region or inside.code
        place = self._regions.get(region)
        street = self._regions.street_like(place.index)
        if street is None:
            raise CockpitError(
                "region.level", type=command.command, wanted="street", region=place.code
            )
        return place.code if command.region else street.code

    def _worker(self, command: Command, key: str) -> Found:
        """A grid's worker: as named, else who walked it last, else one named by the grid."""
        grid = self._regions.get(command.region)
        if grid.level != "grid":
            raise CockpitError(
                "region.level", type=command.command, wanted="grid", region=grid.code
            )
        if key and not _WORKER.fullmatch(key):
            raise CockpitError("subject.unknown", subject=command.subject[:80])
        return Found(
            "worker", key or self._last_in(grid.code) or f"w-{grid.code}", grid.code, 0, {}
        )

    def _last_in(self, grid: str) -> str:
        c = patrol_sessions.c
        wanted = select(c.worker).where(c.grid == grid).order_by(c.start.desc()).limit(1)
        with self._database.read() as connection:
            return str(connection.scalar(wanted) or "")
