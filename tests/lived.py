"""A district lived through: what its walls showed at every moment, and the archive of it."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cockpit.domain.events import EventReader, decode
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ports import ArchiveEnd, DeadLetter, Entry, Geography
from cockpit.projector import Projector
from datasource.archive.recorder import Recorder
from datasource.database.batch import Batch
from datasource.database.engine import Database, open_database
from datasource.database.jumps import ArchiveJumps
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from datasource.replay import EPOCH, Replays
from datasource.rules_in_force import changes_of
from tests.property.small_world import FlatGeography
from tests.twins import ManualClock

MILLISECOND = 1000


def flat(_: Rules) -> Geography:
    """The geography of any rules."""
    return FlatGeography()


class Life:
    """A live projector, and everything that it heard."""

    def __init__(self, start: int, tree: Regions, rules_text: str) -> None:
        self.tree, self.now = tree, start
        self.texts = [(1, rules_text)]
        rules = Rules.from_toml(rules_text)
        self._reader = EventReader(tree, rules, own=True)
        self._next: Rules | None = None
        self.live = Projector(tree, rules, FlatGeography())
        self.live.advance(start)
        self.entries: list[Entry] = []
        self.letters: list[tuple[str, DeadLetter]] = []
        self.shown: list[tuple[int, str, bytes]] = []

    @property
    def n(self) -> int:
        return len(self.entries)

    def hear(self, raw: bytes) -> None:
        """The log takes a message, and the projector folds it."""
        self._reader.read(raw, self.now)
        entry = Entry(self.n + 1, self.now, raw)
        self.entries.append(entry)
        if self._next is not None:
            self.live.adopt(self._next, FlatGeography())
            self._next = None
        self.live.fold(entry)
        self._hear_refusals()

    def reject(self, raw: bytes) -> None:
        """A message that never enters the log."""
        self._letter(DeadLetter(raw, "data.invalid", "", self.now))

    def change_rules(self, text: str) -> None:
        """Other rules hold for what comes from now on."""
        self.texts.append((self.n + 1, text))
        self._next = Rules.from_toml(text)

    def tick(self, micros: int) -> None:
        """Time passes."""
        self.now += micros
        self.live.advance(self.now)
        self._hear_refusals()

    def _hear_refusals(self) -> None:
        for letter in self.live.take_refusals():
            self._letter(letter)

    def _letter(self, letter: DeadLetter) -> None:
        self.letters.append((f"{letter.at // 1000}-{len(self.letters)}", letter))
        self.live.hear_dead(letter)

    def show(self, view: str) -> None:
        """Keep what a wall shows now."""
        self.shown.append((self.now, view, self.live.frame(view, EPOCH, 0)))

    def archive(
        self, database: Database, seed: int = 1, checkpoints: float = 0.3, batch: int = 60
    ) -> ArchiveReader:
        """Archive all of it, in batches of up to so many entries; a share of them carries a
        checkpoint."""
        reader, writer, draw = ArchiveReader(database), ArchiveWriter(database), random.Random(seed)
        for from_n, text in self.texts:
            sets = reader.adopt_rules(text, from_n - 1)
        recorder = Recorder(self.tree, changes_of(sets), flat)
        place, letters, end = 0, list(self.letters), ArchiveEnd(0, 0, "0", "lived")
        while place < self.n:
            size = draw.randint(1, batch)
            taken = self.entries[place : place + size]
            place += size
            last = place >= self.n
            until = self.now if last else taken[-1].received
            heard = [pair for pair in letters if pair[1].at <= until]
            letters = letters[len(heard) :]
            end = self._store(recorder, writer, (taken, heard, end), draw.random() < checkpoints)
        return reader

    @contextmanager
    def archived(self, folder: Path) -> Iterator[Database]:
        """A database in the folder that holds all of it."""
        database = open_database("", folder)
        migrate(database)
        self.archive(database)
        yield database
        database.close()

    def replays(self, database: Database, limit: int = 8) -> Replays:
        """The time machine over its archive, which takes the end for now."""
        reader, clock = ArchiveReader(database), ManualClock(self.now)
        jumps = ArchiveJumps(database, reader, self.tree)
        return Replays(reader, jumps, self.tree, flat, clock, "a" * 8, limit)

    def _store(
        self,
        recorder: Recorder,
        writer: ArchiveWriter,
        part: tuple[Sequence[Entry], Sequence[tuple[str, DeadLetter]], ArchiveEnd],
        checkpoint: bool,
    ) -> ArchiveEnd:
        entries, letters, end = part
        recorder.hear(letters)
        last = entries[-1]
        name = letters[-1][0] if letters else end.letters
        batch = Batch(end=ArchiveEnd(last.n, last.received, name, end.epoch), letters=list(letters))
        for entry in entries:
            recorder.fold(entry, batch)
        if last.n == self.n:
            recorder.pass_time(self.now, batch)
        recorder.finish(batch)
        batch.checkpoint = recorder.checkpoint() if checkpoint else None
        writer.store(batch)
        return batch.end


def events_of(entries: Sequence[Entry], region: str) -> list[int]:
    """Instants of receipt of what can be stepped to, read from the messages themselves."""
    events = [(entry.received, decode(entry.raw)) for entry in entries]
    return [
        received
        for received, event in events
        if event.region.startswith(region) and event.type not in {"patrol.pinged", "source.alive"}
    ]
