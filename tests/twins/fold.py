"""What stands around the fold, and a fold that counts."""

from collections.abc import Iterator, Mapping

import msgspec

from cockpit.clock import MINUTE
from cockpit.domain.events import decode
from cockpit.domain.rules import Rules
from cockpit.ports import DeadLetter, Entry, Geography


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
