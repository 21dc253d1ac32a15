"""Replay equality: every picture that walls showed during a month comes out of the archive again,
byte for byte - after a kill of the archivist, a change of the rules and the thinning of positions.

The month is the simulated district's with a bad network, two of its streets only.
"""

import random
from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple

import pytest

from cockpit.clock import DAY, MINUTE, to_text
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import DeadLetter, Entry
from cockpit.projector import Projector
from datasource.database.engine import Database, open_database
from datasource.database.jumps import ArchiveJumps
from datasource.database.reader import ArchiveReader
from datasource.database.retention import Keep, Retained, Retention
from datasource.questions import FrameAt, Replay
from datasource.replay import EPOCH, MILLISECOND, Replays
from datasource.rules_in_force import changes_of
from datasource.simulator.disorder import Shaker
from datasource.simulator.messages import SOURCES, Made, numbered
from datasource.simulator.scenarios import load_scenario
from datasource.site import geography_of
from tests.past import DELAY, RULES_TEXT, archive_all, month
from tests.twins import ManualClock, MemoryDeadLetters
from tests.unit.simulated import district

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.bulk]

OTHER_RULES = RULES_TEXT.replace("parking_seconds = 900", "parking_seconds = 600").replace(
    "off_post_minutes = 30", "off_post_minutes = 15"
)
DAYS, EACH = 30, 20
RANDOM, ASKED_OUT_OF_ORDER = 160, 24
SEED = 20261123

Raw = tuple[int, bytes]  # instant of receipt, message


class Shown(NamedTuple):
    """What a wall showed at an instant, and why it was looked at then."""

    at: int
    view: str
    frame: bytes
    why: str


def part_of(events: Iterator[Made]) -> Iterator[Made]:
    """Those of two streets, positions of one of them only, and of the district itself."""
    regions, _, _ = district()
    walked, other = (street.code for street in regions.at_level("street")[:2])
    for event in events:
        place = event.text.index('"region":"') + 10
        region = event.text[place : place + 15].partition('"')[0]
        street = region[:9]
        if street == walked or (
            '"patrol.pinged"' not in event.text and (street == other or len(region) == 6)
        ):
            yield event


def received(events: Iterator[Made], seed: int) -> Iterator[Raw]:
    """What a bad network makes of a world, in the order of its receipt."""
    shaker = Shaker(seed, load_scenario("disorder").disorder)
    numbers = [1] * len(SOURCES)
    for event in events:
        for late in shaker.due(event.time):
            yield event.time + DELAY, late
        raw = numbered(event, numbers[event.source])
        numbers[event.source] += 1
        for message in shaker.shake(event, raw):
            yield event.time + DELAY, message


class Month:
    """A live projector through the month: what came, what was refused, what walls showed."""

    def __init__(self, seed: int) -> None:
        regions, rules, _ = district()
        self.made, self.start, self.end = month(DAYS)
        self._draw = random.Random(seed)
        self._reader = EventReader(regions, rules)
        self.live = Projector(regions, rules, geography_of(rules))
        self.entries: list[Entry] = []
        self.letters = MemoryDeadLetters()
        self.shown: list[Shown] = []
        self.rules_from = 0
        # Instants to be looked at, with the reason; deadlines join them as they are set.
        self._looks: list[tuple[int, str]] = []
        self._plan(day_start(day_of(self.end) - DAYS), rules)
        self._live(seed)

    def _plan(self, begin: int, rules: Rules) -> None:
        draw = self._draw
        for _ in range(RANDOM):
            heappush(self._looks, (draw.randrange(begin, self.end), "any"))
        for day in draw.sample(range(day_of(begin) + 1, day_of(self.end)), 8):
            midnight = day_start(day)
            edges = [
                edge for shift in rules.calendar.shifts_of(day) for edge in (shift.start, shift.end)
            ]
            for instant in (midnight - 1, midnight, *draw.sample(edges, min(2, len(edges)))):
                heappush(self._looks, (instant, "turn"))
            heappush(self._looks, (midnight + 3 * 60 * MINUTE, "night"))

    def _live(self, seed: int) -> None:
        half, now = self.end - DAYS * DAY // 2, self.start
        for at, raw in received(part_of(self.made.events(self.start, self.end, EACH)), seed):
            if at > half and not self.rules_from and self.entries[-1].received < half:
                self._change_rules()
            self._look_until(at)
            if self._draw.random() < 0.02:  # time passes between entries too
                self._pass(self._draw.randint(min(now, at), at))
            self._take(at, raw)
            now = at
        self._look_until(self.entries[-1].received)

    def _change_rules(self) -> None:
        rules = Rules.from_toml(OTHER_RULES)
        self.live.adopt(rules, geography_of(rules))
        self.rules_from = len(self.entries) + 1

    def _look_until(self, at: int) -> None:
        """Look at walls at the planned instants before the next entry."""
        while self._looks and self._looks[0][0] < at:
            instant, why = heappop(self._looks)
            if instant >= self.live.now and self.entries:
                self._pass(instant)
                view = self._draw.choice(self._views())
                self.shown.append(Shown(instant, view, self.live.frame(view, EPOCH, 0), why))

    def _views(self) -> list[str]:
        return ["120110/wall", *self._draw.sample(self.live.views[1:], 2)]

    def _pass(self, instant: int) -> None:
        self.live.advance(instant)
        self._hear_refusals()

    def _take(self, at: int, raw: bytes) -> None:
        try:
            event = self._reader.read(raw, at)
        except CockpitError as error:
            self._reject(DeadLetter(raw, error.code, "", at))
            return
        entry = Entry(len(self.entries) + 1, at, raw)
        self.entries.append(entry)
        self.live.fold(entry)
        self._hear_refusals()
        if self._draw.random() < RANDOM / 4 / 100_000:
            heappush(self._looks, (at, "receipt"))
        if event.type in {"case.dispatched", "whistle.blown"} and self._draw.random() < 0.01:
            self._look_at_deadline(event.type, event.key)

    def _look_at_deadline(self, kind: str, key: str) -> None:
        ledgers = self.live.ledgers
        ledger = ledgers.cases if kind == "case.dispatched" else ledgers.whistles
        deadline = ledger.record(key).deadline if ledger.knows(key) else None
        for instant in (deadline.risk, deadline.due, deadline.due + 1) if deadline else ():
            heappush(self._looks, (instant, "deadline"))

    def _hear_refusals(self) -> None:
        for letter in self.live.take_refusals():
            self._reject(letter)

    def _reject(self, letter: DeadLetter) -> None:
        self.letters.put([letter])
        self.live.hear_dead(letter)


class _Killed(Exception):  # noqa: N818 - what a kill does to a process is no error of it
    pass


def until_killed(entries: list[Entry]) -> Iterator[Entry]:
    yield from entries
    raise _Killed


def archived(lived: Month, database: Database) -> Retained:
    """Archive the month by an archivist that is killed, one that is told other rules, and the
    nights' thinning."""
    entries, letters, change = lived.entries, lived.letters, lived.rules_from - 1
    with pytest.raises(_Killed):
        archive_all(database, until_killed(entries[: change * 2 // 3]), letters)
    reader = ArchiveReader(database)
    assert 0 < reader.end().n < change * 2 // 3
    archive_all(database, entries[reader.end().n : change], letters)
    archive_all(database, entries[change:], letters, OTHER_RULES)
    assert [each.from_n for each in reader.rule_sets()] == [1, lived.rules_from]
    assert reader.end().n == len(entries)
    changes = changes_of(reader.rule_sets())
    retention = Retention(database, lambda: changes, geography_of, Keep(7, 2))
    return deque(retention.steps(lived.end), maxlen=1).pop()


@pytest.fixture(scope="module")
def lived() -> Month:
    return Month(SEED)


@pytest.fixture(scope="module")
def machine(lived: Month, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replays]:
    database = open_database("", tmp_path_factory.mktemp("month"))
    let_go = archived(lived, database)
    assert let_go.faded > 1000
    regions, _, _ = district()
    reader = ArchiveReader(database)
    jumps, clock = ArchiveJumps(database, reader, regions), ManualClock(lived.end)
    yield Replays(reader, jumps, regions, geography_of, clock, "a" * 8, 2)
    database.close()


def faults_of(machine: Replays, shown: list[Shown]) -> list[str]:
    """The pictures that come out otherwise than they were shown."""
    assert shown
    return [
        f"{one.view} at {to_text(one.at)} ({one.why})"
        for one in shown
        if machine.frame(FrameAt(one.view, one.at)) != one.frame
    ]


def test_the_month_had_all_that_is_hard(lived: Month) -> None:
    whys = {one.why for one in lived.shown}
    assert whys == {"any", "turn", "night", "deadline", "receipt"}
    assert len(lived.shown) > RANDOM
    assert lived.shown[-1].at - lived.shown[0].at > (DAYS - 2) * DAY
    assert {one.view for one in lived.shown} > {"120110/wall"}
    codes = {letter.code for letter in lived.letters.letters}
    assert len(codes) > 8, codes


def test_every_picture_comes_again_byte_for_byte(machine: Replays, lived: Month) -> None:
    assert faults_of(machine, lived.shown) == [], f"seed {SEED}"


def test_in_any_order_too(machine: Replays, lived: Month) -> None:
    draw = random.Random(SEED)
    assert faults_of(machine, draw.sample(lived.shown, ASKED_OUT_OF_ORDER)) == [], f"seed {SEED}"


def test_a_replay_that_is_gone_on_with_shows_the_same(machine: Replays, lived: Month) -> None:
    session = ""
    for one in [each for each in lived.shown if each.at % MILLISECOND == 0][::4]:
        said, frame = machine.picture(Replay(one.view, one.at, session=session))
        session = said["session"]
        assert frame == one.frame, f"seed {SEED}: {one.view} at {to_text(one.at)}"
