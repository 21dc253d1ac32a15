"""What the web server reads of people in Redis: copies that the role desk writes.

SQL has the truth (datasource/database/people_tables.py). `<prefix>:session:<digest>` lives as long
as the session may idle; `<prefix>:device:<digest>` and the hash `<prefix>:keys` (by digest) until
they are taken back; `<prefix>:devices` counts the changes to screens; `<prefix>:access` says what a
site asks for; `<prefix>:ticket:<digest>` that a paper's page was opened. A digest is the SHA-256 of
what is carried. Who comes is marked in the hash `<prefix>:people:seen`, from which the role desk
brings it into SQL.
"""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct
from redis import Redis

from cockpit.clock import HOUR, MINUTE, SECOND, Clock, SystemClock
from cockpit.errors import CockpitError
from cockpit.ports import Screen, Session, SourceKey
from datasource.redis_client import redis_errors

IDLE = 12 * HOUR
IDLE_SECONDS = IDLE // SECOND
_MARKED_EACH = MINUTE
_MARKS = 10_000
_USED_SECONDS = 600  # longer than any ticket lives


class SessionCopy(Struct, frozen=True):
    """A session, and when it ends however much it is used. `brief`: it is not in SQL, lives for
    seconds, and nobody needs to know that it was used (datasource/office/passes.py)."""

    session: Session
    ends: int
    brief: bool = False


class SiteAccess(Struct, frozen=True):
    """What a site asks for: `cockpit.ports.Sessions.administered` and `keys_exist`."""

    administered: bool
    keys_exist: bool


def digest_of(token: str) -> str:
    """The SHA-256 of what is carried, in hex."""
    return sha256(token.encode()).hexdigest()


class Places:
    """The names of the keys."""

    def __init__(self, prefix: str) -> None:
        self.access, self.keys = f"{prefix}:access", f"{prefix}:keys"
        self.seen = f"{prefix}:people:seen"
        self.devices = f"{prefix}:devices"
        self._prefix = prefix

    def session(self, digest: str) -> str:
        return f"{self._prefix}:session:{digest}"

    def used(self, digest: str) -> str:
        return f"{self._prefix}:ticket:{digest}"

    def device(self, digest: str) -> str:
        return f"{self._prefix}:device:{digest}"


class RedisSessions:
    """Implements `cockpit.ports.Sessions`."""

    def __init__(self, client: Redis, prefix: str, clock: Clock | None = None) -> None:
        """`clock` tells the real time, the machine's when left out."""
        self._client, self._places = client, Places(prefix)
        self._clock = clock or SystemClock()
        self._marked: dict[str, int] = {}
        self._access: SiteAccess | None = None

    def session(self, token: str, used: bool = True) -> Session | None:
        digest = digest_of(token)
        place = self._places.session(digest)
        with redis_errors(self._client):
            found: Any = self._client.get(place)
            if found is None:
                return None
            copy = msgspec.json.decode(found, type=SessionCopy)
            if self._clock.now() >= copy.ends:
                return None
            if used and not copy.brief:
                self._mark(f"session:{digest}", "", place)
        return copy.session

    def first_use(self, token: str) -> bool:
        place = self._places.used(digest_of(token))
        with redis_errors(self._client):
            return bool(self._client.set(place, 1, nx=True, ex=_USED_SECONDS))

    def screen(self, token: str, address: str = "") -> Screen | None:
        digest = digest_of(token)
        with redis_errors(self._client):
            found: Any = self._client.get(self._places.device(digest))
            if found is None:
                return None
            self._mark(f"device:{digest}", address)
        return msgspec.json.decode(found, type=Screen)

    def screen_changes(self) -> int:
        with redis_errors(self._client):
            found: Any = self._client.get(self._places.devices)
        return int(found or 0)

    def key(self, key: str) -> SourceKey | None:
        digest = digest_of(key)
        with redis_errors(self._client):
            found: Any = self._client.hget(self._places.keys, digest)
            if found is None:
                if not self._client.exists(self._places.access):
                    raise CockpitError("query.unavailable", service="desk")
                return None
            copy = msgspec.json.decode(found, type=SourceKey)
            if copy.ends is not None and self._clock.now() >= copy.ends:
                return None
            self._mark(f"key:{copy.id}", "")
        return copy

    def administered(self) -> bool:
        return self._told().administered

    def keys_exist(self) -> bool:
        return self._told().keys_exist

    def _told(self) -> SiteAccess:
        """What the desk said last. A Redis that has lost its data opens no door: it is as it was
        when this process last heard."""
        with redis_errors(self._client):
            found: Any = self._client.get(self._places.access)
        if found is not None:
            self._access = msgspec.json.decode(found, type=SiteAccess)
        if self._access is None:
            raise CockpitError("query.unavailable", service="desk")
        return self._access

    def _mark(self, who: str, address: str, session: str = "") -> None:
        """Note that somebody came, at most each minute; a session idles from then on."""
        now = self._clock.now()
        if now - self._marked.get(who, now - _MARKED_EACH) < _MARKED_EACH:
            return
        if len(self._marked) >= _MARKS:
            self._marked.clear()
        self._marked[who] = now
        pipe = self._client.pipeline(transaction=False)
        pipe.hset(self._places.seen, who, f"{now} {address}")
        if session:
            pipe.expire(session, IDLE_SECONDS)
        pipe.execute()
