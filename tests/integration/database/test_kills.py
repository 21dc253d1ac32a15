"""What was confirmed is there after a kill, and what was not is there as a whole or not at all."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cockpit.errors import CockpitError
from datasource.database.engine import open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import batch, log_of
from tests.postgres import PostgresServer
from tests.support import wait_for

pytestmark = pytest.mark.integration
ENTRIES, SIZE = 2400, 40
# Stores the log in small batches and tells each end that was confirmed.
WRITING = f"""
import sys
from pathlib import Path
from datasource.database.engine import open_database
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import batch, log_of

database = open_database(sys.argv[1], Path("."))
writer, log = ArchiveWriter(database), log_of({ENTRIES})
for start in range(ArchiveReader(database).end().n, len(log), {SIZE}):
    print(writer.store(batch(log[start : start + {SIZE}])).end.n, flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that keeps its promises through a kill."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'archive.db'}"
    else:
        yield request.getfixturevalue("durable_postgres").new_database()


def _wait_until_alone(url: str) -> None:
    """A server brings what its dead client had asked for to an end before it notices."""
    database = open_database(url, Path())

    def alone() -> bool:
        others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        with database.read() as connection:
            return connection.scalar(others) == 1

    if database.dialect == "postgresql":
        wait_for(alone)
    database.close()


def _check(url: str, confirmed: int) -> int:
    """What is there is whole; answers where it ends."""
    database = open_database(url, Path())
    reader, log = ArchiveReader(database), [entry for entry, _ in log_of(ENTRIES)]
    end = reader.end().n
    assert confirmed <= end <= confirmed + SIZE
    assert end % SIZE == 0 or end == ENTRIES
    found = []
    while more := reader.read(found[-1].n if found else 0, 1000):
        found += more
    assert found == log[:end]
    database.close()
    return end


def test_a_writer_that_is_killed_again_and_again(url: str) -> None:
    database = open_database(url, Path())
    migrate(database)
    database.close()
    dice, end = random.Random(1), 0
    for _ in range(4):
        writing = subprocess.Popen([sys.executable, "-c", WRITING, url], stdout=subprocess.PIPE)
        assert writing.stdout is not None
        confirmed = end
        for _ in range(dice.randrange(1, 12)):
            confirmed = int(writing.stdout.readline())
        writing.kill()
        rest = writing.communicate()[0].split()
        _wait_until_alone(url)
        end = _check(url, int(rest[-1]) if rest else confirmed)
    subprocess.run([sys.executable, "-c", WRITING, url], check=True, stdout=subprocess.DEVNULL)
    assert _check(url, ENTRIES) == ENTRIES


def test_a_server_that_is_killed_and_comes_back(durable_postgres: PostgresServer) -> None:
    url = durable_postgres.new_database()
    database = open_database(url, Path())
    migrate(database)
    writer, log, kills = ArchiveWriter(database), log_of(ENTRIES), {400, 1200, 2000}
    start = 0
    while start < ENTRIES:
        if start in kills:
            kills.discard(start)
            durable_postgres.kill()
            with pytest.raises(CockpitError, match="does not answer"):
                writer.store(batch(log[start : start + SIZE]))
            durable_postgres.start()
            assert _check(url, start) == start
        start = writer.store(batch(log[start : start + SIZE])).end.n
    assert _check(url, ENTRIES) == ENTRIES
    database.close()
