"""What the core asks of the outside, as Protocols. `app.py` hands the real ones in; tests hand
in the twins of `tests/twins.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from cockpit.domain.events import Event


class Entry(Struct, frozen=True):
    """One event in the log. `n` is its number, `received` the instant it was appended."""

    n: int
    received: int
    raw: bytes


class DeadLetter(Struct, frozen=True):
    """A rejected message. `raw` and `reason` hold no personal value: they are masked before
    they are written. `n` is the log number when a ledger refused an entry of the log, None when
    the message never entered it."""

    raw: bytes
    code: str
    reason: str
    at: int
    n: int | None = None


class Appended(Struct, frozen=True):
    """What became of a batch: `last` is the log's number after it."""

    accepted: int
    duplicates: int
    last: int


class Log(Protocol):
    """The one numbered log of a district.

    Appending is atomic per batch and idempotent by (source, id) for 48 hours: an event is in
    the log once, with the next number, before anyone hears of it, or the call raises
    CockpitError `redis.unreachable` and may be repeated. Entries come back in the order of
    their numbers, without holes.
    """

    def append(self, events: Sequence[Event], received: int) -> Appended:
        """Append what is new. `received` is the instant of receipt."""

    def read(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        """Entries with a number above `after`, at most `limit`; waits up to `block_ms`
        (0: not at all) for the first."""

    def head(self) -> int:
        """The last number, 0 when empty."""

    def last_received(self) -> int | None:
        """The instant of receipt of the last entry, None when empty."""

    def epoch(self) -> str:
        """Names the life of this log. Another epoch means other numbers: fold again from 0."""


class DeadLetters(Protocol):
    """The stream of rejected messages, bounded in length, oldest dropped first."""

    def put(self, letters: Sequence[DeadLetter]) -> None:
        """Keep these, masked. A letter with a number `n` is kept once however often it is put."""

    def read(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        """(stream id, letter) after a stream id, `"0"` for all."""


class FrameBus(Protocol):
    """Last frames and their publication. A frame that is published replaces the one before;
    a subscriber may miss frames, never get them out of order."""

    def publish(self, frames: Mapping[str, bytes], token: str) -> bool:
        """Keep and publish frames by view (`<region>/<screen>`). False, and nothing done, when
        `token` does not hold the projector's lock any more."""

    def last(self, view: str) -> bytes | None:
        """The last frame of a view."""

    def subscribe(self) -> Iterator[tuple[str, bytes] | None]:
        """(view, frame) of every publication from now on, for ever; None about each second, and
        after every reconnection, so that the caller can look after other things."""


class Geography(Protocol):
    """Answers whether a position is in a grid, 100 m grace included (rules.md, Patrol)."""

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        """True when the WGS-84 position lies in the grid's polygon or within the grace."""
