"""The log, the dead letters beside it, and how full it is."""

from collections import Counter
from collections.abc import Sequence

from cockpit.domain.events import Event
from cockpit.errors import CockpitError
from cockpit.ports import Appended, DeadCount, DeadLetter, Entry, Room
from cockpit.watching import LogState


class MemoryLog:
    """A log in a list. `down = True` makes every call raise `redis.unreachable`."""

    def __init__(self, limit: int = 0) -> None:
        self.entries: list[Entry] = []
        self.down = False
        self._limit, self._trimmed = limit, 0
        self._seen: set[tuple[str, str]] = set()
        self._epoch = 1

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="memory")

    def append(self, events: Sequence[Event], received: int | None) -> Appended:
        self._check()
        before = self.head()
        fresh = {(event.source, event.id) for event in events} - self._seen
        if fresh and self._limit and self.length() + len(fresh) > self._limit:
            raise CockpitError("log.full", limit=self._limit)
        for event in events:
            if (event.source, event.id) in self._seen:
                continue
            self._seen.add((event.source, event.id))
            at = event.time if received is None else received
            at = max(at, self.entries[-1].received) if self.entries else at
            self.entries.append(Entry(self.head() + 1, at, event.raw))
        accepted = self.head() - before
        return Appended(accepted, len(events) - accepted, self.head())

    def read(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        self._check()
        if after > self.head():
            raise CockpitError("log.changed", number=after)
        begin = max(0, after - self._trimmed)
        return self.entries[begin : begin + limit]

    def head(self) -> int:
        self._check()
        return self._trimmed + len(self.entries)

    def first(self) -> int:
        self._check()
        return self.entries[0].n if self.entries else 0

    def length(self) -> int:
        self._check()
        return len(self.entries)

    def room(self) -> Room | None:
        return Room(self.length(), self._limit) if self._limit else None

    def trim(self, up_to: int, keep: int) -> int:
        gone = max(0, min(up_to, self.head() - max(keep, 1)) - self._trimmed)
        del self.entries[:gone]
        self._trimmed += gone
        return gone

    def last_received(self) -> int | None:
        self._check()
        return self.entries[-1].received if self.entries else None

    def epoch(self) -> str:
        self._check()
        return f"epoch{self._epoch}"

    def end_epoch(self, epoch: str) -> None:
        self._epoch += epoch == self.epoch()


class MemoryDeadLetters:
    """Dead letters in a list. `down = True` makes every call raise `redis.unreachable`."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []
        self.down = False
        self._known: set[object] = set()

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="memory")

    def put(self, letters: Sequence[DeadLetter], once: str | None = None) -> None:
        self._check()
        for index, letter in enumerate(letters):
            mark = letter.n if letter.n is not None else once and (once, index)
            if mark is None or mark not in self._known:
                self.letters.append(letter)
            self._known.add(mark)

    def read(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        self._check()
        first = int(after)
        return [(str(first + i + 1), x) for i, x in enumerate(self.letters[first : first + limit])]

    def counts(self) -> list[DeadCount]:
        self._check()
        found = Counter(letter.code for letter in self.letters)
        last = {letter.code: letter.at for letter in self.letters}
        counts = [DeadCount(code, found[code], last[code]) for code in found]
        return sorted(counts, key=lambda each: each.last, reverse=True)


class MemoryGauge:
    """Says of the log what a test wants."""

    def __init__(self, state: LogState | None = None) -> None:
        self.state = state or LogState(0, 0, 0, 0, 0)

    def read(self) -> LogState:
        return self.state
