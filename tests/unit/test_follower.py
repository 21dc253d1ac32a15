"""The projector's loop without Redis: the order of things, time, and what is said of an outage."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cockpit.domain.rules import Rules
from cockpit.ports import DeadLetter, RuleSet, StopSignal
from datasource.follower import Follower
from datasource.projection import Projection
from datasource.resume import Resume
from tests.support import NOW, event, wait_for
from tests.twins import (
    Counting,
    ManualClock,
    MemoryArchive,
    MemoryDeadLetters,
    MemoryFrameBus,
    MemoryLock,
    MemoryLog,
    MemoryStats,
    OpenGeography,
)

TEXT = Path("rules.toml").read_text("utf-8")


class Once(StopSignal):
    """Ends a loop after so many looks."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0

    def wait(self, timeout: float) -> bool:
        return self._left <= 0


def rules(minutes: int) -> Rules:
    text = TEXT.replace("parking_seconds = 900", f"parking_seconds = {minutes * 60}")
    return Rules.from_toml(text)


def following(fold: Counting, log: MemoryLog, letters: MemoryDeadLetters) -> Follower:
    return Follower(fold, log, letters, "0", (), lambda _: None)


def test_dead_letters_are_heard_in_their_place() -> None:
    log, letters, fold = MemoryLog(), MemoryDeadLetters(), Counting()
    for place in range(4):
        log.append([event(place)], NOW + place * 1000)
        letters.put([DeadLetter(b"?", f"type.unknown{place}", "", NOW + place * 1000 + 500)])
    follower = following(fold, log, letters)
    assert follower.take(0) == 4
    follower.settle(NOW + 10_000, active=True)
    assert fold.order == [
        word for i in range(4) for word in (f"e{i}", f"type.unknown{i}")
    ]  # fmt: skip
    assert fold.now == NOW + 10_000
    assert follower.dead_letters == 4


def test_time_does_not_run_ahead_of_what_waits() -> None:
    log, fold = MemoryLog(), Counting()
    log.append([event(i) for i in range(700)], NOW)
    follower = following(fold, log, MemoryDeadLetters())
    follower.take(0)
    follower.settle(NOW + 60_000_000, active=True)
    assert (fold.seq, fold.now) == (500, NOW)
    assert follower.lag_ms(NOW + 60_000_000) == 60_000
    follower.take(0)
    follower.settle(NOW + 60_000_000, active=True)
    assert (fold.seq, fold.now) == (700, NOW + 60_000_000)
    assert follower.lag_ms(NOW + 60_000_000) == 0


def test_rules_change_before_their_first_entry() -> None:
    log, fold = MemoryLog(), Counting()
    log.append([event(i) for i in range(1, 6)], NOW)
    adopted = fold.adopt
    changes = [(1, rules(15)), (4, rules(20))]
    follower = Follower(
        fold, log, MemoryDeadLetters(), "0", changes, lambda new: adopted(new, OpenGeography())
    )
    follower.take(0)
    assert fold.order == ["rules 15", "e1", "e2", "e3", "rules 20", "e4", "e5"]
    follower.expect([(6, rules(25))])
    log.append([event(6)], NOW)
    follower.take(0)
    assert fold.order[-2:] == ["rules 25", "e6"]


def test_who_is_not_active_holds_what_was_refused() -> None:
    log, letters = MemoryLog(), MemoryDeadLetters()
    log.append([event(i) for i in (13, 14, 113)], NOW)
    follower = following(Counting(), log, letters)
    follower.take(0)
    follower.settle(NOW, active=False)
    assert letters.letters == []
    follower.settle(NOW, active=True)
    assert [letter.n for letter in letters.letters] == [1, 3]
    follower.settle(NOW, active=True)
    assert len(letters.letters) == 2


class Site:
    """A projector's loop and what stands around it, in memory. `showing` are the frames' numbers
    of the district."""

    def __init__(self, archive: MemoryArchive | None = None) -> None:
        self.log, self.letters, self.bus = MemoryLog(), MemoryDeadLetters(), MemoryFrameBus()
        self.archive, self.lock, self.stats = (
            archive or MemoryArchive(),
            MemoryLock(),
            MemoryStats(),
        )
        self.clock, self.text = ManualClock(NOW), TEXT
        self.projection = self.another(self.lock)

    def another(self, lock: MemoryLock) -> Projection:
        resume = Resume(self.archive, self.text, lambda *_: Counting(), lambda _: OpenGeography())
        return Projection(
            resume, self.log, self.letters, self.archive, lambda: False, self.bus, lock,
            self.stats, self.clock, 40,
        )  # fmt: skip

    def until(self, look: Callable[[], object]) -> None:
        """Let it go on until something is so: a view's next frame has its time."""
        wait_for(lambda: self.projection.run(Once(1)) or look())

    @property
    def showing(self) -> list[int]:
        frames = self.bus.frames.get("120110/wall", [])
        return [msgspec.json.decode(frame)["seq"] for frame in frames]


def test_a_standby_publishes_nothing_until_the_lock_is_free() -> None:
    site = Site()
    site.lock.free = False
    site.log.append([event(i) for i in range(5)], NOW)
    site.projection.run(Once(3))
    assert site.showing == []
    assert site.stats.all()[0].state == "standby"
    site.log.append([event(i) for i in range(5, 9)], NOW)
    site.lock.free = True
    site.bus.token = "2-memory"
    site.projection.run(Once(3))
    assert site.showing[0] == 9
    assert set(site.bus.frames) == set(Counting.views)


def test_who_lost_the_lock_without_knowing_publishes_nothing() -> None:
    site = Site()
    site.projection.run(Once(2))
    shown = len(site.showing)
    assert shown
    site.lock.free, site.bus.token = False, "1-another"
    site.log.append([event(1)], NOW)
    site.projection.run(Once(3))
    assert len(site.showing) == shown
    site.lock.free, site.bus.token = True, "2-memory"
    site.until(lambda: site.showing[-1] == 1)


def test_a_takeover_does_not_go_back_behind_what_was_shown() -> None:
    """The dead one had folded all of the log; who follows it first does too."""
    site = Site()
    site.lock.free = False
    site.projection.run(Once(2))
    site.log.append([event(i) for i in range(1200)], NOW)
    site.lock.free, site.bus.token = True, "2-memory"
    site.projection.run(Once(1))  # one batch of 500
    assert site.showing == []
    site.until(lambda: site.showing)
    assert site.showing[0] == 1200


def test_a_new_epoch_is_begun_under_the_rules_of_now() -> None:
    site = Site()
    site.archive.sets = [RuleSet(1, TEXT)]
    site.text = TEXT.replace("parking_seconds = 900", "parking_seconds = 1200")
    site.log.append([event(1)], NOW)
    site.projection = site.another(site.lock)
    site.projection.run(Once(2))
    assert [each.from_n for each in site.archive.sets] == [1, 2]
    site.log.append([event(2)], NOW)
    site.until(lambda: site.showing[-1] == 2)
    last = msgspec.json.decode(site.bus.frames["120110/wall"][-1])
    assert last["order"] == ["e1", "rules 20", "e2"]


def test_an_archive_that_is_away_stops_no_frames(caplog: pytest.LogCaptureFixture) -> None:
    site = Site()
    site.lock.free = False
    site.projection.run(Once(2))
    site.archive.down, site.lock.free, site.bus.token = True, True, "2-memory"
    site.projection.run(Once(3))
    assert site.showing[-1] == 0
    assert len([r for r in caplog.records if "rules waits" in r.message]) == 1


def test_without_the_archive_it_does_not_begin(caplog: pytest.LogCaptureFixture) -> None:
    site = Site()
    site.archive.down = True
    site.projection.run(Once(4))
    assert site.showing == []
    assert site.stats.all()[0].state == "waiting"
    site.archive.down = False
    site.until(lambda: site.showing)
    said = [record.message for record in caplog.records]
    assert len([s for s in said if s.startswith("The projector waits")]) == 1
    assert len([s for s in said if s.startswith("The projector goes on after")]) == 1


def test_an_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    site = Site()
    log, projection = site.log, site.projection
    projection.run(Once(3))
    log.down = True
    projection.run(Once(5))
    log.down = False
    projection.run(Once(3))
    said = [record.message for record in caplog.records]
    assert len([s for s in said if s.startswith("The projector waits")]) == 1
    assert len([s for s in said if s.startswith("The projector goes on after")]) == 1
