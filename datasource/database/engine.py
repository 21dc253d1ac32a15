"""The database of the archive: one SQLite file, or PostgreSQL, with the same code above.

Nothing is opened until it is used. Nothing above this package sees an exception of SQLAlchemy
or of a driver; it sees a CockpitError (datasource/database/faults.py).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from cockpit.errors import CockpitError
from datasource.database.faults import database_errors

# Seconds, as text where the driver wants it so.
_SQLITE_WAIT = 10.0
_WRITES = "cockpit_writes"
# Milliseconds. A server that is gone is noticed within seconds also when no packet comes back.
_POSTGRES = {
    "connect_timeout": 3,
    "application_name": "cockpit",
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 6000,
    "options": "-c statement_timeout=30000 -c lock_timeout=10000"
    " -c idle_in_transaction_session_timeout=60000",
}


class Database:
    """Where the archive is. `where` names it in messages, without user and password; `file` is
    the SQLite file, None for PostgreSQL. Shared by threads; not to be taken over a fork."""

    def __init__(self, url: URL, file: Path | None) -> None:
        self.file = file
        self.dialect = "postgresql" if file is None else "sqlite"
        if file is not None:
            self.where = str(file)
            self.engine = _sqlite(file)
        else:
            self.where = f"{url.host or 'localhost'}:{url.port or 5432}/{url.database}"
            self.engine = create_engine(
                url, connect_args=_POSTGRES, pool_pre_ping=True, pool_size=4, pool_timeout=10
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database. Raises as `database_errors`."""
        with database_errors(self.where, self.file), self.engine.connect() as bare:
            yield bare.execution_options(**self._reading)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction, kept when the block ends well, else undone. Raises as
        `database_errors`."""
        with database_errors(self.where, self.file), self.engine.connect() as bare:
            connection = bare.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @property
    def _reading(self) -> dict[str, Any]:
        # SQLite's transactions see one moment by nature.
        if self.dialect == "sqlite":
            return {}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def close(self) -> None:
        """Give all connections back; the next use opens new ones."""
        self.engine.dispose()


def open_database(url: str, data_dir: Path) -> Database:
    """The archive's database at `url` (setting `database_url`); empty: SQLite in `data_dir`.

    Raises CockpitError `database.url` when it is not an address of SQLite or PostgreSQL.
    """
    if not url:
        return Database(URL.create("sqlite"), data_dir / "cockpit.db")
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        # Without the exception's own words: they may hold the password.
        raise CockpitError("database.url", why="it is not an address") from None
    if parts.drivername == "sqlite":
        if not parts.database or parts.database == ":memory:" or parts.query:
            raise CockpitError("database.url", why="sqlite:/// must be followed by a file's path")
        return Database(parts, Path(parts.database))
    if parts.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        if not parts.database:
            raise CockpitError("database.url", why="the name of the database is missing")
        return Database(parts.set(drivername="postgresql+psycopg"), None)
    raise CockpitError(
        "database.url", why=f"{parts.drivername}:// is neither sqlite nor postgresql"
    )


def _sqlite(file: Path) -> Engine:
    # Never made by opening: a reader in a wrong folder must not find an empty archive there.
    address = f"file:{quote(str(file.absolute()))}?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=_SQLITE_WAIT, isolation_level=None, check_same_thread=False
        )

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=4, pool_timeout=10
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    # FULL: in WAL mode NORMAL would survive a killed process but lose the last transactions in
    # a power cut, after the log in Redis has been trimmed behind them.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16384")
    # A burst while somebody reads makes the WAL file long; it is cut when that is over.
    connection.execute("PRAGMA journal_size_limit=67108864")


def _begin(connection: Connection) -> None:
    # The driver would begin only before the first change. A writer takes its place at once:
    # one that had read before could not wait for another.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
