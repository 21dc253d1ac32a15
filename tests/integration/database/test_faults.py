"""A database that cannot: one clear error, nothing changed, no password told."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cockpit.errors import CockpitError
from datasource.database import engine, tables
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import batch, log_of
from tests.postgres import PASSWORD, USER, PostgresServer
from tests.support import NOW, free_port

LOG = log_of(3000, positions=0.3)


def _code(action: Callable[[], object]) -> str:
    """The code of the error that an action raises; the password stands nowhere in it."""
    with pytest.raises(CockpitError) as caught:
        action()
    error = caught.value
    told = f"{error} {error.text('zh')} {error.facts}" + "".join(traceback.format_exception(error))
    assert PASSWORD not in told
    return error.code


def _filled(folder: Path) -> Path:
    """The file of an archive that holds LOG, closed."""
    database = open_database("", folder)
    migrate(database)
    ArchiveWriter(database).store(batch(LOG))
    database.close()
    return folder / "cockpit.db"


def _use(file: Path) -> None:
    """Whatever a process does with the archive when it starts."""
    database = open_database(f"sqlite:///{file}", file.parent)
    try:
        migrate(database)
        reader, after = ArchiveReader(database), 0
        while found := reader.read(after, 1000):
            after = found[-1].n
        ArchiveWriter(database).store(batch(log_of(3010, positions=0.3)[3000:]))
    finally:
        database.close()


# -- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "mysql://cockpit:pass-word-7@127.0.0.1/x",
        "postgresql+asyncpg://cockpit:pass-word-7@127.0.0.1/x",
        "postgresql://cockpit:pass-word-7@127.0.0.1:port/x",
        "postgresql://cockpit:pass-word-7@127.0.0.1",
        "cockpit:pass-word-7",
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
    ],
)
def test_an_address_that_is_none(url: str, tmp_path: Path) -> None:
    assert _code(lambda: open_database(url, tmp_path)) == "database.url"


def test_opening_opens_nothing(tmp_path: Path) -> None:
    database = open_database("", tmp_path / "none")
    assert _code(ArchiveReader(database).end) == "archive.unreachable"
    assert not (tmp_path / "none").exists()
    open_database(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/x", tmp_path)


# -- SQLite's file ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"not a database, but a text\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "cockpit.db"
    file.write_bytes(content)
    assert _code(lambda: _use(file)) == "database.corrupt"
    assert file.read_bytes() == content


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file(share: float, tmp_path: Path) -> None:
    file = _filled(tmp_path)
    content = file.read_bytes()[: int(file.stat().st_size * share)]
    file.write_bytes(content)
    assert _code(lambda: _use(file)) == "database.corrupt"
    assert file.read_bytes() == content


def test_a_file_that_was_written_over(tmp_path: Path) -> None:
    file = _filled(tmp_path)
    content = bytearray(file.read_bytes())
    for start in range(40_960, len(content) - 4096, 8192):
        content[start : start + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    assert _code(lambda: _use(file)) == "database.corrupt"
    assert file.read_bytes() == content


def test_a_packed_row_that_was_changed(database: Database) -> None:
    log = log_of(5000, positions=1.0)
    ArchiveWriter(database).store(batch(log))
    with database.write() as connection:
        body = connection.scalars(tables.position_blocks.select().with_only_columns(
            tables.position_blocks.c.body).limit(1)).one()  # fmt: skip
        changed = body[:500] + bytes([body[500] ^ 1]) + body[501:]
        connection.execute(tables.position_blocks.update().values(body=changed))
    assert _code(lambda: ArchiveReader(database).read(0, 10)) == "database.corrupt"


def test_a_database_without_the_tables(empty: Database, tmp_path: Path) -> None:
    if empty.file is not None:
        sqlite3.connect(empty.file).close()
    assert _code(ArchiveReader(empty).end) == "database.unprepared"


def test_a_lock_that_is_held_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_SQLITE_WAIT", 0.05)
    database = open_database("", tmp_path)
    migrate(database)
    holder = sqlite3.connect(tmp_path / "cockpit.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    writer = ArchiveWriter(database)
    assert _code(lambda: writer.store(batch(LOG))) == "archive.unreachable"
    assert ArchiveReader(database).end().n == 0
    holder.execute("ROLLBACK")
    holder.close()
    assert writer.store(batch(LOG)).end.n == 3000
    database.close()


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system of a test's own may be mounted here: {done.stderr.strip()}")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 2 MB, where the server's own user gets in too."""
    folder = Path(tempfile.mkdtemp(prefix="cockpit-disk-"))
    try:
        _mount("-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", str(folder))
        yield folder
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    finally:
        folder.rmdir()


def test_a_full_disk_and_room_again(small_disk: Path) -> None:
    database = open_database("", small_disk)
    migrate(database)
    writer, reader = ArchiveWriter(database), ArchiveReader(database)
    log = log_of(20_000, positions=0.2)

    def fill() -> None:
        for start in range(0, len(log), 500):
            writer.store(batch(log[start : start + 500]))

    assert _code(fill) == "archive.full"
    end = reader.end().n
    assert 0 < end < len(log)
    assert reader.read(end - 10, 100) == [entry for entry, _ in log[end - 10 : end]]
    assert _code(lambda: writer.store(batch(log[end : end + 500]))) == "archive.full"
    _mount("-o", "remount,size=60m", str(small_disk))
    writer.store(batch(log[end:]))
    assert reader.end().n == len(log)
    database.close()


def test_a_disk_that_is_full_before_the_first_table(small_disk: Path) -> None:
    (small_disk / "other").write_bytes(b"\0" * 2_080_000)
    database = open_database("", small_disk)
    assert _code(lambda: migrate(database)) == "archive.full"
    (small_disk / "other").unlink()
    migrate(database)
    assert ArchiveReader(database).end().n == 0
    database.close()


def test_a_file_that_may_only_be_read(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if os.geteuid() == 0:
        # Rights do not bind root; a file system that is mounted so does.
        folder: Path = request.getfixturevalue("small_disk")
        _mount("-o", "remount,size=20m", str(folder))
        file = _filled(folder)
        _mount("-o", "remount,ro", str(folder))
    else:
        file = _filled(tmp_path)
        file.chmod(0o444)
        tmp_path.chmod(0o555)
    content = file.read_bytes()
    assert _code(lambda: _use(file)) == "archive.readonly"
    assert file.read_bytes() == content
    tmp_path.chmod(0o755)


# -- PostgreSQL's server ----------------------------------------------------------------------


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
    assert _code(lambda: migrate(database)) == code
    assert _code(ArchiveReader(database).end) == code
    database.close()


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/archive"
    database = open_database(url, tmp_path)
    assert _code(lambda: migrate(database)) == "archive.unreachable"


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
        assert _code(ArchiveReader(remote).end) == "database.password"
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

    assert _code(interrupted) == "archive.unreachable"
    with remote.read() as connection:
        assert connection.execute(tables.losses.select()).all() == []


def test_a_server_that_lets_nothing_be_written(postgres: PostgresServer, remote: Database) -> None:
    postgres.run(f"ALTER DATABASE {_name(remote)} SET default_transaction_read_only = on")
    _cut(postgres, remote)
    assert _code(lambda: ArchiveWriter(remote).store(batch(LOG))) == "archive.readonly"
    assert ArchiveReader(remote).end().n == 0
    postgres.run(f"ALTER DATABASE {_name(remote)} SET default_transaction_read_only = off")
    _cut(postgres, remote)
    assert ArchiveWriter(remote).store(batch(LOG)).end.n == 3000


def test_a_reader_cannot_write(remote: Database) -> None:
    def write() -> None:
        with remote.read() as connection:
            connection.execute(text("DELETE FROM losses"))

    assert _code(write) == "archive.readonly"


def test_a_question_that_takes_too_long(remote: Database) -> None:
    def ask() -> None:
        with remote.read() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 20"))
            connection.execute(text("SELECT pg_sleep(5)"))

    assert _code(ask) == "archive.unreachable"


def test_the_disk_of_the_server_is_full(
    postgres: PostgresServer, small_disk: Path, tmp_path: Path
) -> None:
    _mount("-o", "remount,size=16m", str(small_disk))
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

    assert _code(fill) == "archive.full"
    end = ArchiveReader(database).end().n
    _mount("-o", "remount,size=200m", str(small_disk))
    writer.store(batch(log[end : end + 3000]))
    assert ArchiveReader(database).end().n == end + 3000
    database.close()
    postgres.run(f"DROP DATABASE {name}")
    postgres.run(f"DROP TABLESPACE small_{name}")
