"""The archive folded anew from its first entry, and the slow recomputation beside it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cockpit.clock import parse_instant
from cockpit.domain.events import decode
from cockpit.domain.rules import Rules
from cockpit.ports import DeadLetter, Entry
from cockpit.projector import Projector
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.geography import load_regions
from datasource.site import geography_of
from tests.oracle import Oracle

_PAGE = 5000
Frame = dict[str, Any]


class Past:
    """Everything that an archive holds: entries and letters, each in its order."""

    def __init__(self, database: Database) -> None:
        reader = ArchiveReader(database)
        self.entries: list[Entry] = []
        while page := reader.read(len(self.entries), _PAGE):
            self.entries += page
        self.letters: list[DeadLetter] = []
        after = "0"
        while found := reader.letters(after, _PAGE):
            self.letters += [letter for _, letter in found]
            after = found[-1][0]
        self.names = [_name(entry) for entry in self.entries]

    def holes(self) -> list[int]:
        """Places at which the numbers do not go on by one."""
        return [entry.n for n, entry in enumerate(self.entries, 1) if entry.n != n]

    def at(self, frame: Frame) -> bool:
        """Whether a frame's instant, of whole milliseconds, tells its number: its last entry was
        received before that, and the next one after. Behind the last there is none: how far time
        has passed since is not in the archive."""
        place, at = frame["seq"], parse_instant(frame["at"])
        around = self.entries[max(0, place - 1) : place + 1]
        return len(around) == 2 and around[0].received <= at < around[1].received


def _name(entry: Entry) -> tuple[str, str]:
    event = decode(entry.raw)
    return event.source, event.id


class Refold:
    """Folds a past anew, up to one picture after the other. `heard` is what it has taken in."""

    def __init__(self, past: Past) -> None:
        self.regions, self.rules = (
            load_regions(),
            Rules.from_toml(Path("rules.toml").read_text("utf-8")),
        )
        self.projector = Projector(self.regions, self.rules, geography_of(self.rules))
        self.heard: list[Entry | DeadLetter] = []
        self.refusals: list[tuple[int, str]] = []
        self._entries, self._letters = iter(past.entries), list(reversed(past.letters))
        self._next = next(self._entries, None)

    def pictures(self, shown: Iterable[Frame]) -> Iterator[tuple[Frame, bytes]]:
        """Each frame that was shown, in the order of the log, and what it should have been."""
        for frame in sorted(shown, key=_place):
            self.go_to(frame)
            made = self.projector.frame(frame["view"], frame["epoch"], frame["lag_ms"])
            yield frame, made

    def go_to(self, frame: Frame) -> None:
        """Fold on to the number and the instant of a frame."""
        at = parse_instant(frame["at"])
        while self._next is not None and self._next.n <= frame["seq"]:
            self._hear(self._next.received)
            self.heard.append(self._next)
            self.projector.fold(self._next)
            self._keep_refusals()
            self._next = next(self._entries, None)
        self._hear(at)
        self.projector.advance(at)
        self._keep_refusals()

    def _hear(self, until: int) -> None:
        while self._letters and self._letters[-1].at <= until:
            letter = self._letters.pop()
            self.heard.append(letter)
            self.projector.hear_dead(letter)

    def _keep_refusals(self) -> None:
        self.refusals += [(each.n or 0, each.code) for each in self.projector.take_refusals()]

    def oracle(self) -> Oracle:
        """The slow recomputation of where the fold is now."""
        projector = self.projector
        return Oracle(self.heard, projector.now, self.regions, self.rules, geography_of(self.rules))


def _place(frame: Frame) -> tuple[int, str]:
    return frame["seq"], frame["at"]
