"""Every test here runs on SQLite and on PostgreSQL, unless it is about one of them."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import mount


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    database = open_database(database_url, tmp_path)
    yield database
    database.close()


@pytest.fixture
def database(empty: Database) -> Database:
    """A database of this program's schema."""
    migrate(empty)
    return empty


@pytest.fixture
def writer(database: Database) -> ArchiveWriter:
    return ArchiveWriter(database)


@pytest.fixture
def reader(database: Database) -> ArchiveReader:
    return ArchiveReader(database)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 2 MB, where the server's own user gets in too."""
    folder = Path(tempfile.mkdtemp(prefix="cockpit-disk-"))
    try:
        mount("-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", str(folder))
        yield folder
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    finally:
        folder.rmdir()
