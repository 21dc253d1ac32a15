"""The schema goes up and down with data in it, once, whoever starts first; a newer one is left."""

import json
import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, insert, inspect, select, text

from cockpit.errors import CockpitError
from datasource.database import tables
from datasource.database.engine import Database, open_database
from datasource.database.migrate import downgrade, migrate, revisions
from datasource.database.partitions import PREFIX
from datasource.database.reader import ArchiveReader
from datasource.database.work_tables import duty_lists, shelvings
from datasource.database.writer import ArchiveWriter
from tests.archives import all_tables, batch, full_batch, log_of
from tests.support import NOW

pytestmark = pytest.mark.integration
REVISIONS = revisions()
METADATA = all_tables()
Rows = dict[str, list[dict[str, object]]]
# What a column holds in a row that only has to be there.
_ANYTHING: dict[str, object] = {
    "BIGINT": 1, "INTEGER": 1, "TEXT": "x", "BOOLEAN": False, "BLOB": b"x",
}  # fmt: skip


def _differences(connection: Connection) -> list[object]:
    """What Alembic would change to make the database as the tables say."""

    def include(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith(PREFIX))

    options = {"include_name": include, "compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, METADATA))


def _revision(database: Database) -> str | None:
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _rows(database: Database) -> Rows:
    """Everything in the tables that are there."""
    found = {}
    with database.read() as connection:
        there = set(inspect(connection).get_table_names())
        for table in METADATA.sorted_tables:
            if table.name in there:
                columns = {c["name"] for c in inspect(connection).get_columns(table.name)}
                wanted = [c for c in table.columns if c.name in columns]
                rows = connection.execute(select(*wanted).order_by(*table.primary_key))
                found[table.name] = [dict(row) for row in rows.mappings()]
    return found


def _same(rows: Rows, other: Rows) -> None:
    """What both know of these tables is the same."""
    for name, theirs in rows.items():
        assert len(theirs) == len(other[name])
        for one, another in zip(theirs, other[name], strict=True):
            both = one.keys() & another.keys()
            assert {c: one[c] for c in both} == {c: another[c] for c in both}, name


def _fill(database: Database) -> None:
    """A row or more for every table."""
    log, writer = log_of(600, days=3), ArchiveWriter(database)
    writer.store(full_batch(log[:500]))
    writer.store(batch(log[500:520]))
    writer.accept_loss(521, 550, NOW)
    writer.store(batch(log[550:]))
    ArchiveReader(database).adopt_rules("rules", 1)
    with database.write() as connection:
        for table in METADATA.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                row = {c.name: _ANYTHING[str(c.type)] for c in table.columns}
                connection.execute(insert(table), row)


def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    ArchiveWriter(database).store(batch(log_of(100)))
    with database.read() as connection:
        assert _differences(connection) == []


def test_sqlite_keeps_the_events_in_the_order_of_their_key(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    migrate(database)
    with database.read() as connection:
        made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'events'"))
        assert made.rstrip().endswith("WITHOUT ROWID")
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    database.close()


@pytest.mark.parametrize("revision", ["base", *REVISIONS[:-1]])
def test_down_and_up_again_keeps_what_the_earlier_one_knew(
    revision: str, database: Database
) -> None:
    _fill(database)
    with database.write() as connection:
        summary = {"positions": 7, "inside": 6, "first_at": 1, "last_at": 2}
        connection.execute(tables.patrol_sessions.update().values(summary))
    before = _rows(database)
    assert all(before.values())
    downgrade(database, revision)
    assert _revision(database) == (None if revision == "base" else revision)
    earlier = _rows(database)
    _same(earlier, before)
    migrate(database)
    assert _revision(database) == REVISIONS[-1]
    after = _rows(database)
    assert after.keys() == before.keys()
    _same(earlier, after)
    with database.read() as connection:
        assert _differences(connection) == []
    if revision == "base":
        assert ArchiveReader(database).end().n == 0


def test_from_every_revision_with_its_data_up(empty: Database) -> None:
    """A database that a program of that time filled."""
    migrate(empty)
    downgrade(empty, "0001")
    with empty.write() as connection:
        row = {"from_n": 1, "text": "rules", "digest": "x"}
        connection.execute(insert(tables.rule_sets), row)
    migrate(empty)
    downgrade(empty, "0002")
    with empty.write() as connection:
        row = {"worker": "w", "start": 1, "day": 2, "end": None, "grid": "g"}
        connection.execute(insert(tables.patrol_sessions), row)
    migrate(empty)
    with empty.read() as connection:
        assert connection.scalars(select(tables.rule_sets.c.text)).all() == ["rules"]
        row = connection.execute(select(tables.patrol_sessions)).one()
    assert tuple(row) == ("w", 1, 2, None, "g", None, None, None, None)


def test_shelvings_and_duty_lists_go_with_the_program(empty: Database) -> None:
    """What an earlier one knows of each: the last shelving, and rows without kinds."""
    migrate(empty)
    downgrade(empty, "0007")
    old = {"key": "a1", "until": 9, "at": 1, "account": "x", "reason": "r", "command": "c-1"}
    columns = ", ".join(old)
    values = ", ".join(f":{name}" for name in old)
    with empty.write() as connection:
        connection.execute(text(f"INSERT INTO shelved ({columns}) VALUES ({values})"), old)
    migrate(empty)
    with empty.write() as connection:
        (first,) = connection.execute(select(shelvings)).mappings()
        assert dict(first) == {
            "id": "c-1", "key": "a1", "number": 1, "until": 9, "at": 1, "account": "x",
            "reason": "r",
        }  # fmt: skip
        connection.execute(insert(shelvings), {**first, "id": "c-2", "number": 2, "until": 5})
        row = {"id": "w1", "item_zh": "暴露垃圾"}
        version = {"region": "1", "name": "whistle", "version": 1, "changed_by": "x",
                   "changed_at": 1, "rows": json.dumps([{**row, "kind": "tough"}])}  # fmt: skip
        connection.execute(insert(duty_lists), version)
    downgrade(empty, "0007")
    with empty.read() as connection:
        (last,) = connection.execute(text(f"SELECT {columns} FROM shelved")).mappings()
        assert dict(last) == {**old, "until": 5, "command": "c-2"}
        assert json.loads(connection.scalar(select(duty_lists.c.rows)) or "") == [row]


def test_a_newer_schema_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = _rows(database)
    for change in (migrate, lambda database: downgrade(database, "0001")):
        with pytest.raises(CockpitError) as caught:
            change(database)
        assert caught.value.code == "database.newer"
        assert "9999" in str(caught.value)
    assert _rows(database) == before
    assert _revision(database) == "9999"


def _start(url: str, folder: str, ready: "multiprocessing.synchronize.Barrier") -> None:
    database = open_database(url, Path(folder))
    ready.wait()
    migrate(database)
    with database.read() as connection:
        connection.scalar(select(func.count()).select_from(tables.events))
    database.close()


def test_several_processes_that_start_at_once(database_url: str, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(4)
    starting = [
        spawn.Process(target=_start, args=(database_url, str(tmp_path), ready)) for _ in range(4)
    ]
    for process in starting:
        process.start()
    for process in starting:
        process.join()
    assert [process.exitcode for process in starting] == [0, 0, 0, 0]
    database = open_database(database_url, tmp_path)
    assert _revision(database) == REVISIONS[-1]
    with database.read() as connection:
        assert connection.scalars(select(tables.archive_end.c.n)).all() == [0]
    database.close()
