"""The past of a district, as everybody but its writer sees it."""

from typing import Protocol

from msgspec import Struct

from cockpit.ports.log import DeadLetter, Entry


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
