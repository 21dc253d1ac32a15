"""A named lock in Redis with a token that rises: one process of a role at a time."""

import time
from typing import Any
from uuid import uuid4

from redis import Redis

from cockpit.errors import CockpitError
from datasource.redis_client import redis_errors

LIFE_MS = 5000
_RENEW_SECONDS = 1.0
_LOOK_SECONDS = 0.1

# KEYS: the lock, the number of its last holder. ARGV: our name, life in ms.
# Answers the token when the lock is ours, else for how many ms the other one has it still.
_ACQUIRE = """
local held = redis.call('GET', KEYS[1])
if not held then
  held = string.format('%d-%s', redis.call('INCR', KEYS[2]), ARGV[1])
  redis.call('SET', KEYS[1], held, 'PX', ARGV[2])
elseif string.sub(held, -#ARGV[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  return redis.call('PTTL', KEYS[1])
end
return held
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def lock_key(prefix: str, role: str) -> str:
    """The key whose value is the token of the role's holder."""
    return f"{prefix}:lock:{role}"


class RedisLock:
    """Implements `cockpit.ports.Lock` for a role (`intake`, `projector`)."""

    def __init__(self, client: Redis, prefix: str, role: str) -> None:
        self._client, self._prefix, self._role = client, prefix, role
        self._key = lock_key(prefix, role)
        self._acquire = client.register_script(_ACQUIRE)
        self._release = client.register_script(_RELEASE)
        self._name = uuid4().hex
        self._renewed = 0.0
        self.token = ""

    def acquire(self) -> None:
        left = self._try()
        give_up = time.monotonic() + LIFE_MS / 1000 + _RENEW_SECONDS
        while left:
            time.sleep(_LOOK_SECONDS)
            before, left = left, self._try()
            # Time left that grows was given by a holder that lives.
            if left > before or time.monotonic() > give_up:
                raise self._already_running()

    def keep(self) -> None:
        if time.monotonic() - self._renewed < _RENEW_SECONDS:
            return
        if self._try():
            raise self._already_running()

    def release(self) -> None:
        try:
            with redis_errors(self._client):
                self._release(keys=[self._key], args=[self.token])
        except CockpitError:
            return
        finally:
            self._renewed = 0.0

    def _try(self) -> int:
        """0 when the lock is ours, else the time in ms the other one has it still (at least 1)."""
        begun = time.monotonic()
        with redis_errors(self._client):
            answer: Any = self._acquire(
                keys=[self._key, f"{self._key}:holders"], args=[self._name, LIFE_MS]
            )
        if isinstance(answer, bytes):
            self.token, self._renewed = answer.decode(), begun
            return 0
        return max(1, int(answer))

    def _already_running(self) -> CockpitError:
        return CockpitError(f"{self._role}.already_running", prefix=self._prefix)
