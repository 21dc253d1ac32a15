"""Frames: the last one of each view, and everyone who wants to see the next."""

from collections.abc import Iterator, Mapping
from typing import Any

from redis import Redis

from datasource.lock import lock_key
from datasource.redis_client import redis_errors
from datasource.subscription import Subscription

# Few enough for an event loop that has other things to do.
_BATCH = 64

# KEYS: the projector's lock, then the frames. ARGV: the token, then the frames.
# Frames are not written to the append-only file: they follow from the log, and at 117 walls a
# second they would be most of it.
_PUBLISH = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.set_repl(redis.REPL_SLAVE)
for i = 2, #KEYS do
  redis.call('SET', KEYS[i], ARGV[i])
  redis.call('PUBLISH', KEYS[i], ARGV[i])
end
return 1
"""


class RedisFrameBus:
    """Keys and channels `<prefix>:frame:<view>`. Implements `cockpit.ports.FrameBus`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._lock = lock_key(prefix, "projector")
        self._frames = f"{prefix}:frame:"
        self._publish = client.register_script(_PUBLISH)

    def publish(self, frames: Mapping[str, bytes], token: str) -> bool:
        keys = [self._lock, *(self._frames + view for view in frames)]
        with redis_errors(self._client):
            return bool(self._publish(keys=keys, args=[token, *frames.values()]))

    def last(self, view: str) -> bytes | None:
        with redis_errors(self._client):
            frame: Any = self._client.get(self._frames + view)
        return frame if frame is None else bytes(frame)

    def subscribe(self) -> Iterator[tuple[str, bytes] | None]:
        subscription = Subscription(self._client, f"{self._frames}*", "The subscriber of frames")
        start = len(self._frames.encode())
        breaks = 0
        try:
            while True:
                frames = subscription.receive(_BATCH, 1.0)
                for channel, frame in frames:
                    yield channel[start:].decode(), frame
                if not frames or subscription.breaks != breaks:
                    breaks = subscription.breaks
                    yield None
        finally:
            subscription.close()
