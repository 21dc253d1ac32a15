"""The simulator's run: by the clock, in order, nothing lost, nothing under two numbers."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from cockpit.clock import DAY, HOUR, MINUTE, SECOND, parse_instant
from cockpit.errors import CockpitError
from datasource.simulator.disorder import GARBAGE
from datasource.simulator.messages import SOURCES, Made, made
from datasource.simulator.runner import ALIVE_EVERY, BATCH, Simulator
from datasource.simulator.scenarios import Disorder
from datasource.simulator.state import State, open_state
from tests.twins import ManualClock

NOW = parse_instant("2026-11-23T15:12:00+08:00")


class SmallWorld:
    """One case event each second; every third from another source; two at the same instant."""

    seed, district = 1, "120110"

    def __init__(self, beginning: int = NOW - HOUR, disorder: Disorder | None = None) -> None:
        self.beginning = beginning
        self.scenario = SimpleNamespace(disorder=disorder)

    def sources(self, now: int) -> tuple[int, ...]:
        return (0, 5)

    def events(self, start: int, end: int | None = None, each: int = 1) -> Iterator[Made]:
        second = -(-max(start, self.beginning) // SECOND)
        while end is None or second * SECOND < end:
            for twin in range(2 if second % 10 == 0 else 1):
                source = 5 if second % 3 == 0 else 0
                subject = f"case/{second}"
                stem = f"{second}-{twin}"
                yield made(second * SECOND, source, stem, "case.closed", subject, "120110")
            second += 1


class Doors:
    """Everything the simulator is handed, in memory. `heard` messages more are heard by
    somebody (None: all); `down` makes every door raise."""

    def __init__(self) -> None:
        self.published: list[bytes] = []
        self.appended: list[bytes] = []
        self.kept: dict[str, str] = {}
        self.heard: int | None = None
        self.down = False

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="here")

    def publish(self, messages: Sequence[bytes]) -> int:
        self._check()
        reached = len(messages) if self.heard is None else min(self.heard, len(messages))
        if self.heard is not None:
            self.heard -= reached
        self.published += messages[:reached]
        return reached

    def append(self, messages: Sequence[bytes]) -> None:
        self._check()
        self.appended += messages

    def load(self) -> dict[str, str]:
        return dict(self.kept)

    def save(self, values: Mapping[str, str]) -> None:
        self._check()
        self.kept |= values

    def facts(self) -> list[dict[str, Any]]:
        """All that was told, signs of life left out, each id once as the log would have it."""
        found: dict[str, dict[str, Any]] = {}
        for raw in (*self.appended, *self.published):
            message = msgspec.json.decode(raw)
            if message["type"] != "source.alive":
                assert found.setdefault(message["id"], message) == message
        return list(found.values())


class Impatient(threading.Event):
    """Does not wait."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def begin(doors: Doors, clock: ManualClock, world: SmallWorld | None = None) -> Simulator:
    state = open_state(doors.load(), 1, "ordinary", clock.now())
    small: Any = world or SmallWorld()
    return Simulator(small, state, doors.publish, doors.append, clock, doors, Impatient())


def check_whole(doors: Doors, start: int, end: int) -> None:
    """Everything in [start, end), in order, numbered without a hole."""
    facts = doors.facts()
    wanted = [e.id for e in SmallWorld().events(start, end)]
    assert [f["id"] for f in facts] == wanted
    for source in SOURCES:
        numbers = [int(f["sequence"]) for f in facts if f["source"] == source]
        assert numbers == list(range(1, len(numbers) + 1))


def test_the_past_by_the_sdk_the_present_by_publish() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    simulator.step()
    facts = [raw for raw in doors.appended if b"source.alive" not in raw]
    assert len(facts) == len(list(SmallWorld().events(0, NOW)))
    # Today's past has its signs of life, so that no source looks dead in it.
    assert len(doors.appended) > len(facts)
    assert all(b"source.alive" in raw for raw in doors.published)
    for _ in range(20):
        clock.advance(3 * SECOND)
        simulator.step()
    check_whole(doors, NOW - HOUR, NOW + MINUTE)
    assert doors.kept["published_until"] == str(NOW + MINUTE)


def test_nothing_is_told_before_its_time() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    for _ in range(30):
        simulator.step()
        assert all(parse_instant(f["time"]) < clock.now() for f in doors.facts())
        clock.advance(700_000)


def test_a_second_start_goes_on() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    begin(doors, clock).step()
    past = len(doors.appended)
    clock.advance(5 * SECOND)
    again = begin(doors, clock)
    again.step()
    assert len(doors.appended) == past
    check_whole(doors, NOW - HOUR, NOW + 5 * SECOND)


def test_a_gap_is_filled_by_the_sdk() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    begin(doors, clock).step()
    clock.advance(DAY)
    begin(doors, clock).step()
    assert not [raw for raw in doors.published if b"source.alive" not in raw]
    check_whole(doors, NOW - HOUR, NOW + DAY)


@pytest.mark.parametrize("heard", [0, 1, 4])
def test_what_nobody_hears_is_kept_in_order(heard: int) -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    simulator.step()
    doors.heard = heard
    for _ in range(6):
        clock.advance(4 * SECOND)
        simulator.step()
    assert doors.kept["published_until"] <= str(NOW + 4 * SECOND)
    doors.heard = None
    for _ in range(4):
        simulator.step()
    check_whole(doors, NOW - HOUR, clock.now())


def test_redis_away_and_back() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    simulator.step()
    doors.down = True
    for _ in range(5):
        clock.advance(7 * SECOND)
        simulator.step()
    doors.down = False
    for _ in range(4):
        simulator.step()
    check_whole(doors, NOW - HOUR, clock.now())


def test_killed_between_telling_and_remembering_it_repeats_the_same() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    simulator.step()
    remembered = dict(doors.kept)
    clock.advance(40 * SECOND)
    simulator.step()
    doors.kept = remembered  # as if the save had not come to pass
    begin(doors, clock).step()
    check_whole(doors, NOW - HOUR, NOW + 40 * SECOND)  # asserts that repeats are equal


def test_a_pile_is_told_in_pieces() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    simulator.step()
    clock.advance(14 * MINUTE)
    before = len(doors.published)
    simulator.step()
    assert BATCH <= len(doors.published) - before <= BATCH + 2
    simulator.step()
    simulator.step()
    check_whole(doors, NOW - HOUR, NOW + 14 * MINUTE)


def test_signs_of_life_each_ten_seconds() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock)
    for _ in range(40):
        clock.advance(SECOND)
        simulator.step()
    signs = [msgspec.json.decode(raw) for raw in doors.published if b"source.alive" in raw]
    assert [s["source"] for s in signs[:2]] == [SOURCES[0], SOURCES[5]]
    assert len(signs) == 2 * len({t // ALIVE_EVERY for t in range(NOW, NOW + 41 * SECOND, SECOND)})
    assert all("sequence" not in sign for sign in signs)


def test_the_end_sends_what_was_held_back() -> None:
    disorder = Disorder(0.3, 0.5, 8, 0.1, 600, 0.1)
    world = SmallWorld(NOW, disorder)
    doors, clock = Doors(), ManualClock(NOW)
    simulator = begin(doors, clock, world)
    for _ in range(60):
        clock.advance(SECOND)
        simulator.step()
    simulator._stop.set()  # type: ignore[attr-defined]
    simulator.run()
    sound = [msgspec.json.decode(raw) for raw in doors.published if raw not in GARBAGE]
    told = [message["id"] for message in sound if "sequence" in message]
    wanted = [e.id for e in SmallWorld(NOW).events(NOW, NOW + MINUTE)]
    assert sorted(set(told)) == sorted(wanted)
    assert len(told) > len(wanted)
    assert list(dict.fromkeys(told)) != wanted
    assert any(raw in GARBAGE for raw in doors.published)


def test_another_seed_is_refused() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    begin(doors, clock).step()
    with pytest.raises(CockpitError, match="seed 1") as error:
        open_state(doors.kept, 2, "ordinary", NOW)
    assert error.value.code == "setting.invalid"


def test_another_scenario_begins_now() -> None:
    state = State(1, "ordinary", NOW, NOW, None, NOW, [1] * len(SOURCES))
    changed = open_state(state.texts(), 1, "storm", NOW + HOUR)
    assert (changed.anchor, changed.since, changed.born) == (NOW + HOUR, NOW + HOUR, NOW)
    kept = open_state(changed.texts(), 1, "storm", NOW + DAY)
    assert (kept.anchor, kept.since) == (NOW + HOUR, NOW + HOUR)


class LateWorld(SmallWorld):
    """A world in which every case is late, each second one told so."""

    def events(self, start: int, end: int | None = None, each: int = 1) -> Iterator[Made]:
        for event in super().events(start, end, each):
            late = event.time // SECOND % 2 == 0
            kind = "case.supervised" if late else "case.handling"
            yield event._replace(text=event.text.replace("case.closed", kind))


def test_only_before_the_first_start_does_the_world_itself_raise_what_is_late() -> None:
    doors, clock = Doors(), ManualClock(NOW)
    begin(doors, clock, LateWorld()).step()
    assert {fact["type"] for fact in doors.facts()} == {"case.supervised", "case.handling"}
    told = len(doors.facts())
    for pause in (MINUTE, HOUR):  # live, and a gap that is told after another start
        clock.advance(pause)
        begin(doors, clock, LateWorld()).step()
    assert {fact["type"] for fact in doors.facts()[told:]} == {"case.handling"}
    for source in (0, 5):
        numbers = [int(f["sequence"]) for f in doors.facts() if f["source"] == SOURCES[source]]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
