"""Where a fold begins, and under which rules."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cockpit.clock import MINUTE
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Checkpoint, Geography, RuleSet
from datasource.follower import Fold
from datasource.resume import Resume
from tests.support import NOW, event
from tests.twins import Counting, MemoryArchive, MemoryLog, OpenGeography

TEXT = Path("rules.toml").read_text("utf-8")


def parked(minutes: int) -> str:
    """The rules with another time for early events."""
    return TEXT.replace("parking_seconds = 900", f"parking_seconds = {minutes * 60}")


class Marked(Counting):
    """Knows the rules that it was made with."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.rules = rules


def resume(archive: MemoryArchive, text: str = TEXT) -> Resume:
    def make(rules: Rules, _: Geography) -> Fold:
        return Marked(rules)

    return Resume(archive, text, make, lambda _: OpenGeography())


def body(count: int) -> bytes:
    log, fold = MemoryLog(), Counting()
    log.append([event(i) for i in range(count)], NOW)
    for entry in log.entries:
        fold.fold(entry)
    return fold.dump()


def minutes(fold: Fold) -> int:
    assert isinstance(fold, Marked)
    return fold.rules.parking // MINUTE


def numbers(changes: Sequence[tuple[int, Rules]]) -> list[tuple[int, int]]:
    return [(n, rules.parking // MINUTE) for n, rules in changes]


def test_the_first_rules_hold_from_the_beginning() -> None:
    archive = MemoryArchive()
    start = resume(archive).begin(70)
    assert archive.sets == [RuleSet(1, TEXT)]
    assert (start.projector.seq, start.letters, list(start.changes)) == (0, "0", [])


def test_the_newest_checkpoint_that_fits() -> None:
    archive = MemoryArchive()
    archive.checkpoints = [Checkpoint(n, NOW, f"{n}-0", body(n)) for n in (10, 20, 30)]
    start = resume(archive).begin(29)
    assert (start.projector.seq, start.letters) == (20, "20-0")


@pytest.mark.parametrize("bad", [b"", b"\xc1", b"\x93\x01", body(30)[:-5]])
def test_one_that_cannot_be_read_is_passed_over(
    bad: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    archive = MemoryArchive()
    archive.checkpoints = [Checkpoint(10, NOW, "1-0", body(10)), Checkpoint(30, NOW, "3-0", bad)]
    assert resume(archive).begin(40).projector.seq == 10
    assert len(caplog.records) == 1
    archive.checkpoints = archive.checkpoints[1:]
    start = resume(archive).begin(40)
    assert (start.projector.seq, start.letters) == (0, "0")


def test_a_checkpoint_goes_on_under_the_rules_of_its_time() -> None:
    archive = MemoryArchive()
    archive.sets = [RuleSet(1, parked(15)), RuleSet(11, parked(20)), RuleSet(21, parked(25))]
    expected = {0: (15, [(11, 20), (21, 25)]), 10: (15, [(11, 20), (21, 25)])}
    expected |= {11: (20, [(21, 25)]), 20: (20, [(21, 25)]), 21: (25, [])}
    for n, (in_force, behind) in expected.items():
        archive.checkpoints = [Checkpoint(n, NOW, "0", body(n))] if n else []
        start = resume(archive).begin(30)
        assert (minutes(start.projector), numbers(start.changes)) == (in_force, behind)


def test_other_rules_come_into_force_behind_the_head() -> None:
    archive = MemoryArchive()
    archive.sets = [RuleSet(1, parked(15))]
    one = resume(archive, parked(20))
    start = one.begin(0)
    changes = one.put_in_force(start.projector, 40)
    assert changes is not None
    assert numbers(changes) == [(41, 20)]
    assert archive.sets == [RuleSet(1, parked(15)), RuleSet(41, parked(20))]
    again = one.put_in_force(start.projector, 50)
    assert again is not None
    assert numbers(again) == [(41, 20)]


def test_rules_that_came_unheard_are_told() -> None:
    archive = MemoryArchive()
    archive.sets = [RuleSet(1, parked(15))]
    one = resume(archive, parked(20))
    start = one.begin(0)
    archive.sets.append(RuleSet(6, parked(20)))
    start.projector.load(body(5))
    assert one.put_in_force(start.projector, 5) is not None
    archive.sets.append(RuleSet(7, parked(20)))
    start.projector.load(body(8))
    assert one.put_in_force(start.projector, 8) is None


def test_rules_that_cannot_take_over_change_nothing() -> None:
    class Narrow(Marked):
        def load(self, data: bytes) -> None:
            raise CockpitError("ledger.unreadable", why="category")

    archive = MemoryArchive()
    archive.sets = [RuleSet(1, parked(15))]
    one = Resume(archive, parked(20), lambda rules, _: Narrow(rules), lambda _: OpenGeography())
    with pytest.raises(CockpitError):
        one.put_in_force(Counting(), 5)
    assert len(archive.sets) == 1
