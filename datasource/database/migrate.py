"""Bringing a database to this program's schema, and back, without a configuration file.

The revisions are in datasource/database/migrations. Each goes up or down as a whole, under a
lock: of several processes that start at once, one works and the others find it done.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.faults import database_errors

_FOLDER = Path(__file__).resolve().parent / "migrations"
# Any number will do, as long as nobody else uses it in this database.
_ADVISORY_LOCK = 0x120110


def migrate(database: Database) -> None:
    """Make the database, if need be, and bring its schema up to this program's.

    Raises CockpitError `database.newer` when its schema is of a later program: nothing is
    changed then; and as `datasource.database.faults.database_errors`.
    """
    if database.file is not None:
        _make_file(database, database.file)
    config = _config()
    with database.read() as connection:
        if _revision(connection) == _head(config):
            return
    _go(database, config, None)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to an earlier revision (`base`: no tables at all), for a program of
    that time. What that one has no tables for is dropped. Raises as `migrate`."""
    _go(database, _config(), revision)


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    walk = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in walk][::-1]


def _go(database: Database, config: Config, down_to: str | None) -> None:
    with _locked(database) as connection:
        # Again, under the lock: another process may have done it meanwhile.
        current = _revision(connection)
        config.attributes["connection"] = connection
        if down_to is not None:
            command.downgrade(config, down_to)
        elif current != _head(config):
            command.upgrade(config, "head")


@contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    """A transaction that no other migration runs beside. Making a schema takes as long as it
    takes: none of the usual limits is for it."""
    if database.file is None:
        with database.write() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            lock = text("SELECT pg_advisory_xact_lock(:key)")
            connection.execute(lock, {"key": _ADVISORY_LOCK})
            yield connection
        return
    # SQLite's own lock would be given up after its timeout.
    with _file_lock(database, database.file), database.write() as connection:
        yield connection


def _make_file(database: Database, file: Path) -> None:
    """Make an empty database unless there is one, in WAL mode: readers never wait for the
    writer, nor it for them."""
    if not file.exists():
        with _file_lock(database, file):
            file.touch(mode=0o600)
    with database_errors(database.where, file), database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        mode = driver.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        with _file_lock(database, file), database_errors(database.where, file):
            raw = database.engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA journal_mode=WAL")
            finally:
                raw.close()


@contextmanager
def _file_lock(database: Database, file: Path) -> Iterator[None]:
    # A file beside it: closing a second handle of the database would drop SQLite's own locks.
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.with_name(file.name + "-migrating").open("a")
    except OSError as error:
        raise CockpitError("archive.readonly", where=database.where, why=error) from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _config() -> Config:
    config = Config()
    # Percent signs are the parser's own marks.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _revision(connection: Connection) -> str | None:
    """The database's revision, None without one; raises `database.newer` for an unknown one."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in revisions():
        raise CockpitError("database.newer", revision=current)
    return current
