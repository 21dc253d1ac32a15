"""What every role is built from: the connections and doors of one district, made when needed.

SQL and the geometry are imported when they are asked for: not every role has to do with them.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cockpit.clock import Clock
from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from cockpit.ports import Geography, RuleSet
from datasource.dead_letters import RedisDeadLetters
from datasource.frame_bus import RedisFrameBus
from datasource.geography import load_regions
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.log_gauge import RedisLogGauge
from datasource.receive import Receiver
from datasource.redis_client import connect, redis_address
from datasource.rules_in_force import changes_of
from datasource.screens_board import RedisScreensBoard
from datasource.start_clock import alone_clock, anchored_clock
from datasource.stats import RedisStats, instance_name

if TYPE_CHECKING:
    from datasource.archive.recorder import Recorder
    from datasource.database.engine import Database
    from datasource.database.reader import ArchiveReader


class Site:
    """One district as this process sees it. Nothing is opened until it is used."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        rules_text: str,
        environment: Mapping[str, str],
        build: str,
    ) -> None:
        """`rules_text` is the rules' file, `environment` may hold the clock of a `run`. Raises
        CockpitError `rules.invalid`, `setting.invalid`, `database.url`."""
        self.settings, self.rules_text, self.build = settings, rules_text, build
        self.rules = Rules.from_toml(rules_text, str(settings["rules"]))
        clock = anchored_clock(environment, settings["speed"])
        self.clock: Clock = clock or alone_clock(
            settings["clock"], settings["speed"], self.rules.calendar
        )
        self.regions = load_regions()
        self.client = connect(redis_address(settings))
        self.prefix = prefix = str(settings["prefix"])
        self.log = RedisLog(self.client, prefix, settings["log_limit"])
        self.dead_letters = RedisDeadLetters(self.client, prefix)
        self.bus = RedisFrameBus(self.client, prefix)
        self.stats = RedisStats(self.client, prefix, self.clock, build)
        self.board = RedisScreensBoard(self.client, prefix, instance_name())
        self.gauge = RedisLogGauge(self.client, prefix)
        reader = EventReader(self.regions, self.rules)
        self.receiver = Receiver(self.log, self.dead_letters, reader, self.clock)

    @cached_property
    def database(self) -> "Database":
        """Where the archive is."""
        from datasource.database.engine import open_database

        return open_database(self.settings["database_url"], Path(self.settings["data_dir"]))

    @cached_property
    def archive(self) -> "ArchiveReader":
        """The archive's reading side."""
        from datasource.database.reader import ArchiveReader

        return ArchiveReader(self.database)

    def lock(self, role: str) -> RedisLock:
        """The lock that admits one process of a role."""
        return RedisLock(self.client, self.prefix, role)

    def prepare(self) -> None:
        """Bring the database's schema up to date. Raises CockpitError `database.newer` and as
        `datasource.database.faults.database_errors`."""
        from datasource.database.migrate import migrate

        migrate(self.database)

    def mend_log(self) -> bool:
        """Make the log go on where the archive ends; True when it did not."""
        from datasource.archive.rewind import LogMender

        return LogMender(self.client, self.prefix, self.archive).mend()

    def recorder(self, rule_sets: Sequence[RuleSet]) -> "Recorder":
        """The archive's fold under the rules that were ever in force."""
        from datasource.archive.recorder import Recorder

        return Recorder(self.regions, changes_of(rule_sets), geography_of)


def geography_of(rules: Rules) -> Geography:
    """The district's geometry as the rules want it."""
    return _geography(rules.patrol.grace_metres)


@lru_cache(maxsize=4)
def _geography(grace_metres: float) -> Geography:
    from datasource.polygons import PolygonGeography

    return PolygonGeography(grace_metres)
