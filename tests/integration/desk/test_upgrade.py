"""Rows that an earlier program archived are made anew once, and come out as this program's own."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from cockpit.ports import RuleSet
from datasource.archive.rebuilding import rebuild_if_stale
from datasource.archive.recorder import Recorder
from datasource.database import tables
from datasource.database.engine import open_database
from datasource.database.migrate import downgrade, migrate
from datasource.rules_in_force import changes_of
from tests.desks import life, regions
from tests.lived import flat

pytestmark = pytest.mark.integration
ROWS = (tables.cases, tables.whistles, tables.persons, tables.alerts, tables.visits)


def _recorder(sets: Sequence[RuleSet]) -> Recorder:
    return Recorder(regions(), changes_of(sets), flat)


def _rows(connection: Connection) -> list[list[object]]:
    return [
        [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for table in ROWS
    ]


def test_rows_of_an_earlier_program_are_made_anew_once(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    migrate(database)
    assert not rebuild_if_stale(database, _recorder, lambda *_: None)
    life().archive(database)
    with database.read() as connection:
        before = _rows(connection)
    assert all(before)
    downgrade(database, "0004")
    migrate(database)
    with database.read() as connection:
        assert _rows(connection) != before
    assert rebuild_if_stale(database, _recorder, lambda *_: None)
    assert not rebuild_if_stale(database, _recorder, lambda *_: None)
    with database.read() as connection:
        assert _rows(connection) == before
    database.close()
