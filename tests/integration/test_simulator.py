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
from cockpit.errors import CockpitError
from datasource.dead_letters import RedisDeadLetters
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.receive import Receiver
from datasource.redis_client import connect
from datasource.simulator import redis_doors
from datasource.simulator.redis_doors import Channel, HashStore, run_simulator
from datasource.simulator.runner import Simulator
from datasource.simulator.state import open_state
from datasource.subscription import Subscription
from tests.support import PREFIX, RedisServer, wait_for
from tests.twins import ManualClock
from tests.unit.simulated import BORN, SEED, district
from tests.unit.test_simulator_runner import NOW, SmallWorld

pytestmark = [pytest.mark.integration, pytest.mark.bulk]


class Ear:
    """A subscriber that hands what it hears to the log, as the intake does."""

    def __init__(self, url: str, receiver: Receiver) -> None:
        self._client, name = connect(url), f"{PREFIX}:events"
        self._heard = Subscription(self._client, name, "The test")
        wait_for(lambda: self._heard.receive(1, 0.1) or self._client.pubsub_numsub(name)[0][1])
        self._receiver = receiver

    def listen(self) -> int:
        """Keep what waits; answers how much it was."""
        heard: list[bytes] = []
        while some := self._heard.receive(1000, 0.05):
            heard += [data for _, data in some]
        self._receiver.receive(heard)
        return len(heard)

    def close(self) -> None:
        self._heard.close()
        self._client.close()


@contextmanager
def running(url: str, receiver: Receiver, clock: ManualClock) -> Iterator[None]:
    """The whole simulator in a thread, as the role runs it."""
    stop, client = threading.Event(), connect(url)
    thread = threading.Thread(target=simulate, args=(client, receiver, clock, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(240)
        client.close()
    assert not thread.is_alive()


def simulate(client: Redis, receiver: Receiver, clock: ManualClock, stop: threading.Event) -> None:
    regions, rules, _ = district()
    lock = RedisLock(client, PREFIX, "simulator")
    doors = (client, PREFIX, receiver.receive, regions, rules, clock, SEED, "ordinary")
    run_simulator(*doors, lock, stop)


def until(client: Redis) -> int:
    return int(HashStore(client, PREFIX).load().get("published_until", 0))


def logged(client: Redis) -> list[dict[str, Any]]:
    entries: Any = client.xrange(f"{PREFIX}:log")
    return [msgspec.json.decode(fields[b"e"]) for _, fields in entries]


def receiver_of(client: Redis, clock: ManualClock) -> Receiver:
    regions, rules, _ = district()
    log, dead = RedisLog(client, PREFIX), RedisDeadLetters(client, PREFIX)
    return Receiver(log, dead, EventReader(regions, rules), clock)


def test_a_second_start_repeats_nothing(
    redis_server: RedisServer, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasource.simulator.world.PAST_DAYS", 2)
    clock = ManualClock(BORN)
    receiver = receiver_of(client, clock)
    ear = Ear(redis_server.url, receiver)
    with running(redis_server.url, receiver, clock):
        wait_for(lambda: until(client) >= BORN, 240, 0.2)
        clock.advance(20 * SECOND)
        wait_for(lambda: ear.listen() >= 0 and until(client) >= clock.now(), 120)
    first = client.xlen(f"{PREFIX}:log")
    assert first > 50_000

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


def test_a_second_simulator_is_refused(client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that died is waited out, one that lives is not."""
    monkeypatch.setattr(redis_doors, "SIMULATOR_LIFE_MS", 100)
    client.set(f"{PREFIX}:lock:simulator", "1-another")
    clock = ManualClock(BORN)
    with pytest.raises(CockpitError) as caught:
        simulate(client, receiver_of(client, clock), clock, threading.Event())
    assert caught.value.code == "simulator.already_running"
    assert client.keys(f"{PREFIX}:*") == [f"{PREFIX}:lock:simulator".encode()]


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
