"""A simulated past, archived by the real archivist without a Redis between."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from cockpit.clock import DAY
from cockpit.domain.calendar import day_start
from cockpit.domain.events import Event
from cockpit.ports import Appended, Entry, Room
from datasource.archive.archivist import Archivist
from datasource.archive.recorder import Recorder
from datasource.database.engine import Database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from datasource.rules_in_force import changes_of
from datasource.simulator.messages import SOURCES, Made, numbered
from datasource.simulator.world import PAST_DAYS, World
from datasource.site import geography_of
from tests.twins import ManualClock, MemoryDeadLetters, MemoryLock, MemoryStats
from tests.unit.simulated import BORN, district, world

RULES_TEXT = Path("rules.toml").read_text("utf-8")
DELAY = 40_000  # microseconds from an event to its receipt


def month(days: int) -> tuple[World, int, int]:
    """A world that has lasted for so many days, its beginning and its end."""
    end = day_start(BORN // DAY + 1)
    made = world(born=end - (days - PAST_DAYS) * DAY)
    return made, made.beginning, end


def entries_of(events: Iterable[Made]) -> Iterator[Entry]:
    """What the log would hold of a world's events."""
    numbers = [1] * len(SOURCES)
    for n, event in enumerate(events, 1):
        raw = numbered(event, numbers[event.source])
        numbers[event.source] += 1
        yield Entry(n, event.time + DELAY, raw)


class PastLog:
    """A log that hands out prepared entries once; tells when it has no more."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = iter(entries)
        self.drained = threading.Event()
        self.last: Entry | None = None

    def read(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        found = list(islice(self._entries, limit))
        if not found:
            self.drained.set()
            return []
        assert found[0].n == after + 1
        self.last = found[-1]
        return found

    def append(self, events: Sequence[Event], received: int | None) -> Appended:
        raise NotImplementedError

    def first(self) -> int:
        return 0

    def length(self) -> int:
        return 0

    def room(self) -> Room | None:
        return None

    def trim(self, up_to: int, keep: int) -> int:
        return 0

    def head(self) -> int:
        return self.last.n if self.last else 0

    def last_received(self) -> int | None:
        return self.last.received if self.last else None

    def epoch(self) -> str:
        return "past"

    def end_epoch(self, epoch: str) -> None:
        raise NotImplementedError


def archive_all(
    database: Database,
    entries: Iterable[Entry],
    letters: MemoryDeadLetters | None = None,
    rules_text: str = RULES_TEXT,
) -> ArchiveReader:
    """Archive prepared entries into an empty or older archive; answers its reader."""
    log, reader = PastLog(entries), ArchiveReader(database)
    regions, _, _ = district()

    def make(sets: Sequence[object]) -> Recorder:
        return Recorder(regions, changes_of(sets), geography_of)  # type: ignore[arg-type]

    Archivist(
        make_recorder=make,
        log=log,
        dead_letters=letters or MemoryDeadLetters(),
        past=reader,
        store=ArchiveWriter(database),
        lock=MemoryLock(),
        stats=MemoryStats(),
        clock=ManualClock(0),
        rules_text=rules_text,
        prepare=lambda: migrate(database),
        mend_log=lambda: False,
        let_go=lambda _: None,
    ).run(log.drained)
    return reader
