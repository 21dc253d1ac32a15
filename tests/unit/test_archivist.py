"""The archive's loop with twins: what it writes when, and what it does when it cannot."""

import threading
from collections.abc import Sequence

import pytest

from cockpit.clock import HOUR, SECOND
from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd, Checkpoint, DeadLetter, Entry, RuleSet
from datasource.archive.archivist import Archivist
from datasource.archive.recorder import Recorder
from datasource.database.batch import Batch
from datasource.rules_in_force import changes_of
from datasource.site import geography_of
from tests.past import RULES_TEXT, PastLog
from tests.property.small_world import message
from tests.support import NOW
from tests.twins import ManualClock, MemoryDeadLetters, MemoryLock, MemoryStats
from tests.unit.simulated import district

REGIONS = district()[0]
GRID = REGIONS.at_level("grid")[0]
COMMUNITY = REGIONS.ancestor(GRID.index, "community").code  # type: ignore[union-attr]


class Stored:
    """What a batch came to."""

    def __init__(self, end: ArchiveEnd) -> None:
        self.end = end


class MemoryArchive:
    """Past and store in one; `faults` are raised by the next stores."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.faults: list[CockpitError] = []
        self.rules: list[RuleSet] = []

    def store(self, batch: Batch) -> Stored:
        if self.faults:
            raise self.faults.pop(0)
        self.batches.append(batch)
        return Stored(batch.end)

    def end(self) -> ArchiveEnd:
        return self.batches[-1].end if self.batches else ArchiveEnd(0, 0, "0", "")

    def entries(self) -> list[Entry]:
        return [entry for batch in self.batches for entry, _ in batch.entries]

    def read(self, after: int, limit: int) -> list[Entry]:
        return [entry for entry in self.entries() if entry.n > after][:limit]

    def number_at(self, instant: int) -> int:
        raise NotImplementedError

    def letters(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        return []

    def checkpoint(self, n: int | None = None, at: int | None = None) -> Checkpoint | None:
        taken = [batch.checkpoint for batch in self.batches if batch.checkpoint]
        return next((c for c in reversed(taken) if n is None or c.n <= n), None)

    def rule_sets(self) -> list[RuleSet]:
        return self.rules

    def adopt_rules(self, text: str, head: int) -> list[RuleSet]:
        self.rules = self.rules or [RuleSet(1, text)]
        return self.rules

    def sampled(self) -> int:
        return max((s.at for batch in self.batches for s in batch.samples), default=0)


class Run:
    """An archivist over prepared entries."""

    def __init__(self, entries: Sequence[Entry], archive: MemoryArchive | None = None) -> None:
        self.archive = archive or MemoryArchive()
        self.letters, self.lock, self.stats = MemoryDeadLetters(), MemoryLock(), MemoryStats()
        self.log = PastLog(entries)
        self.waits = 0
        regions, _, _ = district()
        self.archivist = Archivist(
            make_recorder=lambda sets: Recorder(regions, changes_of(sets), geography_of),
            log=self.log,
            dead_letters=self.letters,
            past=self.archive,
            store=self.archive,
            lock=self.lock,
            stats=self.stats,
            clock=ManualClock(NOW),
            rules_text=RULES_TEXT,
            prepare=lambda: None,
            mend_log=lambda: False,
            let_go=lambda _: None,
        )

    def run(self) -> MemoryArchive:
        """Until the log has no more."""
        self.archivist.run(self)
        return self.archive

    def is_set(self) -> bool:
        return self.log.drained.is_set()

    def wait(self, timeout: float) -> bool:
        self.waits += 1
        assert self.waits < 1000, "it never ends"
        return self.is_set()


def reported(n: int, at: int, key: str | None = None) -> Entry:
    """A case that is reported."""
    data = {"category": "0101", "grade": "urgent", "channel": "patrol"}
    raw = message(n, "case.reported", f"case/{key or n}", at, GRID.code, data)
    return Entry(n, at, raw)


def test_everything_is_written_once_and_in_order() -> None:
    entries = [reported(n, NOW + n * SECOND) for n in range(1, 12_000)]
    archive = Run(entries).run()
    assert archive.entries() == entries
    assert len(archive.batches) < 6
    assert archive.end() == ArchiveEnd(11_999, NOW + 11_999 * SECOND, "0", "past")
    keys = [row.key for batch in archive.batches for row in batch.cases]
    assert len(keys) == len(set(keys)) == 11_999


def test_the_end_leaves_a_checkpoint_and_a_start_goes_on_from_it() -> None:
    entries = [reported(n, NOW + n * SECOND) for n in range(1, 11)]
    archive = Run(entries[:6]).run()
    checkpoint = archive.checkpoint()
    assert checkpoint is not None
    assert checkpoint.n == 6
    again = Run(entries[6:], archive)
    again.run()
    assert archive.entries() == entries
    kept = archive.checkpoint()
    assert kept is not None
    assert kept.n == 10
    # What was folded again out of the archive is not written again.
    keys = [row.key for batch in archive.batches for row in batch.cases]
    assert sorted(keys, key=int) == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize("code", ["archive.unreachable", "archive.full", "database.password"])
def test_what_cannot_be_written_is_held_and_written_first(code: str) -> None:
    entries = [reported(n, NOW + n * HOUR) for n in range(1, 40)]
    run = Run(entries)
    run.archive.faults = [CockpitError(code, where="here", why="gone") for _ in range(3)]
    archive = run.run()
    assert archive.entries() == entries
    assert run.waits >= 3
    samples = [sample.at for batch in archive.batches for sample in batch.samples]
    assert samples == sorted(set(samples))


def test_a_lasting_fault_ends_it() -> None:
    run = Run([reported(1, NOW)])
    run.archive.faults = [CockpitError("archive.gap", wanted=1, found=7)]
    with pytest.raises(CockpitError, match="lacks number 1"):
        run.run()


def test_another_writer_makes_it_begin_again() -> None:
    entries = [reported(n, NOW + n * SECOND) for n in range(1, 4)]
    run = Run(entries)
    store = run.archive.store

    def moved(batch: Batch) -> Stored:
        # Another process has written the same first.
        run.archive.store = store  # type: ignore[method-assign]
        run.log = run.archivist._log = PastLog(entries[2:])  # type: ignore[assignment]
        store(Batch(ArchiveEnd(2, entries[1].received, "0", "past"), entries=[
            (entry, None) for entry in entries[:2]]))  # fmt: skip
        raise CockpitError("archive.moved", number=2)

    run.archive.store = moved  # type: ignore[method-assign]
    assert [entry.n for entry in run.run().entries()] == [1, 2, 3]


def test_refusals_are_told_before_they_are_behind() -> None:
    entries = [reported(1, NOW), reported(2, NOW + SECOND, key="1")]
    run = Run(entries)
    run.run()
    assert [(letter.n, letter.code) for letter in run.letters.letters] == [(2, "case.exists")]


def test_half_hours_end_between_the_entries() -> None:
    start = NOW - NOW % HOUR
    archive = Run([reported(1, start + SECOND), reported(2, start + 2 * HOUR + SECOND)]).run()
    samples = [sample for batch in archive.batches for sample in batch.samples]
    assert [sample.at - start for sample in samples] == [HOUR // 2, HOUR, 3 * HOUR // 2, 2 * HOUR]
    assert samples[0].values[COMMUNITY]["cases.open"] == 1
    # Only what changed is told again.
    assert COMMUNITY not in samples[1].values


def test_who_has_not_the_lock_writes_nothing() -> None:
    run = Run([reported(1, NOW)])
    run.lock.free = False
    ended = threading.Event()

    def wait(_: float) -> bool:
        run.waits += 1
        if run.waits == 3:
            ended.set()
        return ended.is_set()

    run.wait = wait  # type: ignore[method-assign]
    run.is_set = ended.is_set  # type: ignore[method-assign]
    assert run.run().batches == []
