"""Two projectors and two intakes as processes of their own: one works, one waits, and whatever
happens to the one that works, screens never see a wrong number nor an older one."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis import Redis

from cockpit.clock import SystemClock
from cockpit.domain.events import Event, decode
from cockpit.ports import Process
from datasource.database.engine import open_database
from datasource.database.migrate import migrate
from datasource.log import RedisLog
from datasource.stats import RedisStats
from datasource.subscription import Subscription
from tests.program import Program
from tests.support import PREFIX, RedisServer, event, stop_process, wait_for

pytestmark = pytest.mark.integration


def case(number: int) -> Event:
    """A case of its own; so many are open as there are numbers."""
    message = msgspec.json.decode(event(number).raw)
    message["type"], message["region"] = "case.reported", "120110001005001"
    message["data"] = {"category": "0101", "grade": "general", "channel": "patrol"}
    return decode(msgspec.json.encode(message))


class Site:
    """The Redis of the two, and every frame of the district's wall that was published."""

    def __init__(self, client: Redis, folder: Path, url: str) -> None:
        self._client, self._folder, self._url = client, folder, url
        self.log, self.stats = RedisLog(client, PREFIX), RedisStats(client, PREFIX)
        self.shown: list[tuple[str, int]] = []
        self.processes: list[Program] = []
        self._ear = Subscription(client, f"{PREFIX}:frame:120110/wall", "The test")
        self._ear.receive(1, 0.1)

    def start(self, role: str) -> Program:
        folder = self._folder / str(len(self.processes))
        folder.mkdir()
        program = Program(folder, role, redis_url=self._url, data_dir=self._folder / "var")
        self.processes.append(program)
        return program

    def said(self, program: Program) -> Process | None:
        """What a process last said of itself."""
        pid = f"-{program.process.pid}"
        return next((p for p in self.stats.all() if p.instance.endswith(pid)), None)

    def state(self, program: Program) -> str:
        said = self.said(program)
        return said.state if said and said.values.get("caught_up", 1) else ""

    def add(self, first: int, last: int) -> None:
        for number in range(first, last):
            self.log.append([case(number)], SystemClock().now())

    def listen(self) -> int:
        """Note what was published; answers how many frames."""
        count = 0
        while heard := self._ear.receive(100, 0.01):
            for _, data in heard:
                frame = json.loads(data)
                self.shown.append((frame["epoch"], frame["seq"]))
                assert frame["panels"]["cases"]["open"] == frame["seq"]
            count += len(heard)
        return count

    def shows(self, seq: int) -> None:
        """Wait until the wall shows this number; every frame on the way must be right."""
        wait_for(lambda: self.listen() and self.shown[-1][1] == seq)

    def end(self) -> None:
        for program in self.processes:
            program.process.send_signal(signal.SIGCONT)
            assert program.stop() in {0, -signal.SIGKILL}
        self._ear.close()


@pytest.fixture
def site(client: Redis, tmp_path: Path, redis_server: RedisServer) -> Iterator[Site]:
    (tmp_path / "var").mkdir()
    database = open_database("", tmp_path / "var")
    migrate(database)
    database.close()
    site = Site(client, tmp_path, redis_server.url)
    yield site
    site.end()


def two(site: Site, role: str) -> tuple[Program, Program]:
    """The one that works and the one that waits, whichever was first."""
    one, other = site.start(role), site.start(role)
    states = wait_for(
        lambda: (
            (said := (site.state(one), site.state(other)))
            in {("active", "standby"), ("standby", "active")}
            and said
        )
    )
    return (one, other) if states[0] == "active" else (other, one)


def test_kill_9_of_the_projector(site: Site) -> None:
    first, second = two(site, "project")
    site.add(0, 300)
    site.shows(300)
    site.add(300, 350)
    first.process.kill()
    first.process.wait()
    site.add(350, 400)
    site.shows(400)
    wait_for(lambda: site.state(second) == "active")
    third = site.start("project")  # and there is a standby again
    wait_for(lambda: site.state(third) == "standby")
    assert site.shown == sorted(site.shown)
    assert len({epoch for epoch, _ in site.shown}) == 1


def test_the_projector_stopped_and_continued(site: Site) -> None:
    first, second = two(site, "project")
    site.add(0, 100)
    site.shows(100)
    stop_process(first.process.pid)
    site.add(100, 200)
    site.shows(200)
    wait_for(lambda: site.state(second) == "active")
    os.kill(first.process.pid, signal.SIGCONT)
    wait_for(lambda: site.state(first) == "standby")
    site.add(200, 300)
    site.shows(300)
    assert site.shown == sorted(site.shown)
    assert first.process.poll() is None


def test_the_intake_stopped_and_continued(site: Site, client: Redis) -> None:
    """What the stopped one would have heard alone is kept when it goes on."""
    first, second = two(site, "intake")
    channel = f"{PREFIX}:events"

    def heard_by(count: int) -> Any:
        return wait_for(lambda: client.pubsub_numsub(channel)[0][1] == count)

    heard_by(1)
    client.publish(channel, case(0).raw)
    wait_for(lambda: site.log.head() == 1)
    stop_process(first.process.pid)
    client.publish(channel, case(1).raw)
    heard_by(2)
    client.publish(channel, case(2).raw)
    wait_for(lambda: site.log.head() == 2)
    os.kill(first.process.pid, signal.SIGCONT)
    wait_for(lambda: site.state(first) == "standby")
    heard_by(1)
    ids = {decode(entry.raw).id for entry in site.log.read(0, 10, 0)}
    assert ids == {"e0", "e1", "e2"}
    wait_for(lambda: site.state(second) == "active")
