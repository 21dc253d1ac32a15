"""Counters and gauges of the processes: one short-lived text a process, written each second."""

import os
import socket
from collections.abc import Mapping
from typing import Any

import msgspec
from redis import Redis

from cockpit.clock import Clock, SystemClock
from cockpit.ports import Process, ProcessState
from datasource.redis_client import redis_errors

_FORGOTTEN_AFTER = 15  # seconds without a write: the process is gone, its gauges would lie
_decode = msgspec.json.Decoder(Process).decode


def instance_name() -> str:
    """Names this process among all of a site: `<host>-<pid>`."""
    return f"{socket.gethostname()}-{os.getpid()}"


class RedisStats:
    """Texts `<prefix>:stats:<role>:<instance>`; their names in the set `<prefix>:stats`, the
    roles that ever were in `<prefix>:stats:roles`. Implements `cockpit.ports.Stats`."""

    def __init__(
        self,
        client: Redis,
        prefix: str,
        clock: Clock | None = None,
        build: str = "",
        instance: str | None = None,
    ) -> None:
        """`clock` is the machine's when left out, `instance` this process."""
        self._client, self._index, self._roles = client, f"{prefix}:stats", f"{prefix}:stats:roles"
        self._clock, self._build = clock or SystemClock(), build
        self._instance = instance or instance_name()
        self._states: dict[str, tuple[ProcessState, int]] = {}

    def write(self, role: str, values: Mapping[str, float], state: ProcessState = "active") -> None:
        now = self._clock.now()
        before = self._states.get(role)
        since = before[1] if before and before[0] == state else now
        self._states[role] = (state, since)
        name = f"{role}:{self._instance}"
        word = Process(role, self._instance, state, since, now, self._build, dict(values))
        with redis_errors(self._client):
            pipe = self._client.pipeline(transaction=False)
            pipe.set(f"{self._index}:{name}", msgspec.json.encode(word), ex=_FORGOTTEN_AFTER)
            pipe.sadd(self._index, name)
            pipe.sadd(self._roles, role)
            pipe.execute()

    def read(self, role: str) -> dict[str, float]:
        active = [each for each in self.all() if each.role == role and each.state == "active"]
        return max(active, key=lambda each: each.at).values if active else {}

    def all(self) -> list[Process]:
        with redis_errors(self._client):
            names: Any = self._client.smembers(self._index)
            if not names:
                return []
            ordered = sorted(name.decode() for name in names)
            found: Any = self._client.mget([f"{self._index}:{name}" for name in ordered])
            # One that comes back to life names itself again within a second.
            gone = [name for name, word in zip(ordered, found, strict=True) if word is None]
            if gone:
                self._client.srem(self._index, *gone)
        return [_decode(word) for word in found if word is not None]

    def roles(self) -> frozenset[str]:
        with redis_errors(self._client):
            found: Any = self._client.smembers(self._roles)
        return frozenset(role.decode() for role in found)
