"""Counters and gauges of the processes: one hash a role, written about each second."""

from collections.abc import Mapping
from typing import Any

from redis import Redis

from datasource.redis_client import redis_errors

_FORGOTTEN_AFTER = 15  # seconds without a write: the process is gone, its gauges would lie


class RedisStats:
    """Hashes `<prefix>:stats:<role>`. Implements `cockpit.ports.Stats`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._prefix = client, prefix

    def write(self, role: str, values: Mapping[str, float]) -> None:
        key = f"{self._prefix}:stats:{role}"
        mapping: dict[Any, Any] = dict(values)
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.hset(key, mapping=mapping)
            pipe.expire(key, _FORGOTTEN_AFTER)
            pipe.execute()

    def read(self, role: str) -> dict[str, float]:
        with redis_errors(self._client):
            found: Any = self._client.hgetall(f"{self._prefix}:stats:{role}")
        return {name.decode(): float(value) for name, value in found.items()}
