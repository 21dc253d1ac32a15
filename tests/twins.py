"""In-memory twins of the ports in `cockpit/ports`, for tests that mean no Redis.

They keep the same promises; `tests/integration` holds both to the same checks.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from cockpit.clock import MINUTE
from cockpit.domain.events import Event, decode
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import (
    Appended,
    ArchiveEnd,
    Checkpoint,
    DeadCount,
    DeadLetter,
    Entry,
    Geography,
    Process,
    ProcessState,
    Room,
    RuleSet,
    Screen,
    Session,
    SourceKey,
)
from cockpit.watching import ConnectedScreen, LogState


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


class MemoryFrameBus:
    """Keeps every frame. `token` is the one that publishes; `queue` feeds the subscriber."""

    def __init__(self, token: str = "1-memory") -> None:
        self.token = token
        self.frames: dict[str, list[bytes]] = {}
        self.queue: list[tuple[str, bytes]] = []

    def publish(self, frames: Mapping[str, bytes], token: str) -> bool:
        if token != self.token:
            return False
        for view, frame in frames.items():
            self.frames.setdefault(view, []).append(frame)
            self.queue.append((view, frame))
        return True

    def last(self, view: str) -> bytes | None:
        return self.frames[view][-1] if view in self.frames else None

    def subscribe(self) -> Iterator[tuple[str, bytes] | None]:
        while True:
            yield self.queue.pop(0) if self.queue else None


class MemoryLock:
    """A lock that is ours while `free`; each time it was not, it comes back with a new token."""

    def __init__(self, token: str = "1-memory") -> None:
        self.token, self.free = token, True
        self._holders = int(token.partition("-")[0])
        self._held = True

    def try_acquire(self) -> bool:
        if self.free and not self._held:
            self._holders += 1
            self.token = f"{self._holders}-memory"
        self._held = self.free
        return self.free

    def keep(self) -> bool:
        return self.try_acquire()

    def release(self) -> None:
        return


class MemoryArchive:
    """An archive in lists. `down = True` makes every call raise `archive.unreachable`; `asked`
    counts the calls."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.dead: list[tuple[str, DeadLetter]] = []
        self.checkpoints: list[Checkpoint] = []
        self.sets: list[RuleSet] = []
        self.down, self.asked = False, 0

    def _check(self) -> None:
        self.asked += 1
        if self.down:
            raise CockpitError("archive.unreachable", where="memory", why="down")

    def end(self) -> ArchiveEnd:
        self._check()
        last = self.entries[-1] if self.entries else Entry(0, 0, b"")
        return ArchiveEnd(last.n, last.received, self.dead[-1][0] if self.dead else "0", "")

    def read(self, after: int, limit: int) -> list[Entry]:
        self._check()
        return [entry for entry in self.entries if entry.n > after][:limit]

    def number_at(self, instant: int) -> int:
        self._check()
        return max((entry.n for entry in self.entries if entry.received <= instant), default=0)

    def letters(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        self._check()
        return [row for row in self.dead if _place(row[0]) > _place(after)][:limit]

    def checkpoint(self, n: int | None = None, at: int | None = None) -> Checkpoint | None:
        self._check()
        fit = [
            each
            for each in self.checkpoints
            if (n is None or each.n <= n) and (at is None or each.at <= at)
        ]
        return max(fit, key=lambda each: each.n, default=None)

    def rule_sets(self) -> list[RuleSet]:
        self._check()
        return list(self.sets)

    def adopt_rules(self, text: str, head: int) -> list[RuleSet]:
        self._check()
        if not self.sets or self.sets[-1].text != text:
            self.sets.append(RuleSet(head + 1 if self.sets else 1, text))
        return list(self.sets)


def _place(stream_id: str) -> tuple[int, int]:
    first, _, second = stream_id.partition("-")
    return int(first), int(second or 0)


class MemoryStats:
    """The last word of each role, of one process `here` unless a test puts others up. `down =
    True` makes every call raise `redis.unreachable`."""

    def __init__(self) -> None:
        self.words: dict[tuple[str, str], Process] = {}
        self.seen: set[str] = set()
        self.down = False

    def put(self, word: Process) -> None:
        self._check()
        self.words[word.role, word.instance] = word
        self.seen.add(word.role)

    def write(self, role: str, values: Mapping[str, float], state: ProcessState = "active") -> None:
        self.put(Process(role, "here", state, 0, 0, "test", dict(values)))

    def read(self, role: str) -> dict[str, float]:
        found = [each for each in self.all() if each.role == role and each.state == "active"]
        return found[0].values if found else {}

    def all(self) -> list[Process]:
        self._check()
        return [word for _, word in sorted(self.words.items())]

    def roles(self) -> frozenset[str]:
        self._check()
        return frozenset(self.seen)

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="memory")


class MemoryBoard:
    """The screens of web servers, by instance; `write` is that of `here`."""

    def __init__(self) -> None:
        self.screens: dict[str, list[ConnectedScreen]] = {}

    def write(self, screens: Sequence[ConnectedScreen]) -> None:
        self.screens["here"] = list(screens)

    def all(self) -> dict[str, list[ConnectedScreen]]:
        return dict(self.screens)


class MemoryGauge:
    """Says of the log what a test wants."""

    def __init__(self, state: LogState | None = None) -> None:
        self.state = state or LogState(0, 0, 0, 0, 0)

    def read(self) -> LogState:
        return self.state


class NoQueries:
    """Nobody answers questions about the past, as when the role `query` does not run."""

    def ask(self, question: object, worker: str = "") -> bytes:
        raise CockpitError("query.unavailable", service="query")


class OpenGeography:
    """Every position is inside, save those in `outside` as (grid, lon, lat)."""

    def __init__(self, outside: set[tuple[str, float, float]] | None = None) -> None:
        self.outside = outside or set()

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        return (grid, lon, lat) not in self.outside


class Counting:
    """A fold that counts: its frames hold how many entries and dead letters it has taken in,
    in which order, and refuse each entry whose id ends with 13."""

    views = ("120110/wall", "120110001/wall", "120110002/wall")

    def __init__(self) -> None:
        self.seq = 0
        self.now = 0
        self.order: list[str] = []
        self._refusals: list[DeadLetter] = []
        self._dirty = set(self.views)

    def fold(self, entry: Entry) -> None:
        assert entry.n == self.seq + 1
        self.advance(entry.received)
        self.seq = entry.n
        self.order.append(decode(entry.raw).id)
        if self.order[-1].endswith("13"):
            self._refusals.append(DeadLetter(entry.raw, "case.unknown", "", self.now, entry.n))
        self._dirty.update(self.views)

    def hear_dead(self, letter: DeadLetter) -> None:
        self.order.append(letter.code)
        self._dirty.update(self.views)

    def advance(self, now: int) -> None:
        self.now = max(self.now, now)

    def take_refusals(self) -> list[DeadLetter]:
        taken, self._refusals = self._refusals, []
        return taken

    def take_dirty(self) -> set[str]:
        taken, self._dirty = self._dirty, set()
        return taken

    def frame(self, view: str, epoch: str, lag_ms: int) -> bytes:
        return msgspec.json.encode(
            {"view": view, "epoch": epoch, "seq": self.seq, "at": self.now, "order": self.order}
        )

    def adopt(self, rules: Rules, geography: Geography) -> None:
        self.order.append(f"rules {rules.parking // MINUTE}")

    def dump(self) -> bytes:
        return msgspec.msgpack.encode((self.seq, self.now, self.order))

    def load(self, data: bytes) -> None:
        self.seq, self.now, self.order = msgspec.msgpack.decode(
            data, type=tuple[int, int, list[str]]
        )


class MemoryPeople:
    """Implements `cockpit.ports.Sessions`, and asks a desk that knows nobody else. `asked` is
    what the desk was asked; `answers` what it says to a type of question instead of null."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.screens: dict[str, Screen] = {}
        self.keys: dict[str, SourceKey] = {}
        self.administrator = False
        self.changes = 0
        self.used: list[str] = []
        self.down = False
        self.asked: list[Struct] = []
        self.answers: dict[type[Struct], object] = {}

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="memory")

    def session(self, token: str) -> Session | None:
        self._check()
        return self.sessions.get(token)

    def first_use(self, token: str) -> bool:
        self._check()
        self.used = [*self.used, token]
        return self.used.count(token) == 1

    def screen(self, token: str, address: str = "") -> Screen | None:
        self._check()
        return self.screens.get(token)

    def screen_changes(self) -> int:
        self._check()
        return self.changes

    def key(self, key: str) -> SourceKey | None:
        self._check()
        return self.keys.get(key)

    def administered(self) -> bool:
        self._check()
        return self.administrator

    def keys_exist(self) -> bool:
        self._check()
        return bool(self.keys)

    def ask(self, question: Struct, worker: str = "") -> bytes:
        self._check()
        self.asked.append(question)
        answer = self.answers.get(type(question))
        if isinstance(answer, CockpitError):
            raise answer
        return msgspec.json.encode(answer)
