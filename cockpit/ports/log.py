"""The one numbered log and the dead letters beside it."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from cockpit.domain.events import Event


class Faded(Struct, frozen=True):
    """What is kept of a position that was thinned out: whose it was, and its number there."""

    source: str
    sequence: int | None


class Entry(Struct, frozen=True):
    """One event in the log. `n` is its number, `received` the instant it was appended. One that
    was thinned out of the archive has no message any more, but says what is kept of it."""

    n: int
    received: int
    raw: bytes
    faded: Faded | None = None


class DeadLetter(Struct, frozen=True):
    """A rejected message. `raw` and `reason` hold no personal value: they are masked before
    they are written. `n` is the log number when a ledger refused an entry of the log, None when
    the message never entered it."""

    raw: bytes
    code: str
    reason: str
    at: int
    n: int | None = None


class DeadCount(Struct, frozen=True):
    """A code of dead letters: how many were ever kept, and the instant of the last."""

    code: str
    count: int
    last: int


class Appended(Struct, frozen=True):
    """What became of a batch: `last` is the log's number after it."""

    accepted: int
    duplicates: int
    last: int


class LogReader(Protocol):
    """The reading side of the log: entries in the order of their numbers, without holes."""

    def read(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        """Entries with a number above `after`, at most `limit`; waits up to `block_ms`
        (0: not at all) for the first. Raises CockpitError `log.changed` when the log no longer
        holds the entry `after` as it was read from this object: begin again."""

    def head(self) -> int:
        """The last number, 0 when empty."""

    def last_received(self) -> int | None:
        """The instant of receipt of the last entry, None when empty."""

    def epoch(self) -> str:
        """Names the life of this log. Another epoch means other numbers: begin again."""

    def end_epoch(self, epoch: str) -> None:
        """Begin another epoch, unless that has happened: numbers of this one are used again."""


class Room(Struct, frozen=True):
    """Entries that the log holds, and how many it may hold: then new ones are refused."""

    taken: int
    limit: int


class Log(LogReader, Protocol):
    """The one numbered log of a district.

    Appending is atomic for each event and idempotent by (source, id) for 48 hours: an event is
    in the log once, with the next number, before anyone hears of it. A call that raises
    CockpitError `redis.unreachable`, `redis.refused` or `log.full` may have kept a part and may
    be repeated. What was trimmed away in front is missing in `read`, which then begins with the
    first entry that is left; `datasource.complete_log` closes the hole.
    """

    def append(self, events: Sequence[Event], received: int | None) -> Appended:
        """Append what is new. `received` is the instant of receipt; None: of each when it happened,
        as in a simulated past. Raises `log.full` when
        something is new and there is no room for it."""

    def first(self) -> int:
        """The lowest number that is left, 0 when empty."""

    def length(self) -> int:
        """How many entries are left."""

    def room(self) -> Room | None:
        """How full it is; None when it takes any number."""

    def trim(self, up_to: int, keep: int) -> int:
        """Let entries go whose number is at most `up_to`; the last `keep` stay, and always the
        very last. Answers how many went."""


class DeadLetters(Protocol):
    """The stream of rejected messages, bounded in length, oldest dropped first."""

    def put(self, letters: Sequence[DeadLetter], once: str | None = None) -> None:
        """Keep these, masked. A letter with a number `n` is kept once however often it is put;
        the others once for each `once`, the caller's name of this batch, so that a call that
        raised can be repeated (within ten minutes)."""

    def read(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        """(stream id, letter) after a stream id, `"0"` for all."""

    def counts(self) -> list[DeadCount]:
        """How many were kept of each code, the code that came last first."""
