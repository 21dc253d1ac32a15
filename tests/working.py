"""The desk at work: a real log in Redis, its archive as far as the test says, and accounts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from redis import Redis

from cockpit.clock import to_text
from cockpit.config import read_settings
from cockpit.domain.access import Account
from cockpit.domain.events import EventReader
from cockpit.ports import ArchiveEnd, Entry, RuleSet
from datasource.archive.recorder import Recorder
from datasource.database.batch import Batch
from datasource.database.migrate import migrate
from datasource.database.writer import ArchiveWriter
from datasource.desk.audit import Audit
from datasource.desk.work import work_families
from datasource.desk.work_questions import Command, Give
from datasource.desk.worker import DeskAnswers
from datasource.log import RedisLog
from datasource.receive import Receiver
from datasource.rules_in_force import changes_of
from datasource.site import Site
from tests.lived import flat
from tests.support import NOW, PREFIX
from tests.twins import ManualClock

RULES = Path("rules.toml").read_text("utf-8")
GRID, OTHER_GRID = "120110001005001", "120110002001001"
STREET, OTHER_STREET = "120110001", "120110002"
REPORTED = {"category": "0101", "grade": "urgent", "channel": "patrol"}


class Work:
    """One site. What sources tell is in the log at once and in the archive after `archive()`."""

    def __init__(self, url: str, folder: Path, client: Redis, **settings: str) -> None:
        port = client.connection_pool.connection_kwargs["port"]
        given = {
            "simulate": "false", "escalation": "on", "data_dir": str(folder), "database_url": url,
            "redis_url": f"redis://127.0.0.1:{port}/0", **settings,
        }  # fmt: skip
        self.clock, self._number, self._client = ManualClock(NOW), 0, client
        self.site = Site(read_settings(given, {}), RULES, {}, "test")
        assert self.site.prefix == PREFIX
        self.site.clock = self.clock
        self.site.receiver = Receiver(
            self.site.log, self.site.dead_letters,
            EventReader(self.site.regions, self.site.rules), self.clock,
        )  # fmt: skip
        self.database = self.site.database
        migrate(self.database)
        self.audit = Audit(self.database, self.clock)
        self.start()
        self._recorder: Recorder | None = None

    def start(self) -> None:
        """The desk as after a start."""
        self.families = work_families(self.site, self.audit)
        self.answers = DeskAnswers(self.families, self.audit)
        self.families[1].rest()

    # -- the district ------------------------------------------------------------------------

    def tell(
        self, kind: str, subject: str, data: Any = None, region: str = GRID, **more: Any
    ) -> int:
        """A source tells something now; answers its number in the log."""
        self._number += 1
        message = {
            "specversion": "1.0", "id": f"t{self._number}", "source": "/test", "type": kind,
            "subject": subject, "region": region, "time": to_text(self.clock.now()), **more,
        }  # fmt: skip
        if data is not None:
            message["data"] = data
        receipt = self.site.receiver.receive([msgspec.json.encode(message)])
        assert not receipt.rejected, receipt
        return self.site.log.head()

    def archive(self) -> None:
        """The archive catches up with the log."""
        if self._recorder is None:
            self._recorder = Recorder(self.site.regions, changes_of([RuleSet(1, RULES)]), flat)
        recorder, batch = self._recorder, Batch(ArchiveEnd(0, 0, "0", ""))
        recorder.sampled = NOW * 2  # no half-hours: nobody here asks for them
        after = self.site.archive.end().n
        entries = RedisLog(self._client, PREFIX).read(after, 100_000, 0)
        for entry in entries:
            recorder.fold(entry, batch)
        if not entries:
            return
        letters = recorder.finish(batch)
        assert not letters, [letter.code for letter in letters]
        last: Entry = entries[-1]
        batch.end = ArchiveEnd(last.n, last.received, "0", self.site.log.epoch())
        ArchiveWriter(self.database).store(batch)

    def row(self, kind: str, key: str) -> Mapping[str, Any]:
        """A subject's row in the archive."""
        table = {"case": "cases", "whistle": "whistles", "alert": "alerts", "person": "persons"}
        with self.database.read() as connection:
            found = connection.exec_driver_sql(f"SELECT * FROM {table[kind]} WHERE key = '{key}'")
            return dict(found.mappings().one())

    def events(self) -> list[dict[str, Any]]:
        """All messages of the log."""
        return [
            msgspec.json.decode(entry.raw)
            for entry in RedisLog(self._client, PREFIX).read(0, 100_000, 0)
        ]

    # -- people ------------------------------------------------------------------------------

    def command(self, name: str, subject: str, **more: Any) -> Command:
        """A command with an id of its own, on the subject as it stands."""
        self._number += 1
        kind, _, key = subject.partition("/")
        if "expected" not in more and key and kind != "worker":
            more["expected"] = self.row(kind, key)["version"]
        return Command(more.pop("id", f"command-{self._number}"), name, subject, **more)

    def give(self, who: Account, *commands: Command) -> list[dict[str, Any]]:
        """What became of each."""
        answer = self.answers.answer(Give(who, list(commands), "127.0.0.1"))
        return list(msgspec.json.decode(answer)["results"])

    def does(self, who: Account, name: str, subject: str, **more: Any) -> dict[str, Any]:
        """Give one command, which is done, and let the archive have it."""
        result = self.give(who, self.command(name, subject, **more))[0]
        assert "n" in result, result
        self.archive()
        return result

    def refused(self, who: Account, name: str, subject: str, **more: Any) -> str:
        """Give one command, which is not done; answers the code."""
        head = self.site.log.head()
        result = self.give(who, self.command(name, subject, **more))[0]
        assert self.site.log.head() == head, result
        return str(result["error"]["code"])

    def close(self) -> None:
        self.database.close()
