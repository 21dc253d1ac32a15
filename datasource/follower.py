"""The fold along the log: entries and dead letters in the order in which they came."""

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from cockpit.domain.rules import Rules
from cockpit.ports import DeadLetter, DeadLetters, Entry, Geography, LogReader
from datasource.rules_in_force import Changes

_BATCH = 500  # entries folded between two looks at the schedule
_LETTERS = 200
_LETTERS_SECONDS = 0.2
# How long, in real seconds, and how many refusals are held by who does not put them: those of
# the time in which a projector that died may no longer have put its own.
_HELD_SECONDS, _MOST_HELD = 60.0, 100_000


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

    def adopt(self, rules: Rules, geography: Geography) -> None: ...

    def dump(self) -> bytes: ...

    def load(self, data: bytes) -> None: ...


class _Letters:
    """Reads the dead letters ahead, so that each is heard in its place among the entries: a
    source's sequence is followed in the order of receipt."""

    def __init__(self, dead_letters: DeadLetters, after: str) -> None:
        self._dead_letters = dead_letters
        self._read_up_to = after
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

    def __init__(
        self,
        projector: Fold,
        log: LogReader,
        dead_letters: DeadLetters,
        letters: str,
        changes: Changes,
        adopt: Callable[[Rules], None],
    ) -> None:
        """`letters`: stream id of the last dead letter that the projector has heard; `changes`:
        rules that come into force behind what it has folded, in order, and `adopt` is how it
        takes them."""
        self.projector, self._log, self._dead_letters = projector, log, dead_letters
        self._letters = _Letters(dead_letters, letters)
        self._changes, self._adopt = deque(changes), adopt
        self._refusals: deque[tuple[float, DeadLetter]] = deque(maxlen=_MOST_HELD)
        self._received = 0  # of the last entry folded
        self.epoch, self.target = log.epoch(), log.head()
        self.waiting = True  # more entries wait than were read
        self.dead_letters = 0

    @property
    def caught_up(self) -> bool:
        """True when everything is folded that was in the log when it was last aimed at."""
        return self.projector.seq >= self.target

    def aim(self) -> None:
        """Call it caught up once all is folded that is in the log now."""
        self.target = self._log.head()

    def expect(self, changes: Changes) -> None:
        """These rules come into force behind what is folded, and no others."""
        self._changes = deque(changes)

    def take(self, wait_ms: int) -> int:
        """Fold what is new, at most a batch; waits so long for the first. Answers how many."""
        entries = self._log.read(self.projector.seq, _BATCH, wait_ms)
        self.waiting = len(entries) == _BATCH
        for entry in entries:
            self._letters.hear(self.projector, entry.received)
            while self._changes and entry.n >= self._changes[0][0]:
                self._adopt(self._changes.popleft()[1])
            self.projector.fold(entry)
            self._received = entry.received
        return len(entries)

    def settle(self, now: int, active: bool) -> None:
        """When nothing waits, let time pass and hear what is left. Who is active puts what was
        refused into the dead letters; who is not holds it for a while, in case it must."""
        if not self.waiting:
            # Not before: time must not run ahead of entries that were received earlier.
            self._letters.hear(self.projector, None)
            self.projector.advance(now)
        self.dead_letters = self._letters.heard
        moment = time.monotonic()
        self._refusals.extend((moment, each) for each in self.projector.take_refusals())
        if active and self._refusals:
            self._dead_letters.put([letter for _, letter in self._refusals])
            self._refusals.clear()
        while self._refusals and self._refusals[0][0] < moment - _HELD_SECONDS:
            self._refusals.popleft()

    def lag_ms(self, now: int) -> int:
        """Since when the last entry folded was received, while others wait; else 0."""
        return max(0, now - self._received) // 1000 if self.waiting and self._received else 0
