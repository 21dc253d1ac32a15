"""Briefs in SQL and on disk: what there is, and what may still be made."""

import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select

from cockpit.clock import Clock
from cockpit.errors import CockpitError
from datasource.database import tables
from datasource.database.brief_tables import briefs
from datasource.database.engine import Database
from datasource.database.samples import first_records
from datasource.office.periods import Period

_b = briefs.c


def _within(region: str) -> ColumnElement[bool]:
    return func.substr(_b.region, 1, len(region)) == region


class BriefStore:
    """Raises CockpitError as `database_errors`, and where the folder cannot be written
    `paper.folder`."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database, self._folder, self._clock = database, folder, clock

    def known(self) -> tuple[int, int]:
        """The instants of the archive's first case and of its end: of days before the one and
        after the other there is nothing to tell."""
        with self._database.read() as connection:
            end = connection.scalar(select(tables.archive_end.c.received)) or 0
            return first_records(connection).get("cases", end), end

    def made(self, first_day: int) -> set[tuple[str, int, str, str]]:
        """Kind, first day, region and format of what there is of periods that begin then or
        later."""
        wanted = select(_b.kind, _b.first_day, _b.region, _b.format).where(
            _b.first_day >= first_day
        )
        with self._database.read() as connection:
            return {(kind, day, region, form) for kind, day, region, form in
                    connection.execute(wanted)}  # fmt: skip

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

    def last_days(self, region: str) -> list[int]:
        """The last days of the periods of a region and what lies in it, newest first."""
        wanted = select(_b.last_day).where(_within(region)).distinct().order_by(_b.last_day.desc())
        with self._database.read() as connection:
            return list(connection.scalars(wanted))

    def listed(self, region: str, first: int, last: int) -> list[dict[str, Any]]:
        """The files of a region and what lies in it whose periods ended on these days."""
        wanted = (
            select(briefs)
            .where(_within(region), _b.last_day.between(first, last))
            .order_by(_b.last_day.desc(), _b.kind, _b.region, _b.format.desc())
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
