"""The size of the log, as Redis tells it."""

from typing import Any

from redis import Redis

from cockpit.watching import LogState
from datasource.redis_client import redis_errors


class RedisLogGauge:
    """Measures the stream `<prefix>:log`. Implements `cockpit.watching.LogGauge`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._key = client, f"{prefix}:log"

    def read(self) -> LogState:
        with redis_errors(self._client):
            pipe = self._client.pipeline(transaction=False)
            pipe.xlen(self._key)
            pipe.xrange(self._key, count=1)
            pipe.xrevrange(self._key, count=1)
            pipe.info("memory")
            length, first, last, memory = pipe.execute()
        return LogState(
            length=int(length),
            first=_number(first),
            head=_number(last),
            memory=int(memory["used_memory"]),
            limit=int(memory["maxmemory"]),
        )


def _number(entries: Any) -> int:
    return int(entries[0][0].partition(b"-")[0]) if entries else 0
