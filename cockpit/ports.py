"""What the core asks of the outside, as Protocols. `app.py` hands the real ones in; tests hand
in the twins of `tests/twins.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from cockpit.domain.access import Account, Device
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


class RuleSet(Struct, frozen=True):
    """Rules as their file's text, in force for the log's entries from number `from_n` on."""

    from_n: int
    text: str


class Checkpoint(Struct, frozen=True):
    """A projector's dump that has folded the log up to `n`, let time pass up to `at`, and heard
    the dead letters up to the stream id `letters`. `body` is `Projector.dump()`."""

    n: int
    at: int
    letters: str
    body: bytes


class ArchiveEnd(Struct, frozen=True):
    """Up to where the archive holds everything: log number (0: nothing) and its instant of
    receipt, stream id of the last dead letter, and the epoch of the log it was read from."""

    n: int
    received: int
    letters: str
    epoch: str


class Archive(Protocol):
    """The past of a district, as everybody but its writer sees it.

    All methods raise CockpitError `archive.unreachable` when the database does not answer and
    may be repeated.
    """

    def end(self) -> ArchiveEnd:
        """Up to where it goes."""

    def read(self, after: int, limit: int) -> list[Entry]:
        """Entries with a number above `after`, in order, without holes, at most `limit`."""

    def number_at(self, instant: int) -> int:
        """The number of the last entry received at or before an instant, 0 when none was."""

    def letters(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        """(stream id, letter) after a stream id, `"0"` for all, in their order."""

    def checkpoint(self, n: int | None = None, at: int | None = None) -> Checkpoint | None:
        """The newest one that has folded no entry above `n` and no time after `at` (None: any)."""

    def rule_sets(self) -> list[RuleSet]:
        """All rules that were ever in force, the oldest first."""

    def adopt_rules(self, text: str, head: int) -> list[RuleSet]:
        """Put rules in force for the entries after `head`, unless they are the newest ones
        already; answers all, the oldest first. The first rules are in force from number 1."""


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


class StopSignal(Protocol):
    """Told from outside that a process shall end; `threading.Event` is one."""

    def is_set(self) -> bool:
        """True once it shall end."""

    def wait(self, timeout: float) -> bool:
        """Wait up to so many real seconds; True once it shall end."""


class Lock(Protocol):
    """Admits one process to a role; the others wait as standby, and one of them gets it within
    four seconds when the holder is gone. Both ways to get it raise CockpitError
    `redis.unreachable` or `redis.refused`, and may be repeated."""

    @property
    def token(self) -> str:
        """Proves that the lock was held; publications carry it. Begins with a number that
        rises with every holder, and when a holder gets it back after it ran out."""

    def try_acquire(self) -> bool:
        """Get or renew the lock, without waiting; False while another process holds it."""

    def keep(self) -> bool:
        """`try_acquire`, but asked at most each half second; in between, what was answered last.
        To be called at least once a second."""

    def release(self) -> None:
        """Let the next one in. Never raises: an unreachable lock runs out by itself."""


ProcessState = Literal["active", "standby", "waiting"]


class Process(Struct, frozen=True):
    """What a process last said of itself. `state` is `active` when it does its role's work,
    `standby` when it waits to take over, `waiting` when it lacks what it needs; it holds since
    `since`, and the word came at `at`."""

    role: str
    instance: str
    state: ProcessState
    since: int
    at: int
    build: str
    values: dict[str, float]


class Stats(Protocol):
    """Counters and gauges of the processes, several of a role among them. What a process said
    is forgotten when it says nothing for 15 s."""

    def write(self, role: str, values: Mapping[str, float], state: ProcessState = "active") -> None:
        """Keep the values by name as what this process says now, in place of its last word."""

    def read(self, role: str) -> dict[str, float]:
        """The values of the role's active process, empty when there is none."""

    def all(self) -> list[Process]:
        """What every process said last, by role and instance."""

    def roles(self) -> frozenset[str]:
        """Every role that ever said something here."""


class Geography(Protocol):
    """Answers whether a position is in a grid, 100 m grace included (rules.md, Patrol)."""

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        """True when the WGS-84 position lies in the grid's polygon or within the grace."""


class Session(Struct, frozen=True):
    """Somebody's session. `must_change`: nothing may be done with it but change the password."""

    account: Account
    must_change: bool = False


class Screen(Struct, frozen=True):
    """A paired screen: what it may read, its name, and the playlist it shows, if any:
    {"name", "pages": [{"region", "seconds", "begin", "end"}]}."""

    device: Device
    name: str = ""
    playlist: dict[str, Any] | None = None


class SourceKey(Struct, frozen=True):
    """What a source may send: as which CloudEvents source, which event types (empty: all), of
    which regions and what lies in them, how many events a minute (0: any). `ends`: when it stops
    to hold after a rotation, None for the newest."""

    id: str
    source: str
    types: frozenset[str]
    regions: frozenset[str]
    rate: int
    ends: int | None = None


class Sessions(Protocol):
    """Who somebody is by what they carry, without asking SQL. All raise CockpitError `redis.*`.
    None may also mean that the copy was lost: the role desk knows (`Who`, `WhoDevice`)."""

    def session(self, token: str) -> Session | None:
        """Whose session a token is."""

    def screen(self, token: str, address: str = "") -> Screen | None:
        """Whose paired screen a token is; `address` is where it asks from."""

    def screen_changes(self) -> int:
        """How often paired screens or what they show have changed; it only ever grows."""

    def key(self, key: str) -> SourceKey | None:
        """What a source may send with a key, if it holds."""

    def administered(self) -> bool:
        """True once an administrator of a real site has signed in, for ever. False also while
        the role desk has never said."""

    def keys_exist(self) -> bool:
        """Whether a source needs a key here."""
