"""The projector's loop on a real Redis: catches up, survives, starts again, never lies."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from redis import Redis

from cockpit.clock import SystemClock
from cockpit.domain.events import decode
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Geography
from cockpit.projector import Projector
from datasource.dead_letters import RedisDeadLetters
from datasource.follower import Fold
from datasource.frame_bus import RedisFrameBus
from datasource.geography import load_regions
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.projection import Projection
from datasource.redis_client import connect
from datasource.resume import Resume
from datasource.stats import RedisStats
from tests.support import NOW, PREFIX, RedisServer, event, wait_for
from tests.twins import Counting, MemoryArchive, OpenGeography

pytestmark = pytest.mark.integration


TEXT = Path("rules.toml").read_text("utf-8")
Make = Callable[[Rules, Geography], Fold]


def counting(_: Rules, __: Geography) -> Fold:
    return Counting()


class Parts:
    """A projector's process in a thread, and what looks at it from outside."""

    def __init__(self, url: str, make: Make = counting) -> None:
        client, self._name = connect(url), uuid4().hex
        self.stop = threading.Event()
        self.error: CockpitError | None = None
        self.log = RedisLog(connect(url), PREFIX)
        self.bus = RedisFrameBus(connect(url), PREFIX)
        self.dead_letters = RedisDeadLetters(connect(url), PREFIX)
        self.stats = RedisStats(connect(url), PREFIX)
        self.archive = MemoryArchive()
        self._projection = Projection(
            Resume(self.archive, TEXT, make, lambda _: OpenGeography()),
            RedisLog(client, PREFIX),
            RedisDeadLetters(client, PREFIX),
            self.archive,
            lambda: False,
            RedisFrameBus(client, PREFIX),
            RedisLock(client, PREFIX, "projector"),
            RedisStats(client, PREFIX, instance=self._name),
            SystemClock(),
            40,
        )
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self._projection.run(self.stop)
        except CockpitError as error:
            self.error = error

    def start(self) -> "Parts":
        self._thread.start()
        return self

    def end(self) -> None:
        self.stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def state(self) -> str:
        """What it says of itself."""
        return next((p.state for p in self.stats.all() if p.instance == self._name), "")

    def frame(self, view: str = "120110/wall") -> dict[str, Any]:
        found = self.bus.last(view)
        frame: dict[str, Any] = json.loads(found) if found else {"seq": -1, "epoch": "", "at": 0}
        return frame


@contextmanager
def projecting(url: str, make: Make = counting) -> Iterator[Parts]:
    parts = Parts(url, make).start()
    try:
        yield parts
    finally:
        parts.end()


def test_it_catches_up_before_the_first_frame(redis_server: RedisServer, client: Redis) -> None:
    RedisLog(client, PREFIX).append([event(i) for i in range(2000)], NOW)
    frames = RedisFrameBus(client, PREFIX).subscribe()
    assert next(frames) is None  # subscribed, and nothing there yet
    with projecting(redis_server.url) as parts:
        first = wait_for(lambda: next(frames))
        assert json.loads(first[1])["seq"] == 2000
        wait_for(lambda: parts.stats.read("projector").get("caught_up") == 1)
        parts.log.append([event(9000)], NOW)
        wait_for(lambda: all(parts.frame(view)["seq"] == 2001 for view in Counting.views))
    frames.close()  # type: ignore[attr-defined]


def test_frames_come_without_events_and_show_the_time(redis_server: RedisServer) -> None:
    with projecting(redis_server.url) as parts:
        first = wait_for(lambda: parts.frame()["at"])
        for view in Counting.views:
            wait_for(lambda view=view: parts.frame(view)["at"] > first)
        wait_for(lambda: parts.stats.read("projector").get("frames", 0) > 5)


def test_it_goes_on_after_kill_9_of_redis(redis_server: RedisServer) -> None:
    with projecting(redis_server.url) as parts:
        parts.log.append([event(i) for i in range(50)], NOW)
        wait_for(lambda: parts.frame()["seq"] == 50)
        for kill in range(1, 4):
            redis_server.kill()
            redis_server.start()
            wait_for(lambda kill=kill: parts.log.append([event(100 + kill)], NOW).last == 50 + kill)
            wait_for(lambda kill=kill: parts.frame()["seq"] == 50 + kill)
        order = parts.frame()["order"]
        assert [o for o in order if o.startswith("e")] == [
            *(f"e{i}" for i in range(50)),
            *("e101", "e102", "e103"),
        ]
        assert parts.error is None


def test_it_waits_while_redis_does_not_answer(redis_server: RedisServer) -> None:
    """Half-open: connections stay, nothing comes back, the lock runs out meanwhile."""
    with projecting(redis_server.url) as parts:
        parts.log.append([event(1)], NOW)
        wait_for(lambda: parts.frame()["seq"] == 1)
        redis_server.pause()
        with pytest.raises(CockpitError):
            parts.frame()
        redis_server.resume()
        wait_for(lambda: parts.log.append([event(2)], NOW).last == 2)
        wait_for(lambda: parts.frame()["seq"] == 2)
        assert parts.error is None


def test_another_log_is_folded_from_its_start(redis_server: RedisServer, client: Redis) -> None:
    with projecting(redis_server.url) as parts:
        parts.log.append([event(i) for i in range(20, 40)], NOW)
        wait_for(lambda: parts.frame()["seq"] == 20)
        epoch = parts.frame()["epoch"]
        client.flushall()
        RedisLog(client, PREFIX).append([event(i) for i in range(70, 95)], NOW)
        frame = wait_for(lambda: (f := parts.frame())["seq"] == 25 and f)
        assert frame["epoch"] not in {epoch, ""}
        assert frame["order"] == [f"e{i}" for i in range(70, 95)]


def test_numbers_used_again_end_the_epoch(redis_server: RedisServer, client: Redis) -> None:
    """A log that lost its tail: the same numbers, other events, the old epoch's name."""
    with projecting(redis_server.url) as parts:
        parts.log.append([event(i) for i in range(20, 40)], NOW)
        epoch = wait_for(lambda: (f := parts.frame())["seq"] == 20 and f["epoch"])
        client.delete(f"{PREFIX}:log")
        RedisLog(client, PREFIX).append([event(i) for i in range(70, 95)], NOW)
        frame = wait_for(lambda: (f := parts.frame())["seq"] == 25 and f)
        assert frame["epoch"] != epoch
        assert frame["order"] == [f"e{i}" for i in range(70, 95)]


def test_refusals_are_kept_once_and_heard(redis_server: RedisServer) -> None:
    for _ in range(2):  # the second projector folds, and refuses, the same again
        with projecting(redis_server.url) as parts:
            parts.log.append([event(i) for i in range(10, 20)], NOW)
            wait_for(lambda: parts.state() == "active")
            order = wait_for(lambda: (o := parts.frame().get("order")) and len(o) == 11 and o)
            assert order.count("case.unknown") == 1
    letters = parts.dead_letters.read("0", 10)
    assert [(letter.n, letter.code) for _, letter in letters] == [(4, "case.unknown")]


def test_a_second_projector_waits_and_takes_over(redis_server: RedisServer) -> None:
    with projecting(redis_server.url) as parts:
        parts.log.append([event(i) for i in range(30)], NOW)
        wait_for(lambda: parts.frame()["seq"] == 30)
        with projecting(redis_server.url) as second:
            wait_for(lambda: second.state() == "standby")
            wait_for(lambda: parts.state() == "active")
            parts.log.append([event(i) for i in range(30, 60)], NOW)
            wait_for(lambda: parts.frame()["seq"] == 60)
            parts.end()
            at = parts.frame()["at"]
            wait_for(lambda: second.frame()["at"] > at)
            assert second.frame()["seq"] == 60
            second.log.append([event(60)], NOW)
            wait_for(lambda: all(second.frame(view)["seq"] == 61 for view in Counting.views))


def test_who_loses_the_lock_waits_for_it(redis_server: RedisServer, client: Redis) -> None:
    with projecting(redis_server.url) as parts:
        wait_for(lambda: parts.frame()["at"])
        client.set(f"{PREFIX}:lock:projector", "99-somebody")
        wait_for(lambda: parts.state() == "standby")
        client.pexpire(f"{PREFIX}:lock:projector", 500)
        at = parts.frame()["at"]
        wait_for(lambda: parts.frame()["at"] > at)
        token: Any = client.get(f"{PREFIX}:lock:projector")
        assert token != b"99-somebody"
        assert parts.error is None


def test_a_trimmed_log_is_gone_on_with(redis_server: RedisServer, client: Redis) -> None:
    """A projector that was held up while the log was trimmed in front of it."""
    log = RedisLog(client, PREFIX)
    log.append([event(i) for i in range(3000)], NOW)
    with projecting(redis_server.url) as parts:
        wait_for(lambda: parts.frame()["seq"] == 3000)
        parts.archive.entries = log.read(0, 3000, 0)
        log.trim(2990, 5)
        log.append([event(3000)], NOW)
        wait_for(lambda: parts.frame()["seq"] == 3001)
        epoch = parts.frame()["epoch"]
        late = Parts(redis_server.url)
        late.archive.entries = parts.archive.entries
        late.start()
        wait_for(lambda: late.state() == "standby")
        parts.end()
        frame = wait_for(lambda: (f := late.frame())["seq"] == 3001 and f["at"] and f)
        late.end()
    assert frame["epoch"] == epoch
    assert [o for o in frame["order"] if o[0] == "e"] == [f"e{i}" for i in range(3001)]


def test_a_lock_that_ran_out_is_taken_again(redis_server: RedisServer, client: Redis) -> None:
    with projecting(redis_server.url) as parts:
        at = wait_for(lambda: parts.frame()["at"])
        before: Any = wait_for(lambda: client.get(f"{PREFIX}:lock:projector"))
        client.delete(f"{PREFIX}:lock:projector")
        wait_for(lambda: parts.frame()["at"] > at)
        after: Any = wait_for(lambda: client.get(f"{PREFIX}:lock:projector"))
        assert int(after.split(b"-")[0]) > int(before.split(b"-")[0])
        assert parts.error is None


def test_the_real_projector_shows_a_real_case(redis_server: RedisServer) -> None:
    regions = load_regions()
    reported = msgspec.json.decode(event(1).raw)
    reported["type"] = "case.reported"
    reported["region"] = "120110001005001"
    reported["data"] = {"category": "0101", "grade": "general", "channel": "patrol"}
    with projecting(redis_server.url, partial(Projector, regions)) as parts:
        parts.log.append([decode(msgspec.json.encode(reported))], NOW)
        for region, count in (
            ("120110", 1),
            ("120110001", 1),
            ("120110001005", 1),
            ("120110002", 0),
        ):
            frame = wait_for(lambda r=region: (f := parts.frame(f"{r}/wall"))["seq"] == 1 and f)
            assert frame["panels"]["cases"]["open"] == count
