"""Briefs in SQL and on disk: what there is, and what may still be made."""

import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from cockpit.clock import Clock
from cockpit.domain.calendar import day_start
from cockpit.errors import CockpitError
from datasource.database import tables
from datasource.database.brief_tables import briefs
from datasource.database.engine import Database
from datasource.database.samples import first_records
from datasource.office.periods import Period

_b = briefs.c
_NEWEST = 200


class BriefStore:
    """Raises CockpitError as `database_errors`, and where the folder cannot be written
    `paper.folder`."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database, self._folder, self._clock = database, folder, clock

    def covers(self, period: Period) -> bool:
        """Whether the archive has all of a period, and its first case came no later than in it:
        of earlier days there is nothing to tell."""
        with self._database.read() as connection:
            end = connection.scalar(select(tables.archive_end.c.received)) or 0
            first = first_records(connection).get("cases", end)
        return end >= day_start(period.last + 1) > first

    def made(self, period: Period) -> set[tuple[str, str]]:
        """Region and format of what there is of a period."""
        wanted = select(_b.region, _b.format).where(
            _b.kind == period.kind, _b.first_day == period.first
        )
        with self._database.read() as connection:
            return {(region, form) for region, form in connection.execute(wanted)}

    def keep(self, period: Period, region: str, form: str, body: bytes) -> None:
        """Write a file and tell of it: the file first, so that what is told of is there."""
        name = f"{period.kind}/{period.first}/{region}.{form}"
        self._write(self._folder / name, body)
        row = {
            "id": secrets.token_hex(12), "kind": period.kind, "first_day": period.first,
            "last_day": period.last, "region": region, "format": form, "file": name,
            "size": len(body), "made": self._clock.now(),
        }  # fmt: skip
        with self._database.write() as connection:
            there = select(_b.id).where(
                _b.kind == period.kind, _b.first_day == period.first,
                _b.region == region, _b.format == form,
            )  # fmt: skip
            if connection.scalar(there) is None:
                connection.execute(insert(briefs).values(row))

    def _write(self, path: Path, body: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f"{path.suffix}.{secrets.token_hex(4)}")
            part.write_bytes(body)
            part.replace(path)
        except OSError as error:
            raise CockpitError("paper.folder", path=self._folder, why=error.strerror) from None

    def listed(self, region: str) -> list[dict[str, Any]]:
        """The newest files of a region and what lies in it."""
        wanted = (
            select(briefs)
            .where(func.substr(_b.region, 1, len(region)) == region)
            .order_by(_b.last_day.desc(), _b.kind, _b.region, _b.format.desc())
            .limit(_NEWEST)
        )
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def find(self, name: str) -> dict[str, Any]:
        """The file of that id. Raises CockpitError `paper.unknown`."""
        with self._database.read() as connection:
            row = connection.execute(select(briefs).where(_b.id == name)).mappings().first()
        if row is None:
            raise CockpitError("paper.unknown", id=name[:40])
        return dict(row)

    def read(self, row: dict[str, Any]) -> bytes:
        """The bytes of a file. Raises CockpitError `paper.unknown` when somebody has removed it."""
        try:
            return (self._folder / str(row["file"])).read_bytes()
        except OSError:
            raise CockpitError("paper.unknown", id=row["id"]) from None
