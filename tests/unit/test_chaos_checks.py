"""The kill matrix finds what is wrong: its checks on archives with one fault each."""

import json
from typing import Any

import pytest

from cockpit.ports import DeadLetter, Entry
from tests.chaos import checks
from tests.chaos.plan import SINGLE, plan_of
from tests.chaos.recompute import Past
from tests.chaos.sources import Sent
from tests.support import NOW, event


def past(*numbers: int, tag: str = "http", letters: tuple[int, ...] = ()) -> Past:
    """An archive of the source's events with these numbers, and its rejected ones."""
    made = Past.__new__(Past)
    raws = [_raw(number, tag) for number in numbers]
    made.entries = [Entry(n, NOW, raw) for n, raw in enumerate(raws, 1)]
    made.letters = [DeadLetter(_raw(number, tag), "region.unknown", "", NOW) for number in letters]
    made.names = [(f"/{tag}", f"{tag}-{number}") for number in numbers]
    return made


def _raw(number: int, tag: str) -> bytes:
    message = json.loads(event(number, f"/{tag}").raw)
    return json.dumps(message | {"id": f"{tag}-{number}", "sequence": str(number)}).encode()


def sent(last: int, acknowledged: bool = True, first: int = 1, **more: Any) -> Sent:
    return Sent("http", acknowledged, first, last, **more)


def test_what_was_acknowledged_is_there_once() -> None:
    assert list(checks.archived(past(1, 2, 3, letters=(4,)), [sent(4, bad={4})])) == []


@pytest.mark.parametrize(
    ("archive", "what"),
    [
        (past(1, 3), "1 acknowledged and not in SQL"),
        (past(1, 2, 3, 2), "1 events are in SQL twice"),
        (past(1, 2, 3, 4), "1 in SQL that it never sent"),
        (past(1, 2, 3, tag="other"), "events of {'/other'} are in SQL"),
    ],
)
def test_a_lost_a_repeated_and_a_strange_event_are_found(archive: Past, what: str) -> None:
    assert any(what in line for line in checks.archived(archive, [sent(3)]))


def test_a_hole_in_the_numbers_is_found() -> None:
    archive = past(1, 2, 3)
    archive.entries[2] = Entry(4, NOW, archive.entries[2].raw)
    assert "numbers are missing before [4]" in list(checks.archived(archive, [sent(3)]))


def test_a_source_that_stopped_is_told() -> None:
    found = list(checks.archived(past(1), [sent(1, fault="ValueError()")]))
    assert found == ["/http stopped: ValueError()"]


@pytest.mark.parametrize(("shown", "wrong"), [(2, False), (0, True), (3, True)])
def test_missed_is_the_holes_between_what_was_heard(shown: int, wrong: bool) -> None:
    frame = {"sources": [{"source": "/http", "missed": shown}]}
    archive = past(11, 12, 15, 18, letters=(17,))  # 13, 14, 16 and 17 are no events
    archive.letters.append(DeadLetter(_raw(16, "http"), "region.unknown", "", NOW))
    found = list(checks.holes_show(archive, [sent(20, False, first=11)], frame))
    assert bool(found) == wrong


def test_every_fault_comes_alone_within_twenty_seeds_and_a_seed_means_one_plan() -> None:
    plans = [plan_of(seed) for seed in range(1, 21)]
    assert {plan.rounds[0][0].name for plan in plans} == {fault.name for fault in SINGLE}
    assert plans == [plan_of(seed) for seed in range(1, 21)]
    for plan in plans:
        targets = [fault.target for faults in plan.rounds for fault in faults]
        assert plan.postgres or "database" not in targets
        assert not (plan.postgres and plan.small_disk)
