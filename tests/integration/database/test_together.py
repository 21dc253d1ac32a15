"""Readers beside the writer, and two writers that were never meant to be two."""

import random
import threading
from pathlib import Path

import pytest

from datasource.database import engine
from datasource.database.engine import Database, open_database
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from tests.archives import batches, log_of

pytestmark = pytest.mark.integration
LOG = log_of(6_000, positions=0.9, days=2.2)
ENTRIES = [entry for entry, _ in LOG]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite serves those who wait in no order: how long one may be passed over is up to chance."""
    monkeypatch.setattr(engine, "_SQLITE_WAIT", 600.0)


def _in_threads(*targets: object) -> None:
    """Run these at once; their faults are this thread's."""
    faults: list[BaseException] = []

    def run(target: object) -> None:
        try:
            target()  # type: ignore[operator]
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_reader_sees_no_hole_while_positions_are_packed(database: Database) -> None:
    written = threading.Event()

    def write() -> None:
        writer = ArchiveWriter(database)
        try:
            for each in batches(LOG, most=250):
                writer.store(each)
        finally:
            written.set()

    def read() -> None:
        reader, dice = ArchiveReader(database), random.Random(2)
        while not written.is_set():
            end = reader.end().n
            if end:
                after = dice.randrange(end)
                wanted = ENTRIES[after : min(after + 3000, end)]
                assert reader.read(after, 3000)[: len(wanted)] == wanted
        assert reader.end().n == len(LOG)

    _in_threads(write, read, read)


def test_two_writers_of_the_same_log(database: Database, database_url: str) -> None:
    other = open_database(database_url, Path())

    def write(where: Database, seed: int) -> None:
        writer = ArchiveWriter(where)
        for each in batches(LOG, seed, most=900):
            writer.store(each)

    _in_threads(lambda: write(database, 1), lambda: write(other, 1))
    reader, found = ArchiveReader(database), []
    while more := reader.read(found[-1].n if found else 0, 5000):
        found += more
    assert found == ENTRIES
    other.close()
