"""The fold along the log: entries and dead letters in the order in which they came."""

import time
from collections import deque
from typing import Protocol

from cockpit.ports import DeadLetter, DeadLetters, Entry, Log

_BATCH = 500  # entries folded between two looks at the schedule
_LETTERS = 200
_LETTERS_SECONDS = 0.2


class Fold(Protocol):
    """What the loop asks of `cockpit.projector.Projector`, which says what each means."""

    @property
    def views(self) -> tuple[str, ...]: ...

    @property
    def seq(self) -> int: ...

    def fold(self, entry: Entry) -> object: ...

    def hear_dead(self, letter: DeadLetter) -> None: ...

    def advance(self, now: int) -> None: ...

    def take_refusals(self) -> list[DeadLetter]: ...

    def take_dirty(self) -> set[str]: ...

    def frame(self, view: str, epoch: str, lag_ms: int) -> bytes: ...


class _Letters:
    """Reads the dead letters ahead, so that each is heard in its place among the entries: a
    source's sequence is followed in the order of receipt."""

    def __init__(self, dead_letters: DeadLetters) -> None:
        self._dead_letters = dead_letters
        self._read_up_to = "0"
        self._ahead: deque[DeadLetter] = deque()
        self._next_look = 0.0
        self.heard = 0

    def hear(self, projector: Fold, until: int | None) -> None:
        """Let the projector hear what was rejected up to the instant `until`; None: all."""
        while self._ahead or self._fetch():
            if until is not None and self._ahead[0].at > until:
                return
            projector.hear_dead(self._ahead.popleft())
            self.heard += 1

    def _fetch(self) -> bool:
        now = time.monotonic()
        if now < self._next_look:
            return False
        found = self._dead_letters.read(self._read_up_to, _LETTERS)
        if len(found) < _LETTERS:
            self._next_look = now + _LETTERS_SECONDS
        if found:
            self._read_up_to = found[-1][0]
            self._ahead.extend(letter for _, letter in found)
        return bool(found)


class Follower:
    """Brings one projector along one life of the log."""

    def __init__(self, projector: Fold, log: Log, dead_letters: DeadLetters) -> None:
        self.projector, self._log, self._dead_letters = projector, log, dead_letters
        self._letters = _Letters(dead_letters)
        self._refusals: list[DeadLetter] = []
        self._received = 0  # of the last entry folded
        self.epoch, self.target = log.epoch(), log.head()
        self.waiting = True  # more entries wait than were read
        self.dead_letters = 0

    @property
    def caught_up(self) -> bool:
        """True when everything is folded that was in the log at the start."""
        return self.projector.seq >= self.target

    def take(self, wait_ms: int) -> int:
        """Fold what is new, at most a batch; waits so long for the first. Answers how many."""
        entries = self._log.read(self.projector.seq, _BATCH, wait_ms)
        self.waiting = len(entries) == _BATCH
        for entry in entries:
            self._letters.hear(self.projector, entry.received)
            self.projector.fold(entry)
            self._received = entry.received
        return len(entries)

    def settle(self, now: int) -> None:
        """When nothing waits, let time pass and hear what is left; send refusals off."""
        if not self.waiting:
            # Not before: time must not run ahead of entries that were received earlier.
            self._letters.hear(self.projector, None)
            self.projector.advance(now)
        self.dead_letters = self._letters.heard
        self._refusals += self.projector.take_refusals()
        if self._refusals:
            self._dead_letters.put(self._refusals)
            self._refusals.clear()

    def lag_ms(self, now: int) -> int:
        """Since when the last entry folded was received, while others wait; else 0."""
        return max(0, now - self._received) // 1000 if self.waiting and self._received else 0
