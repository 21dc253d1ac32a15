"""The projector's loop without Redis: the order of things, time, and what is said of an outage."""

import pytest

from cockpit.clock import ManualClock
from cockpit.ports import DeadLetter, StopSignal
from datasource.follower import Follower
from datasource.projection import Projection
from tests.support import NOW, event
from tests.twins import (
    Counting,
    MemoryDeadLetters,
    MemoryFrameBus,
    MemoryLock,
    MemoryLog,
    MemoryStats,
)


class Once(StopSignal):
    """Ends a loop after so many looks."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0

    def wait(self, timeout: float) -> bool:
        return self._left <= 0


def test_dead_letters_are_heard_in_their_place() -> None:
    log, letters, fold = MemoryLog(), MemoryDeadLetters(), Counting()
    for place in range(4):
        log.append([event(place)], NOW + place * 1000)
        letters.put([DeadLetter(b"?", f"type.unknown{place}", "", NOW + place * 1000 + 500)])
    follower = Follower(fold, log, letters)
    assert follower.take(0) == 4
    follower.settle(NOW + 10_000)
    assert fold.order == [
        word for i in range(4) for word in (f"e{i}", f"type.unknown{i}")
    ]  # fmt: skip
    assert fold.now == NOW + 10_000
    assert follower.dead_letters == 4


def test_time_does_not_run_ahead_of_what_waits() -> None:
    log, fold = MemoryLog(), Counting()
    log.append([event(i) for i in range(700)], NOW)
    follower = Follower(fold, log, MemoryDeadLetters())
    follower.take(0)
    follower.settle(NOW + 60_000_000)
    assert (fold.seq, fold.now) == (500, NOW)
    assert follower.lag_ms(NOW + 60_000_000) == 60_000
    follower.take(0)
    follower.settle(NOW + 60_000_000)
    assert (fold.seq, fold.now) == (700, NOW + 60_000_000)
    assert follower.lag_ms(NOW + 60_000_000) == 0


def test_an_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    log = MemoryLog()
    projection = Projection(
        Counting, log, MemoryDeadLetters(), MemoryFrameBus(), MemoryLock(), MemoryStats(),
        ManualClock(NOW), 40,
    )  # fmt: skip
    projection.run(Once(3))
    log.down = True
    projection.run(Once(5))
    log.down = False
    projection.run(Once(3))
    said = [record.message for record in caplog.records]
    assert len([s for s in said if s.startswith("The projector waits")]) == 1
    assert len([s for s in said if s.startswith("The projector goes on after")]) == 1
