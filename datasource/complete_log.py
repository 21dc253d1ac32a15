"""The whole log and all dead letters: what Redis let go is read from the archive.

SQL is asked where Redis has a hole in front, and for letters at the beginning; whoever reads at
the log's end never asks it.
"""

from collections import deque
from collections.abc import Sequence

from cockpit.errors import CockpitError
from cockpit.ports import Archive, DeadCount, DeadLetter, DeadLetters, Entry, LogReader

_PAGE = 5000  # entries asked of the archive at once: it keeps positions in blocks


class CompleteLog:
    """Implements `cockpit.ports.LogReader` for one reader of a log that is trimmed behind its
    archive."""

    def __init__(self, log: LogReader, archive: Archive) -> None:
        self._log, self._archive = log, archive
        self._first = 0  # Redis holds nothing before this number, as far as we know
        self._ahead: deque[Entry] = deque()
        self._last: Entry | None = None
        self._in_past = False  # the last answer came from the archive

    def read(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        """As the port says. Raises CockpitError `archive.unreachable` when it would have to go on
        in an archive that does not answer, `archive.gap` when entries are nowhere."""
        entries = self._some(after, limit, block_ms)
        # A short answer says that nothing waits behind it; the archive's pages do not say that.
        while self._in_past and len(entries) < limit:
            entries += self._some(entries[-1].n, limit - len(entries), 0)
        self._last = entries[-1] if entries else self._last
        return entries

    def _some(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        if after + 1 >= self._first:
            self._in_past = False
            entries = self._log.read(after, limit, block_ms)
            if not entries or entries[0].n == after + 1:
                return entries
            self._first = entries[0].n
        if not self._ahead or self._ahead[0].n != after + 1:
            self._ahead = deque(self._fetch(after))
        if not self._ahead:
            return self._some(self._first - 1, limit, 0)
        self._in_past = True
        return [self._ahead.popleft() for _ in range(min(limit, len(self._ahead)))]

    def _fetch(self, after: int) -> list[Entry]:
        """The archive's next page; nothing where all up to the log's first entry was declared
        lost."""
        known = self._last if self._last is not None and self._last.n == after else None
        found = self._archive.read(after - 1 if known else after, _PAGE)
        # Redis could not tell any more whether this is still the log that was read.
        if known and not (found and _same(found.pop(0), known)):
            self._last = None
            raise CockpitError("log.changed", number=after)
        if not found and self._archive.end().n < self._first - 1:
            raise CockpitError("archive.gap", wanted=after + 1, found=self._first)
        return found

    def head(self) -> int:
        return self._log.head()

    def last_received(self) -> int | None:
        return self._log.last_received()

    def epoch(self) -> str:
        return self._log.epoch()

    def end_epoch(self, epoch: str) -> None:
        self._log.end_epoch(epoch)


def _same(archived: Entry, known: Entry) -> bool:
    """Whether two are the same entry, one of which may have been thinned out since."""
    if archived.faded is None and known.faded is None:
        return archived == known
    return (archived.n, archived.received) == (known.n, known.received)


class CompleteDeadLetters:
    """Implements `cockpit.ports.DeadLetters` for one reader who begins at any stream id and goes
    on from there: first in the archive, until that has no more, from then on in Redis."""

    def __init__(self, dead_letters: DeadLetters, archive: Archive) -> None:
        self._dead_letters, self._archive = dead_letters, archive
        self._past_is_read = False

    def read(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        found: list[tuple[str, DeadLetter]] = []
        if not self._past_is_read:
            found = self._archive.letters(after, limit)
            if len(found) == limit:
                return found
            self._past_is_read = True
        after = found[-1][0] if found else after
        return found + self._dead_letters.read(after, limit - len(found))

    def put(self, letters: Sequence[DeadLetter], once: str | None = None) -> None:
        self._dead_letters.put(letters, once)

    def counts(self) -> list[DeadCount]:
        return self._dead_letters.counts()
