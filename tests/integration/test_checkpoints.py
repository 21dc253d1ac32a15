"""A projector that goes on from a checkpoint shows what one that folds everything shows: the same
bytes, over a trimmed log, with dead letters and a change of the rules on the way."""

import threading
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from redis import Redis

from cockpit.clock import HOUR, SECOND
from cockpit.domain.events import decode
from cockpit.ports import Checkpoint, DeadLetter, RuleSet
from cockpit.projector import Projector
from datasource.archive.archivist import Archivist
from datasource.archive.recorder import Recorder
from datasource.complete_log import CompleteDeadLetters, CompleteLog
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.database.writer import ArchiveWriter
from datasource.dead_letters import RedisDeadLetters
from datasource.follower import Follower
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.resume import Resume
from datasource.rules_in_force import changes_of
from datasource.simulator.messages import SOURCES, numbered
from datasource.site import geography_of
from datasource.stats import RedisStats
from tests.support import PREFIX, wait_for
from tests.twins import ManualClock
from tests.unit.simulated import BORN, district, world

pytestmark = pytest.mark.integration

TEXT = Path("rules.toml").read_text("utf-8")
OTHER = TEXT.replace("parking_seconds = 900", "parking_seconds = 1200").replace(
    "off_post_minutes = 15", "off_post_minutes = 10"
)
PART = 3000  # events before the change of the rules, between it and the check, and after


class Town:
    """Some hours of the simulated district on a real Redis, archived on the way."""

    def __init__(self, client: Redis, database: Database) -> None:
        self.log, self.dead = RedisLog(client, PREFIX), RedisDeadLetters(client, PREFIX)
        self.archive, self._writer = ArchiveReader(database), ArchiveWriter(database)
        self._client, self.clock = client, ManualClock(0)
        self._events = world().events(BORN - 24 * HOUR)
        self._numbers = [1] * len(SOURCES)

    def live(self, count: int) -> None:
        """So many events come in, each 50th of which is followed by one that is rejected, and
        each 40th is a repeat that its ledger refuses."""
        for place, event in enumerate(islice(self._events, count)):
            number = self._numbers[event.source]
            self._numbers[event.source] += 1
            raw = numbered(event, number)
            now = self.clock.set(max(event.time, self.clock.now()) + SECOND // 100)
            self.log.append([decode(raw)], now)
            if place % 40 == 0:
                again = raw.replace(b'"id":"', b'"id":"again-', 1)
                self.log.append([decode(again)], now)
            if place % 50 == 0:
                self.dead.put([DeadLetter(b"?", "message.not_json", "why", now)])

    def archived(self, text: str) -> None:
        """The archive takes everything, leaves a checkpoint, and the log is trimmed."""
        regions, _, _ = district()

        def make(sets: Sequence[RuleSet]) -> Recorder:
            return Recorder(regions, changes_of(sets), geography_of)

        stop = threading.Event()
        archivist = Archivist(
            make_recorder=make,
            log=self.log,
            dead_letters=self.dead,
            past=self.archive,
            store=self._writer,
            lock=RedisLock(self._client, PREFIX, "archive"),
            stats=RedisStats(self._client, PREFIX),
            clock=self.clock,
            rules_text=text,
            prepare=lambda: None,
            mend_log=lambda: False,
            let_go=lambda _: None,
        )
        thread = threading.Thread(target=archivist.run, args=(stop,))
        thread.start()
        try:
            wait_for(lambda: self.archive.end().n == self.log.head(), 240)
        finally:
            stop.set()
            thread.join(120)
        self.log.trim(self.archive.end().n, 10)

    def folded(self, archive: ArchiveReader) -> tuple[Projector, int]:
        """A projector that has folded everything, and where it began."""
        regions, _, _ = district()
        resume = Resume(archive, OTHER, partial(Projector, regions), geography_of)
        start = resume.begin(self.log.head())
        begun = start.projector.seq
        letters = CompleteDeadLetters(self.dead, archive)
        follower = Follower(
            start.projector, CompleteLog(self.log, archive), letters, start.letters,
            start.changes, start.adopt,
        )  # fmt: skip
        while not follower.caught_up:
            follower.take(0)
            follower.settle(self.clock.now(), active=True)
        follower.take(0)
        follower.settle(self.clock.now(), active=True)
        assert isinstance(start.projector, Projector)
        return start.projector, begun


class FromTheBeginning(ArchiveReader):
    """The archive, had it never made a checkpoint."""

    def checkpoint(self, n: int | None = None, at: int | None = None) -> Checkpoint | None:
        return None


def test_from_a_checkpoint_and_from_the_beginning(client: Redis, database: Database) -> None:
    town = Town(client, database)
    town.live(PART)
    town.archived(TEXT)
    first = town.archive.end().n
    town.archive.adopt_rules(OTHER, town.log.head())
    town.live(PART)
    town.archived(OTHER)
    second = town.archive.end().n
    town.live(PART)
    assert town.log.first() > first
    town.clock.advance(7 * SECOND)
    town.folded(town.archive)  # whoever comes first puts the refusals, which are heard then

    whole, begun = town.folded(FromTheBeginning(database))
    assert begun == 0
    late, begun = town.folded(town.archive)
    assert begun == second
    sets = town.archive.rule_sets()
    assert [each.from_n for each in sets] == [1, first + 1]
    for view in whole.views:
        assert late.frame(view, "epoch", 0) == whole.frame(view, "epoch", 0)
    for code in ("120110", "120110001", "120110001005"):
        assert late.metrics(code) == whole.metrics(code)
    assert whole.metrics("120110")["stream.rejected_today"] != 0
