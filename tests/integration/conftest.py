"""What many of these tests stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database of this program's schema."""
    database = open_database("", tmp_path)
    migrate(database)
    yield database
    database.close()
