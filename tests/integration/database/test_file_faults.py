"""Addresses that are none, and SQLite files that cannot: one clear error, nothing changed."""

import os
import sqlite3
from pathlib import Path

import pytest

from datasource.database import engine, tables
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import batch, code_of, log_of, mount
from tests.postgres import PASSWORD, USER
from tests.support import free_port

pytestmark = pytest.mark.integration
LOG = log_of(3000, positions=0.3)


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
    assert code_of(lambda: open_database(url, tmp_path)) == "database.url"


def test_opening_opens_nothing(tmp_path: Path) -> None:
    database = open_database("", tmp_path / "none")
    assert code_of(ArchiveReader(database).end) == "archive.unreachable"
    assert not (tmp_path / "none").exists()
    open_database(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/x", tmp_path)


# -- SQLite's file ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"not a database, but a text\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "cockpit.db"
    file.write_bytes(content)
    assert code_of(lambda: _use(file)) == "database.corrupt"
    assert file.read_bytes() == content


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file(share: float, tmp_path: Path) -> None:
    file = _filled(tmp_path)
    content = file.read_bytes()[: int(file.stat().st_size * share)]
    file.write_bytes(content)
    assert code_of(lambda: _use(file)) == "database.corrupt"
    assert file.read_bytes() == content


def test_a_file_that_was_written_over(tmp_path: Path) -> None:
    file = _filled(tmp_path)
    content = bytearray(file.read_bytes())
    for start in range(40_960, len(content) - 4096, 8192):
        content[start : start + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    assert code_of(lambda: _use(file)) == "database.corrupt"
    assert file.read_bytes() == content


def test_a_packed_row_that_was_changed(database: Database) -> None:
    log = log_of(5000, positions=1.0)
    ArchiveWriter(database).store(batch(log))
    with database.write() as connection:
        body = connection.scalars(tables.position_blocks.select().with_only_columns(
            tables.position_blocks.c.body).limit(1)).one()  # fmt: skip
        changed = body[:500] + bytes([body[500] ^ 1]) + body[501:]
        connection.execute(tables.position_blocks.update().values(body=changed))
    assert code_of(lambda: ArchiveReader(database).read(0, 10)) == "database.corrupt"


def test_a_database_without_the_tables(empty: Database, tmp_path: Path) -> None:
    if empty.file is not None:
        sqlite3.connect(empty.file).close()
    assert code_of(ArchiveReader(empty).end) == "database.unprepared"


def test_a_lock_that_is_held_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_SQLITE_WAIT", 0.05)
    database = open_database("", tmp_path)
    migrate(database)
    holder = sqlite3.connect(tmp_path / "cockpit.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    writer = ArchiveWriter(database)
    assert code_of(lambda: writer.store(batch(LOG))) == "archive.unreachable"
    assert ArchiveReader(database).end().n == 0
    holder.execute("ROLLBACK")
    holder.close()
    assert writer.store(batch(LOG)).end.n == 3000
    database.close()


def test_a_full_disk_and_room_again(small_disk: Path) -> None:
    database = open_database("", small_disk)
    migrate(database)
    writer, reader = ArchiveWriter(database), ArchiveReader(database)
    log = log_of(20_000, positions=0.2)

    def fill() -> None:
        for start in range(0, len(log), 500):
            writer.store(batch(log[start : start + 500]))

    assert code_of(fill) == "archive.full"
    end = reader.end().n
    assert 0 < end < len(log)
    assert reader.read(end - 10, 100) == [entry for entry, _ in log[end - 10 : end]]
    assert code_of(lambda: writer.store(batch(log[end : end + 500]))) == "archive.full"
    mount("-o", "remount,size=60m", str(small_disk))
    writer.store(batch(log[end:]))
    assert reader.end().n == len(log)
    database.close()


def test_a_disk_that_is_full_before_the_first_table(small_disk: Path) -> None:
    (small_disk / "other").write_bytes(b"\0" * 2_080_000)
    database = open_database("", small_disk)
    assert code_of(lambda: migrate(database)) == "archive.full"
    (small_disk / "other").unlink()
    migrate(database)
    assert ArchiveReader(database).end().n == 0
    database.close()


def test_a_file_that_may_only_be_read(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if os.geteuid() == 0:
        # Rights do not bind root; a file system that is mounted so does.
        folder: Path = request.getfixturevalue("small_disk")
        mount("-o", "remount,size=20m", str(folder))
        file = _filled(folder)
        mount("-o", "remount,ro", str(folder))
    else:
        file = _filled(tmp_path)
        file.chmod(0o444)
        tmp_path.chmod(0o555)
    content = file.read_bytes()
    assert code_of(lambda: _use(file)) == "archive.readonly"
    assert file.read_bytes() == content
    tmp_path.chmod(0o755)
