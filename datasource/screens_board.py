"""The screens at all web servers: one short-lived list a server, compressed."""

from collections.abc import Sequence
from typing import Any

import msgspec
import zstandard
from redis import Redis

from cockpit.watching import ConnectedScreen
from datasource.redis_client import redis_errors

_FORGOTTEN_AFTER = 15  # seconds, as with the figures of a process
# A list of 2000 screens is 300 kB of JSON, and nine tenths of it are the names of its fields.
_LEVEL = 1
_LONGEST = 16 * 1024 * 1024
_decode = msgspec.json.Decoder(list[ConnectedScreen]).decode


class RedisScreensBoard:
    """Lists `<prefix>:screens:<instance>`, zstd of JSON; the instances' names in the set
    `<prefix>:screens`. Implements `cockpit.watching.ScreensBoard` for one web server."""

    def __init__(self, client: Redis, prefix: str, instance: str) -> None:
        self._client, self._index, self._instance = client, f"{prefix}:screens", instance

    def write(self, screens: Sequence[ConnectedScreen]) -> None:
        text = zstandard.compress(msgspec.json.encode(screens), _LEVEL)
        with redis_errors(self._client):
            pipe = self._client.pipeline(transaction=False)
            pipe.set(f"{self._index}:{self._instance}", text, ex=_FORGOTTEN_AFTER)
            pipe.sadd(self._index, self._instance)
            pipe.execute()

    def all(self) -> dict[str, list[ConnectedScreen]]:
        with redis_errors(self._client):
            names: Any = self._client.smembers(self._index)
            if not names:
                return {}
            ordered = sorted(name.decode() for name in names)
            found: Any = self._client.mget([f"{self._index}:{name}" for name in ordered])
            gone = [name for name, text in zip(ordered, found, strict=True) if text is None]
            if gone:
                self._client.srem(self._index, *gone)
        return {
            name: _decode(zstandard.decompress(text, _LONGEST))
            for name, text in zip(ordered, found, strict=True)
            if text is not None
        }
