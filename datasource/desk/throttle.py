"""Who fails again and again waits longer and longer: counters in Redis, which forget."""

from hashlib import sha256
from typing import Any

from redis import Redis

from cockpit.errors import CockpitError
from datasource.redis_client import redis_errors

_NAME_FAILURES = 5
_REMEMBERED_SECONDS = 900
_LONGEST_SECONDS = 300


class Throttle:
    """Counts failures of a kind (`sign_in.name`) for somebody. From the `limit`th on there is a
    wait of 1, 2, 4, … seconds, up to 5 minutes; after 15 minutes without one all is forgotten.
    All methods raise CockpitError `redis.*`."""

    def __init__(self, client: Redis, prefix: str, kind: str, limit: int) -> None:
        self._client, self._prefix, self._limit = client, f"{prefix}:throttle:{kind}", limit

    def check(self, whom: str) -> None:
        """Raises CockpitError `access.throttled` with `retry`, the seconds to wait."""
        with redis_errors(self._client):
            left: Any = self._client.pttl(f"{self._key(whom)}:wait")
        if left > 0:
            raise CockpitError("access.throttled", retry=-(-left // 1000))

    def failed(self, whom: str) -> None:
        """One more failure."""
        key = self._key(whom)
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.incr(key)
            pipe.expire(key, _REMEMBERED_SECONDS)
            count: int = pipe.execute()[0]
            if count >= self._limit:
                # Not 2 ** count: somebody may go on for days.
                wait = min(2 ** min(count - self._limit, 16), _LONGEST_SECONDS)
                self._client.set(f"{key}:wait", 1, ex=wait)

    def forget(self, whom: str) -> None:
        """It went well."""
        key = self._key(whom)
        with redis_errors(self._client):
            self._client.delete(key, f"{key}:wait")

    def _key(self, whom: str) -> str:
        # Hashed: a password typed as a name must not be kept.
        return f"{self._prefix}:{sha256(whom.encode()).hexdigest()[:32]}"


def of_names(client: Redis, prefix: str) -> Throttle:
    """Of failed sign-ins by name. Who gives somebody a new password lets the name go, too."""
    return Throttle(client, prefix, "sign_in.name", _NAME_FAILURES)
