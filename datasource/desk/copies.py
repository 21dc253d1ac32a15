"""The desk's side of the copies in Redis (datasource/sessions.py).

All writing and taking back happens within a transaction of SQL that has locked the row it is of:
so a copy can never come back after it was taken away, and when Redis is away nothing is changed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from redis import Redis

from cockpit.ports import Screen, SourceKey
from datasource.redis_client import redis_errors
from datasource.sessions import Places, SessionCopy, SiteAccess


class Copies:
    """Writes the copies. All methods raise CockpitError `redis.*`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._places = client, Places(prefix)

    def put_session(self, digest: str, copy: SessionCopy, seconds: int) -> None:
        """Keep a session for so long without use."""
        with redis_errors(self._client):
            self._client.set(self._places.session(digest), msgspec.json.encode(copy), ex=seconds)

    def drop_sessions(self, digests: Iterable[str]) -> None:
        """Take sessions back."""
        self._drop([self._places.session(digest) for digest in digests])

    def put_device(self, digest: str, copy: Screen) -> None:
        """Keep a screen until it is taken back; screens hear that something has changed."""
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.set(self._places.device(digest), msgspec.json.encode(copy))
            pipe.incr(self._places.devices)
            pipe.execute()

    def drop_devices(self, digests: Iterable[str]) -> None:
        """Take screens back; screens hear that something has changed."""
        self._drop([self._places.device(digest) for digest in digests])
        with redis_errors(self._client):
            self._client.incr(self._places.devices)

    def _drop(self, names: list[str]) -> None:
        if names:
            with redis_errors(self._client):
                self._client.delete(*names)

    def keys(self) -> set[str]:
        """The digests of the keys that are there."""
        with redis_errors(self._client):
            found: Any = self._client.hkeys(self._places.keys)
        return {digest.decode() for digest in found}

    def put_keys(self, keys: Mapping[str, SourceKey]) -> None:
        """Keep these keys, by digest, and no others."""
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.delete(self._places.keys)
            if keys:
                mapping = {digest: msgspec.json.encode(key) for digest, key in keys.items()}
                pipe.hset(self._places.keys, mapping=mapping)  # type: ignore[arg-type]
            pipe.execute()

    def put_access(self, access: SiteAccess) -> None:
        """Say what the site asks for."""
        with redis_errors(self._client):
            self._client.set(self._places.access, msgspec.json.encode(access))

    def take_marks(self) -> dict[str, tuple[int, str]]:
        """Who came since this was last asked: {"session:<digest>", "device:<digest>" or
        "key:<id>": (when, from which address)}."""
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.hgetall(self._places.seen)
            pipe.delete(self._places.seen)
            found: Any = pipe.execute()[0]
        marks = {}
        for who, text in found.items():
            at, _, address = text.decode().partition(" ")
            marks[who.decode()] = (int(at), address)
        return marks
