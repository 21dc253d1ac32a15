"""A PostgreSQL server that cannot: one clear error, nothing changed, no password told."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from datasource.database import tables
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import batch, code_of, log_of, mount
from tests.postgres import PASSWORD, USER, PostgresServer
from tests.support import NOW, free_port

pytestmark = pytest.mark.integration
LOG = log_of(3000, positions=0.3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((f":{PASSWORD}@", ":other@"), "database.password"),
        ((f"{USER}:{PASSWORD}@", f"nobody:{PASSWORD}@"), "database.password"),
        ((f":{PASSWORD}@", "@"), "database.password"),
        (("/archive_", "/no_such_"), "database.url"),
        (("127.0.0.1:", "127.0.0.2:"), "archive.unreachable"),
    ],
)
def test_an_address_that_leads_nowhere(
    change: tuple[str, str], code: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.new_database().replace(*change)
    database = open_database(url, tmp_path)
    assert code_of(lambda: migrate(database)) == code
    assert code_of(ArchiveReader(database).end) == code
    database.close()


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/archive"
    database = open_database(url, tmp_path)
    assert code_of(lambda: migrate(database)) == "archive.unreachable"


@pytest.fixture
def remote(postgres: PostgresServer, tmp_path: Path) -> Iterator[Database]:
    """An archive on the server that all tests share."""
    database = open_database(postgres.new_database(), tmp_path)
    migrate(database)
    yield database
    database.close()


def _name(database: Database) -> str:
    return str(database.engine.url.database)


def _cut(postgres: PostgresServer, database: Database) -> None:
    """End the connections that are open."""
    postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{_name(database)}'"
    )


def test_a_password_that_was_changed(postgres: PostgresServer, remote: Database) -> None:
    ArchiveReader(remote).end()
    postgres.run(f"ALTER ROLE {USER} PASSWORD 'another'")
    try:
        _cut(postgres, remote)
        assert code_of(ArchiveReader(remote).end) == "database.password"
    finally:
        postgres.run(f"ALTER ROLE {USER} PASSWORD '{PASSWORD}'")
    assert ArchiveReader(remote).end().n == 0


def test_a_connection_that_was_cut_while_it_waited(
    postgres: PostgresServer, remote: Database
) -> None:
    ArchiveReader(remote).end()
    _cut(postgres, remote)
    assert ArchiveReader(remote).end().n == 0


def test_a_connection_that_is_cut_in_a_transaction(
    postgres: PostgresServer, remote: Database
) -> None:
    def interrupted() -> None:
        with remote.write() as connection:
            connection.execute(tables.losses.insert(), {"first": 1, "last": 2, "at": NOW})
            _cut(postgres, remote)
            connection.execute(tables.losses.insert(), {"first": 3, "last": 4, "at": NOW})

    assert code_of(interrupted) == "archive.unreachable"
    with remote.read() as connection:
        assert connection.execute(tables.losses.select()).all() == []


def test_a_server_that_lets_nothing_be_written(postgres: PostgresServer, remote: Database) -> None:
    postgres.run(f"ALTER DATABASE {_name(remote)} SET default_transaction_read_only = on")
    _cut(postgres, remote)
    assert code_of(lambda: ArchiveWriter(remote).store(batch(LOG))) == "archive.readonly"
    assert ArchiveReader(remote).end().n == 0
    postgres.run(f"ALTER DATABASE {_name(remote)} SET default_transaction_read_only = off")
    _cut(postgres, remote)
    assert ArchiveWriter(remote).store(batch(LOG)).end.n == 3000


def test_a_reader_cannot_write(remote: Database) -> None:
    def write() -> None:
        with remote.read() as connection:
            connection.execute(text("DELETE FROM losses"))

    assert code_of(write) == "archive.readonly"


def test_a_question_that_takes_too_long(remote: Database) -> None:
    def ask() -> None:
        with remote.read() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 20"))
            connection.execute(text("SELECT pg_sleep(5)"))

    assert code_of(ask) == "archive.unreachable"


def test_the_disk_of_the_server_is_full(
    postgres: PostgresServer, small_disk: Path, tmp_path: Path
) -> None:
    mount("-o", "remount,size=16m", str(small_disk))
    small_disk.chmod(0o755)
    place = small_disk / "space"
    place.mkdir()
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
    url = postgres.new_database()
    name = url.rpartition("/")[2]
    postgres.run(f"CREATE TABLESPACE small_{name} LOCATION '{place}'")
    postgres.run(f"ALTER DATABASE {name} SET TABLESPACE small_{name}")
    database = open_database(url, tmp_path)
    migrate(database)
    writer, log = ArchiveWriter(database), log_of(60_000, positions=0.1)

    def fill() -> None:
        for start in range(0, len(log), 3000):
            writer.store(batch(log[start : start + 3000]))

    assert code_of(fill) == "archive.full"
    end = ArchiveReader(database).end().n
    mount("-o", "remount,size=200m", str(small_disk))
    writer.store(batch(log[end : end + 3000]))
    assert ArchiveReader(database).end().n == end + 3000
    database.close()
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
    postgres.run(f"DROP TABLESPACE small_{name}")
