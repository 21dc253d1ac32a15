"""Rows of tables that have an `id`."""

from typing import Any

from sqlalchemy import Connection, Row, Table, select

from cockpit.errors import CockpitError


def row_of(
    connection: Connection, table: Table, wanted: str, code: str, lock: bool = True
) -> Row[Any]:
    """The row with this id, which nobody else changes meanwhile if it is locked. Raises
    CockpitError `code`."""
    found = select(table).where(table.c.id == wanted)
    row = connection.execute(found.with_for_update() if lock else found).one_or_none()
    if row is None:
        raise CockpitError(code, id=wanted[:40])
    return row
