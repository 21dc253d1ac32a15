"""The archive's process: the log in, SQL out, the log trimmed behind.

One loop on one thread. What was folded and could not be written yet is held and written first
when the database is there again; nothing is read meanwhile, so the log itself is what waits.
"""

import logging
import time
from collections.abc import Callable, Sequence

from cockpit.clock import Clock
from cockpit.errors import CockpitError
from cockpit.ports import (
    ArchiveEnd,
    DeadLetter,
    DeadLetters,
    Lock,
    Log,
    RuleSet,
    Stats,
    StopSignal,
)
from datasource.archive.recorder import Recorder
from datasource.archive.restoring import restored, try_rules
from datasource.archive.store import Past, Store
from datasource.database.batch import Batch
from datasource.database.retention import Retained
from datasource.outage import Outage, passes

_logger = logging.getLogger(__name__)

KEPT_IN_LOG = 20_000
_BATCH = 5000
_LETTERS = 500
_COMMIT_SECONDS = 0.2  # between two commits while little comes
_RETRY_SECONDS = 0.5
# A checkpoint takes a third of a second and megabytes (of a month's district 2.4): one after so
# many real seconds, if so much has been folded since that it would hold up a restart.
_CHECKPOINT_SECONDS, _WORTH_A_CHECKPOINT = 300.0, 10_000
_MANY_ENTRIES = 100_000  # in any half-hour
# Time is let pass by the clock only after so many real seconds without an entry: entries bring
# their own, and those of a simulated past bring an older one.
_IDLE_SECONDS = 20.0


class Archivist:
    """The one writer of a district's archive.

    Stats of role `archive`, each second: seq, lag_entries, lag_ms, events, commits, commit_ms
    (of the last one), checkpoints, trimmed (entries let go), waiting (1 while it cannot write).
    """

    def __init__(
        self,
        make_recorder: Callable[[Sequence[RuleSet]], Recorder],
        log: Log,
        dead_letters: DeadLetters,
        past: Past,
        store: Store,
        lock: Lock,
        stats: Stats,
        clock: Clock,
        rules_text: str,
        prepare: Callable[[], None],
        mend_log: Callable[[], bool],
        let_go: Callable[[int], Retained | None],
        kept_in_log: int = KEPT_IN_LOG,
    ) -> None:
        """`rules_text` are the rules that hold from now on; `prepare` brings the database's schema
        up to date; `mend_log` makes the log go on where the archive ends, if it does not
        (datasource/archive/rewind.py);
        `let_go` does a step of the night's work (datasource/archive/nightly.py). `kept_in_log`
        entries stay in Redis though SQL has them."""
        self._kept_in_log = kept_in_log
        self._make_recorder, self._rules_text = make_recorder, rules_text
        self._prepare, self._mend_log, self._let_go = prepare, mend_log, let_go
        self._log, self._dead_letters, self._past = log, dead_letters, past
        self._store, self._lock, self._stats, self._clock = store, lock, stats, clock
        self._outage = Outage(_logger, "The archive")
        self._recorder: Recorder | None = None
        self._end = ArchiveEnd(0, 0, "0", "")
        self._letters = "0"
        self._pending: Batch | None = None
        self._refusals: list[DeadLetter] = []
        self._since_checkpoint = 0
        self._next_checkpoint = self._next_look = 0.0
        self._last_entry = time.monotonic()
        self._counts = dict.fromkeys(("events", "commits", "commit_ms", "checkpoints"), 0.0)
        self._trimmed = 0

    def run(self, stop: StopSignal) -> None:
        """Archive until `stop`; then write what is in hand, and a checkpoint."""
        try:
            while not stop.is_set():
                try:
                    self._step(stop)
                    self._outage.over()
                except CockpitError as error:
                    self._mend(error, stop)
            self._last_words()
        finally:
            self._lock.release()

    def _mend(self, error: CockpitError, stop: StopSignal) -> None:
        if error.code in {"log.changed", "archive.moved"}:
            _logger.warning("%s", error)
            self._recorder = None
        elif passes(error):
            self._outage.failed(error)
            self._tell_that_it_waits()
            stop.wait(_RETRY_SECONDS)
        else:
            raise error

    def _tell_that_it_waits(self) -> None:
        try:
            self._stats.write("archive", {"seq": self._end.n, "waiting": 1.0}, "waiting")
        except CockpitError:
            return

    def _last_words(self) -> None:
        recorder = self._recorder
        if recorder is None:
            return
        try:
            if self._pending is not None:
                self._write(recorder, self._pending)
            checkpoint = self._since_checkpoint > 0
            self._write(recorder, self._new_batch(recorder), checkpoint=checkpoint)
        except CockpitError as error:
            # It lies in the log and is taken from there at the next start.
            _logger.warning("Ends without a last checkpoint: %s", error)

    # -- the loop ------------------------------------------------------------------------

    def _step(self, stop: StopSignal) -> None:
        if not self._lock.keep():
            self._recorder = None
            self._stats.write("archive", {}, "standby")
            stop.wait(_RETRY_SECONDS)
            return
        recorder = self._recorder
        if recorder is None:
            recorder = self._recorder = self._begin()
        if self._pending is not None:
            self._write(recorder, self._pending)
        begun = time.monotonic()
        entries = self._log.read(recorder.projector.seq, _BATCH, int(_COMMIT_SECONDS * 1000))
        letters = self._dead_letters.read(self._letters, _LETTERS)
        recorder.hear(letters)
        batch = self._new_batch(recorder, letters)
        for entry in entries:
            if batch.entries and recorder.crosses(entry.received):
                folded = self._since_checkpoint + len(batch.entries)
                worth_it = recorder.worth_a_checkpoint(entry.received, folded)
                if worth_it or recorder.forgets_at(entry.received):
                    self._write(recorder, batch, checkpoint=worth_it)
                    batch = self._new_batch(recorder)
            recorder.fold(entry, batch)
        if entries:
            self._last_entry = begun
        elif begun - self._last_entry > _IDLE_SECONDS and recorder.projector.seq:
            recorder.pass_time(self._clock.now(), batch)
        full = len(entries) == _BATCH
        self._write(recorder, batch, checkpoint=self._is_time())
        self._each_second(recorder)
        if not full:
            self._one_step_of_the_night()
            stop.wait(max(0.0, begun + _COMMIT_SECONDS - time.monotonic()))

    def _one_step_of_the_night(self) -> None:
        done = self._let_go(self._clock.now())
        if done is not None and (done.positions or done.checkpoints):
            _logger.info("Let go: %s", done)

    def _begin(self) -> Recorder:
        """Fold up to where the archive ends: out of the archive alone."""
        self._pending = None
        self._refusals.clear()
        self._prepare()
        self._mend_log()
        try_rules(self._make_recorder, self._past, self._rules_text)
        rule_sets = self._past.adopt_rules(self._rules_text, self._log.head())
        end = self._past.end()
        recorder = restored(lambda: self._make_recorder(rule_sets), self._past, end)
        recorder.sampled = self._past.sampled()
        epoch = self._log.epoch()
        self._end = ArchiveEnd(end.n, end.received, end.letters, epoch)
        self._letters = end.letters
        self._since_checkpoint = 0
        self._next_checkpoint = time.monotonic() + _CHECKPOINT_SECONDS
        _logger.info("Archives from number %d on", end.n + 1)
        return recorder

    def _new_batch(
        self, recorder: Recorder, letters: Sequence[tuple[str, DeadLetter]] = ()
    ) -> Batch:
        if letters:
            self._letters = letters[-1][0]
        return Batch(self._end, recorder.rule_sets, letters=list(letters))

    def _write(self, recorder: Recorder, batch: Batch, checkpoint: bool = False) -> None:
        """Write a batch, or keep it in hand. Nothing is folded before it has been written."""
        if batch is not self._pending:
            self._finish(recorder, batch, checkpoint)
        if not batch.rows() and batch.checkpoint is None:
            return
        self._pending = batch
        begun = time.monotonic()
        if self._refusals:
            # Before the commit: whoever goes on behind it folds none of these again.
            self._dead_letters.put(self._refusals)
            self._refusals.clear()
        stored = self._store.store(batch)
        self._pending = None
        if stored.end.n != batch.end.n:
            raise CockpitError("archive.moved", number=stored.end.n)
        self._end = batch.end
        self._counts["commit_ms"] = round((time.monotonic() - begun) * 1000, 3)
        self._counts["commits"] += 1
        self._counts["events"] += len(batch.entries)

    def _finish(self, recorder: Recorder, batch: Batch, checkpoint: bool) -> None:
        self._refusals += recorder.finish(batch)
        last = batch.entries[-1][0] if batch.entries else None
        batch.end = ArchiveEnd(
            last.n if last else self._end.n,
            last.received if last else self._end.received,
            self._letters,
            self._end.epoch,
        )
        self._since_checkpoint += len(batch.entries)
        if checkpoint and self._since_checkpoint:
            batch.checkpoint = recorder.checkpoint()
            self._since_checkpoint = 0
            self._next_checkpoint = time.monotonic() + _CHECKPOINT_SECONDS
            self._counts["checkpoints"] += 1

    def _is_time(self) -> bool:
        late = time.monotonic() >= self._next_checkpoint
        return self._since_checkpoint >= (_WORTH_A_CHECKPOINT if late else _MANY_ENTRIES)

    def _each_second(self, recorder: Recorder) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + 1.0
        if self._log.epoch() != self._end.epoch:
            _logger.warning("The log began a new epoch")
            self._recorder = None
            return
        # The entry at the archive's end stays: by it the log is known again.
        self._trimmed += self._log.trim(self._end.n - 1, self._kept_in_log)
        behind = self._log.head() - self._end.n
        lag = self._clock.now() - recorder.projector.now if behind else 0
        figures = self._counts | {
            "seq": self._end.n,
            "lag_entries": behind,
            "lag_ms": max(0, lag) // 1000,
            "trimmed": self._trimmed,
            "waiting": 0,
        }
        self._stats.write("archive", figures, "active")
