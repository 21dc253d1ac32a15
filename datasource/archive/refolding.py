"""The archive's whole past folded once more, from its beginning: for imports, `rebuild` and
`verify`. The same recorder as live, and its batches end where the live ones do.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, func, select

from cockpit.ports import Archive, ArchiveEnd, DeadLetter, Entry
from datasource.archive.recorder import Recorder
from datasource.database import tables
from datasource.database.batch import Batch
from datasource.database.rows import stream_id

PAGE = 5000
_LETTERS = 500

Letters = Sequence[tuple[str, DeadLetter]]


class Refold:
    """Folds entry by entry and hands on batches. `end` is what has been handed on."""

    def __init__(
        self, recorder: Recorder, sink: Callable[[Batch], None], epoch: str, checkpoints: bool
    ) -> None:
        """`checkpoints`: batches carry them, as often as live at the ends of half-hours."""
        self.recorder, self._sink, self._checkpoints = recorder, sink, checkpoints
        self.end = ArchiveEnd(0, 0, "0", epoch)
        self._batch = Batch(self.end)
        self._since_checkpoint = 0

    def hear(self, letters: Letters) -> None:
        """Dead letters, before the entries that were received after them."""
        self.recorder.hear(letters)
        self._batch.letters.extend(letters)

    def fold(self, entry: Entry) -> None:
        """The next entry."""
        if self._batch.entries:
            self._end_batch(entry.received)
        self.recorder.fold(entry, self._batch)

    def _end_batch(self, received: int) -> None:
        """Hand the batch on when it is full, or when a half-hour ends before what is received
        next and either it is worth a checkpoint or the ledgers may forget what they noted."""
        worth_it = must = False
        if self.recorder.crosses(received):
            folded = self._since_checkpoint + len(self._batch.entries)
            worth_it = self.recorder.worth_a_checkpoint(received, folded)
            must = self.recorder.forgets_at(received)
        if worth_it or must or len(self._batch.entries) >= PAGE:
            self.hand_on(checkpoint=worth_it)

    def pass_time(self, instant: int) -> None:
        """Let time pass behind the last entry."""
        self.recorder.pass_time(instant, self._batch)

    def skip(self, up_to: int) -> None:
        """Numbers up to this one never came."""
        self.end = ArchiveEnd(up_to, self.end.received, self.end.letters, self.end.epoch)

    def hand_on(self, checkpoint: bool = False) -> None:
        """Hand on what has been folded."""
        batch, end = self._batch, self.end
        self.recorder.finish(batch)
        last = batch.entries[-1][0] if batch.entries else None
        self.end = batch.end = ArchiveEnd(
            last.n if last else end.n,
            last.received if last else end.received,
            batch.letters[-1][0] if batch.letters else end.letters,
            end.epoch,
        )
        self._since_checkpoint += len(batch.entries)
        if checkpoint and self._checkpoints and self._since_checkpoint:
            batch.checkpoint = self.recorder.checkpoint()
            self._since_checkpoint = 0
        self._sink(batch)
        self._batch = Batch(self.end)


class PastReader:
    """Entries of the archive up to an end, and the dead letters that come before them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._after, self._letter = 0, "0"
        self._waiting: list[tuple[str, DeadLetter]] = []

    def pages(self, end: ArchiveEnd) -> Iterator[tuple[Letters, list[Entry]]]:
        """Letters and the entries that follow them; may go on later up to another end."""
        while self._after < end.n:
            found = self._archive.read(self._after, min(PAGE, end.n - self._after))
            if not found:
                self._after = end.n  # the last ones were declared lost
                break
            self._after = found[-1].n
            yield self._letters(found[-1].received, end.letters), found
        yield self._letters(None, end.letters), []

    def _letters(self, until: int | None, last: str) -> Letters:
        """Letters, at least those before an instant (None: all), not behind the last one."""
        taken, self._waiting = self._waiting, []
        while until is None or not taken or taken[-1][1].at <= until:
            found = self._archive.letters(self._letter, _LETTERS)
            inside = [pair for pair in found if stream_id(pair[0]) <= stream_id(last)]
            if not inside:
                break
            self._letter = inside[-1][0]
            taken += inside
        return taken


def passed(connection: Connection, end: ArchiveEnd) -> int:
    """Up to which instant time had passed when the archive was last written, as far as its rows
    tell."""
    newest = (
        select(func.max(tables.checkpoints.c.at)),
        select(func.max(tables.half_hours.c.at)),
        select(func.max(tables.moments.c.at)),
    )
    return max(end.received, *(connection.scalar(one) or 0 for one in newest))
