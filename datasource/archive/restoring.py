"""The archive's fold as of the archive's end, out of the archive alone."""

import logging
from collections.abc import Callable, Sequence

from msgspec import MsgspecError

from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Archive, ArchiveEnd, Checkpoint, RuleSet
from datasource.archive.recorder import Recorder
from datasource.database.batch import Batch

_logger = logging.getLogger(__name__)
_PAGE = 5000


def restored(make: Callable[[], Recorder], past: Archive, end: ArchiveEnd) -> Recorder:
    """A recorder that has folded the archive up to its end: from the newest checkpoint that can
    be read, else from the beginning. What it notes on the way has been written before."""
    recorder = make()
    checkpoint: Checkpoint | None = past.checkpoint(n=end.n)
    while checkpoint is not None:
        try:
            recorder.load(checkpoint)
            break
        # What else a body can do to its reader that was cut off or written by another build.
        except (CockpitError, MsgspecError, LookupError, TypeError, ValueError) as error:
            _logger.warning("The checkpoint of number %d is passed over: %r", checkpoint.n, error)
            recorder = make()
            checkpoint = past.checkpoint(n=checkpoint.n - 1) if checkpoint.n else None
    after = recorder.letters
    while found := past.letters(after, _PAGE):
        recorder.hear(found)
        after = found[-1][0]
    scratch = Batch(end, recorder.rule_sets)
    recorder.sampled = end.received + 1  # samples are none of this fold's business
    while entries := past.read(recorder.projector.seq, _PAGE):
        for entry in entries:
            recorder.fold(entry, scratch)
        recorder.finish(scratch)
        scratch = Batch(end, recorder.rule_sets)
    return recorder


def try_rules(make: Callable[[Sequence[RuleSet]], Recorder], past: Archive, text: str) -> None:
    """Rules that cannot follow those in force change nothing: CockpitError
    `ledger.unreadable`."""
    known = past.rule_sets()
    if known and known[-1].text != text:
        recorder = restored(lambda: make(known), past, past.end())
        recorder.try_on(Rules.from_toml(text))
