"""The simulator on a real Redis: the past once, the present on the channel, Redis lost and back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from redis import Redis

from cockpit.clock import MINUTE, SECOND
from cockpit.domain.events import EventReader
from datasource.dead_letters import RedisDeadLetters
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.receive import Receiver
from datasource.redis_client import connect
from datasource.simulator.redis_doors import Channel, HashStore, run_simulator
from datasource.simulator.runner import Simulator
from datasource.simulator.state import open_state
from tests.support import PREFIX, RedisServer, wait_for
from tests.twins import ManualClock
from tests.unit.simulated import BORN, SEED, district
from tests.unit.test_simulator_runner import NOW, SmallWorld

pytestmark = [pytest.mark.integration, pytest.mark.bulk]


class Ear:
    """A subscriber that hands what it hears to the log, as the intake does."""

    def __init__(self, url: str, receiver: Receiver) -> None:
        self._client = connect(url)
        self._sub = self._client.pubsub()
        self._sub.subscribe(f"{PREFIX}:events")
        wait_for(lambda: self._sub.get_message(timeout=0.1))
        self._receiver = receiver

    def listen(self) -> int:
        """Keep what waits; answers how much it was."""
        heard = []
        while message := self._sub.get_message(timeout=0.05):
            if message["type"] == "message":
                heard.append(message["data"])
        self._receiver.receive(heard)
        return len(heard)

    def close(self) -> None:
        self._sub.close()
        self._client.close()


@contextmanager
def running(url: str, receiver: Receiver, clock: ManualClock) -> Iterator[None]:
    """The whole simulator in a thread, as the role runs it."""
    regions, rules, _ = district()
    stop, client = threading.Event(), connect(url)
    lock = RedisLock(client, PREFIX, "simulator")
    doors = (client, PREFIX, receiver.receive, regions, rules, clock, SEED, "ordinary")
    thread = threading.Thread(target=run_simulator, args=(*doors, lock, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(120)
        client.close()
    assert not thread.is_alive()


def until(client: Redis) -> int:
    return int(HashStore(client, PREFIX).load().get("published_until", 0))


def logged(client: Redis) -> list[dict[str, Any]]:
    entries: Any = client.xrange(f"{PREFIX}:log")
    return [msgspec.json.decode(fields[b"e"]) for _, fields in entries]


def receiver_of(client: Redis, clock: ManualClock) -> Receiver:
    regions, rules, _ = district()
    log, dead = RedisLog(client, PREFIX), RedisDeadLetters(client, PREFIX)
    return Receiver(log, dead, EventReader(regions, rules), clock)


def test_a_second_start_repeats_nothing(redis_server: RedisServer, client: Redis) -> None:
    clock = ManualClock(BORN)
    receiver = receiver_of(client, clock)
    ear = Ear(redis_server.url, receiver)
    with running(redis_server.url, receiver, clock):
        wait_for(lambda: until(client) >= BORN, 120, 0.2)
        clock.advance(20 * SECOND)
        wait_for(lambda: ear.listen() >= 0 and until(client) >= clock.now(), 120)
    first = client.xlen(f"{PREFIX}:log")
    assert 250_000 < first < 350_000

    clock.advance(10 * SECOND)
    with running(redis_server.url, receiver, clock):
        wait_for(lambda: until(client) >= clock.now(), 120)
    ear.listen()
    ear.close()
    assert client.xlen(f"{PREFIX}:log") - first < 1200
    assert client.xlen(f"{PREFIX}:dead") == 0
    numbers: dict[str, list[int]] = {}
    for message in logged(client):
        if "sequence" in message:
            numbers.setdefault(message["source"], []).append(int(message["sequence"]))
    assert len(numbers) == 8
    for found in numbers.values():
        assert found == list(range(1, len(found) + 1))


def test_redis_lost_and_back_loses_nothing(redis_server: RedisServer, client: Redis) -> None:
    clock = ManualClock(NOW)
    receiver = receiver_of(client, clock)
    store, world = HashStore(client, PREFIX), SmallWorld()
    state = open_state(store.load(), 1, "ordinary", NOW)
    doors: Any = (world, state, Channel(client, PREFIX), receiver.receive, clock, store)
    simulator = Simulator(*doors, threading.Event())
    simulator.step()
    clock.advance(5 * SECOND)
    simulator.step()  # nobody listens: kept
    assert until(client) == NOW
    redis_server.kill()
    clock.advance(MINUTE)
    simulator.step()
    redis_server.start()
    ear = Ear(redis_server.url, receiver)
    wait_for(lambda: simulator.step() or until(client) == clock.now())
    wanted = {e.id for e in world.events(NOW, clock.now())}
    wait_for(lambda: ear.listen() >= 0 and wanted <= {m["id"] for m in logged(client)})
    ear.close()
