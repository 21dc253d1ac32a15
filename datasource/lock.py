"""A named lock in Redis with a token that rises: one process of a role at a time.

Whoever does not hold it asks again and again, and so is the standby: a holder that dies is
followed within the lock's life and one asking.
"""

import logging
import time
from typing import Any
from uuid import uuid4

from redis import Redis

from cockpit.errors import CockpitError
from datasource.redis_client import redis_errors

log = logging.getLogger(__name__)

# A holder that has not renewed the lock for so long has lost it.
LIFE_MS = 3000
# The simulator is not followed by anybody, and thinks for seconds when it builds its world.
SIMULATOR_LIFE_MS = 15_000
_ASK_SECONDS = 0.5

# KEYS: the lock, the number of its last holder. ARGV: our name, life in ms.
# Answers the token when the lock is ours, else nothing.
_ACQUIRE = """
local held = redis.call('GET', KEYS[1])
if not held then
  held = string.format('%d-%s', redis.call('INCR', KEYS[2]), ARGV[1])
  redis.call('SET', KEYS[1], held, 'PX', ARGV[2])
elseif string.sub(held, -#ARGV[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  return false
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
    """Implements `cockpit.ports.Lock` for a role (`intake`, `projector`, ...)."""

    def __init__(self, client: Redis, prefix: str, role: str) -> None:
        self._client, self._role = client, role
        self._life_ms = SIMULATOR_LIFE_MS if role == "simulator" else LIFE_MS
        self._key = lock_key(prefix, role)
        self._acquire = client.register_script(_ACQUIRE)
        self._release = client.register_script(_RELEASE)
        self._name = uuid4().hex
        self._asked: float | None = None
        self._held = self._waits = False
        self.token = ""

    def try_acquire(self) -> bool:
        asked = time.monotonic()
        with redis_errors(self._client):
            answer: Any = self._acquire(
                keys=[self._key, f"{self._key}:holders"], args=[self._name, self._life_ms]
            )
        # Counted from before the question: Redis began the life no earlier.
        self._asked, self._held = asked, answer is not None
        if answer is not None:
            self.token = answer.decode()
        return self._held

    def keep(self) -> bool:
        if self._asked is None or time.monotonic() - self._asked >= _ASK_SECONDS:
            self.try_acquire()
        self._tell()
        return self._held

    def release(self) -> None:
        try:
            with redis_errors(self._client):
                self._release(keys=[self._key], args=[self.token])
        except CockpitError:
            return
        finally:
            self._asked, self._held = None, False

    def _tell(self) -> None:
        """One line when it begins to wait, one when it no longer must."""
        if self._held and self._waits:
            log.warning("This %s takes over", self._role)
        elif not self._held and not self._waits:
            log.info("Another %s is at work; this one waits as standby", self._role)
        self._waits = not self._held
