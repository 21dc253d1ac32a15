"""The simulator's real doors: PUBLISH on the sources' channel, and its memory in a hash."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any, TypeVar, cast

from redis import Redis

from cockpit.clock import Clock
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Lock, StopSignal
from datasource.lock import SIMULATOR_LIFE_MS
from datasource.outage import Outage
from datasource.redis_client import redis_errors
from datasource.simulator.ground import Ground
from datasource.simulator.runner import RETRY_SECONDS, Append, Simulator
from datasource.simulator.scenarios import load_scenario
from datasource.simulator.state import State, open_state
from datasource.simulator.world import World

log = logging.getLogger(__name__)
T = TypeVar("T")


class Channel:
    """Implements `runner.Publish` on `<prefix>:events`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._name = client, f"{prefix}:events"

    def __call__(self, messages: Sequence[bytes]) -> int:
        """Publish in order; answers how many, from the first on, reached a subscriber. Those
        behind one that reached nobody are to be sent again even when they reached somebody.

        Raises CockpitError `redis.unreachable` or `redis.refused`.
        """
        with redis_errors(self._client), self._client.pipeline(transaction=False) as pipe:
            for message in messages:
                pipe.publish(self._name, message)
            heard = pipe.execute()
        return next((i for i, count in enumerate(heard) if not count), len(heard))


class HashStore:
    """Implements `state.Store` by the hash `<prefix>:simulator`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._name = client, f"{prefix}:simulator"

    def load(self) -> dict[str, str]:
        with redis_errors(self._client):
            found = cast("dict[bytes, bytes]", self._client.hgetall(self._name))
        return {key.decode(): value.decode() for key, value in found.items()}

    def save(self, values: Mapping[str, str]) -> None:
        table: Mapping[Any, str] = values
        with redis_errors(self._client):
            self._client.hset(self._name, mapping=table)


def grids_text() -> str:
    """The GeoJSON of the grids' polygons."""
    return (resources.files("datasource") / "geodata" / "grids.geojson").read_text("utf-8")


def _held(
    lock: Lock, prefix: str, door: Callable[[Sequence[bytes]], T]
) -> Callable[[Sequence[bytes]], T]:
    """The door, shut while somebody else holds the lock."""

    def through(messages: Sequence[bytes]) -> T:
        if not lock.keep():
            raise CockpitError("simulator.already_running", prefix=prefix)
        return door(messages)

    return through


def run_simulator(
    client: Redis, prefix: str, append: Append, regions: Regions, rules: Rules, clock: Clock,
    seed: int, scenario: str, lock: Lock, stop: StopSignal,
) -> None:  # fmt: skip
    """Run the simulated district until `stop`.

    `append` is the SDK's door for the past; `lock` admits one simulator, for two would number
    their events alike. Waits for Redis when it is away. Raises CockpitError `scenario.invalid`,
    `simulator.already_running`, or `setting.invalid` when another seed lives here.
    """
    chosen = load_scenario(scenario)
    store = HashStore(client, prefix)
    if not _admitted(lock, prefix, stop):
        return
    state = _opened(store, seed, scenario, clock, stop)
    if state is None:
        return
    world = World(
        seed, chosen, regions, rules, Ground(regions, grids_text()), state.born, state.since,
        state.anchor,
    )  # fmt: skip
    try:
        Simulator(
            world, state, _held(lock, prefix, Channel(client, prefix)),
            _held(lock, prefix, append), clock, store, stop,
        ).run()  # fmt: skip
    finally:
        lock.release()


def _admitted(lock: Lock, prefix: str, stop: StopSignal) -> bool:
    """True once the lock is ours, False when `stop` came first. Waits out a holder that died;
    one that lives is not waited for: two simulators are a mistake."""
    outage = Outage(log, "The simulator")
    give_up: float | None = None
    while not stop.is_set():
        try:
            if lock.try_acquire():
                outage.over()
                return True
            now = time.monotonic()
            give_up = give_up or now + SIMULATOR_LIFE_MS / 1000 + RETRY_SECONDS
            if now > give_up:
                raise CockpitError("simulator.already_running", prefix=prefix)
        except CockpitError as error:
            if error.code.endswith(".already_running"):
                raise
            outage.failed(error)
            give_up = None
        stop.wait(RETRY_SECONDS)
    return False


def _opened(
    store: HashStore, seed: int, scenario: str, clock: Clock, stop: StopSignal
) -> State | None:  # fmt: skip
    """The state once Redis answers; None when `stop` came first."""
    outage = Outage(log, "The simulator")
    while not stop.is_set():
        try:
            kept = store.load()
        except CockpitError as error:
            outage.failed(error)
            stop.wait(RETRY_SECONDS)
            continue
        outage.over()
        return open_state(kept, seed, scenario, clock.now())
    return None
