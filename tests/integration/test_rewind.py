"""Redis came back with a shorter log, another one, or none: the log goes on behind the archive."""

import pytest
from redis import Redis

from cockpit.clock import SECOND
from cockpit.domain.events import decode
from cockpit.ports import ArchiveEnd, Entry
from datasource.archive.rewind import LogMender
from datasource.database.batch import Batch
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from datasource.log import RedisLog
from tests.support import NOW, PREFIX, event

pytestmark = pytest.mark.integration


class Pair:
    """A log and its archive."""

    def __init__(self, client: Redis, database: Database) -> None:
        self.client, self.log = client, RedisLog(client, PREFIX)
        self.archive, self.writer = ArchiveReader(database), ArchiveWriter(database)

    def come_in(self, *numbers: int, at: int = NOW) -> None:
        """Events with these numbers as ids are appended, one by one."""
        for number in numbers:
            self.log.append([event(number)], at + number * SECOND)

    def archive_all(self) -> None:
        """Everything in the log that is not archived yet."""
        end = self.archive.end()
        entries = RedisLog(self.client, PREFIX).read(end.n, 1000, 0)
        last = entries[-1]
        self.writer.store(
            Batch(
                ArchiveEnd(last.n, last.received, "0", self.log.epoch()),
                entries=[(entry, decode(entry.raw)) for entry in entries],
            )
        )

    def rewind_to(self, n: int) -> None:
        """Redis loses what it wrote last, marks included."""
        kept = self.entries()[:n]
        for key in self.client.scan_iter(f"{PREFIX}:*"):
            self.client.delete(key)
        for entry in kept:
            self.log.append([decode(entry.raw)], entry.received)

    def entries(self) -> list[Entry]:
        """What the log holds."""
        return RedisLog(self.client, PREFIX).read(0, 1000, 0)

    def mend(self, archive: ArchiveReader | None = None) -> bool:
        return LogMender(self.client, PREFIX, archive or self.archive).mend()

    def ids(self) -> list[tuple[int, str]]:
        """Number and id of what the log holds."""
        return [(entry.n, decode(entry.raw).id) for entry in self.entries()]


@pytest.fixture
def pair(client: Redis, database: Database) -> Pair:
    return Pair(client, database)


def test_a_log_that_agrees_is_left_alone(pair: Pair) -> None:
    assert not pair.mend()
    pair.come_in(1, 2, 3)
    assert not pair.mend()
    pair.archive_all()
    epoch = pair.log.epoch()
    pair.come_in(4)
    assert not pair.mend()
    pair.log.trim(2, 0)
    assert not pair.mend()
    assert pair.log.epoch() == epoch
    assert pair.ids() == [(3, "e3"), (4, "e4")]


def test_an_emptied_redis_goes_on_behind_the_archive(pair: Pair) -> None:
    pair.come_in(1, 2, 3)
    pair.archive_all()
    before = pair.log.epoch()
    pair.client.flushall()
    assert pair.mend()
    assert pair.log.epoch() != before
    assert pair.ids() == [(3, "e3")]
    # What a source sends again is known; what is new gets the next number.
    pair.come_in(1, 2, 3, 4)
    assert pair.ids() == [(3, "e3"), (4, "e4")]
    assert not pair.mend()
    pair.archive_all()
    assert [decode(entry.raw).id for entry in pair.archive.read(0, 10)] == ["e1", "e2", "e3", "e4"]


def test_numbers_given_out_again_get_new_ones(pair: Pair) -> None:
    pair.come_in(1, 2, 3, 4, 5)
    pair.archive_all()
    pair.rewind_to(3)
    # Two that are new, and one that its source sends again.
    pair.come_in(6, 4, 7)
    assert [n for n, _ in pair.ids()] == [1, 2, 3, 4, 5, 6]
    assert pair.mend()
    assert pair.ids() == [(5, "e5"), (6, "e6"), (7, "e7")]
    received = [entry.received for entry in pair.entries()]
    assert received == sorted(received)
    assert not pair.mend()
    pair.archive_all()
    stored = [(e.n, decode(e.raw).id) for e in pair.archive.read(0, 10)]
    assert stored == [(n, f"e{n}") for n in range(1, 8)]


def test_what_a_stranger_wrote_into_the_log_is_no_hindrance(pair: Pair) -> None:
    pair.come_in(1, 2)
    pair.archive_all()
    stranger = Entry(3, NOW + 3 * SECOND, b"no event")
    end = ArchiveEnd(3, stranger.received, "0", pair.log.epoch())
    pair.writer.store(Batch(end, entries=[(stranger, None)]))
    pair.client.flushall()
    pair.client.xadd(f"{PREFIX}:log", {"e": b"nor this", "at": stranger.received}, id="1-0")
    assert pair.mend()
    assert [(entry.n, entry.raw) for entry in pair.entries()] == [
        (3, b"no event"),
        (4, b"nor this"),
    ]


def test_a_longer_log_of_another_life(pair: Pair) -> None:
    pair.come_in(1, 2, 3)
    pair.archive_all()
    pair.rewind_to(0)
    pair.come_in(11, 12, 13, 14)
    assert pair.mend()
    assert pair.ids() == [(3, "e3"), (4, "e11"), (5, "e12"), (6, "e13"), (7, "e14")]


def test_who_appends_meanwhile_is_not_lost(pair: Pair, database: Database) -> None:
    pair.come_in(1, 2, 3)
    pair.archive_all()
    pair.rewind_to(1)
    pair.come_in(4)

    class Slow(ArchiveReader):
        """An archive during whose answer somebody appends."""

        late = True

        def holds(self, source: str, event_id: str) -> bool:
            if self.late:
                self.late = False
                pair.come_in(5)
            return super().holds(source, event_id)

    assert pair.mend(Slow(database))
    assert pair.ids() == [(3, "e3"), (4, "e4"), (5, "e5")]


def test_refused_numbers_stay_known(pair: Pair) -> None:
    pair.come_in(1, 2)
    pair.archive_all()
    pair.client.setbit(f"{PREFIX}:refused:{pair.log.epoch()}", 2, 1)
    pair.client.delete(f"{PREFIX}:log")
    assert pair.mend()
    assert pair.client.getbit(f"{PREFIX}:refused:{pair.log.epoch()}", 2) == 1


def test_only_the_remembered_time_is_marked_again(pair: Pair) -> None:
    pair.come_in(1, at=NOW - 49 * 3600 * SECOND)
    pair.come_in(2)
    pair.archive_all()
    pair.client.flushall()
    assert pair.mend()
    assert len(list(pair.client.scan_iter(f"{PREFIX}:seen:*"))) == 1
