"""Codes of screens that are not paired yet: in Redis, for ten minutes.

`<prefix>:pairing:code:<code>` names the screen (the SHA-256 of its own secret),
`<prefix>:pairing:<screen>` what became of it. The device's token follows from the screen's secret
and the device's id, so that it is nowhere kept and an answer that was lost can be asked for again.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, structs
from redis import Redis

from cockpit.clock import SECOND, Clock
from datasource.redis_client import redis_errors
from datasource.sessions import digest_of

SECONDS = 600
LENGTH = 6
# Without 0 and O, 1 and I: nobody shall wonder.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TRIES = 20


class Waiting(Struct, frozen=True):
    """A screen and its code, until `expires`; the device that it becomes, with the digest of its
    token; once it is paired, `first` is the address of its first page."""

    code: str
    expires: int
    device: str
    digest: str
    first: str = ""


class Pairings:
    """All methods raise CockpitError `redis.*`."""

    def __init__(self, client: Redis, prefix: str, clock: Clock) -> None:
        """`clock` tells the real time."""
        self._client, self._prefix, self._clock = client, f"{prefix}:pairing", clock

    def of_secret(self, secret: str) -> Waiting | None:
        """What became of a screen's code; None when it does not hold any more."""
        return self._of(_screen(secret))

    def begin(self, secret: str) -> Waiting:
        """A new code for the screen of this secret."""
        screen, device = _screen(secret), secrets.token_hex(8)
        with redis_errors(self._client):
            for _ in range(_TRIES):
                code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
                if self._client.set(self._code(code), screen, nx=True, ex=SECONDS):
                    break
        expires = self._clock.now() + SECONDS * SECOND
        waiting = Waiting(code, expires, device, digest_of(token_of(secret, device)))
        self._put(screen, waiting)
        return waiting

    def take(self, code: str, first: str) -> Waiting | None:
        """The code was entered, and shall show the page `first`: it holds no more, and the screen
        may fetch its token. None when no screen shows it."""
        with redis_errors(self._client):
            screen: Any = self._client.getdel(self._code(code))
        if screen is None or (waiting := self._of(screen.decode())) is None:
            return None
        self._put(screen.decode(), structs.replace(waiting, first=first))
        return waiting

    def _of(self, screen: str) -> Waiting | None:
        with redis_errors(self._client):
            found: Any = self._client.get(f"{self._prefix}:{screen}")
        return None if found is None else msgspec.json.decode(found, type=Waiting)

    def _put(self, screen: str, waiting: Waiting) -> None:
        with redis_errors(self._client):
            self._client.set(f"{self._prefix}:{screen}", msgspec.json.encode(waiting), ex=SECONDS)

    def _code(self, code: str) -> str:
        return f"{self._prefix}:code:{code}"


def _screen(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def token_of(secret: str, device: str) -> str:
    """The token of a paired device. Only who has the screen's secret can make it."""
    return hmac.new(secret.encode(), device.encode(), sha256).hexdigest()
