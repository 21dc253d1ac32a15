"""A pub/sub connection that notices when it was broken.

Pub/sub forgets: what is published while a connection is away is gone, and redis-py says
nothing. Two traces remain. After a reconnection a further confirmation of the subscription
comes; and a half-open connection stays silent although something was sent through it each
second. Both count as a break, and the caller goes on reading.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError, ResponseError

from cockpit.errors import CockpitError
from datasource.outage import Outage
from datasource.redis_client import place, redis_errors

log = logging.getLogger(__name__)

PROBE_SECONDS = 1.0
SILENCE_SECONDS = 3.0
_PAUSE = 0.2

Message = tuple[bytes, bytes]  # channel, data


class Subscription:
    """Subscribes to a channel, or to a pattern when `name` ends with `*`.

    `probe` sends something that this subscription must hear; without one the connection itself
    is asked (PING). `breaks` counts the times in which messages may have been lost. One
    thread only.
    """

    def __init__(
        self, client: Redis, name: str, what: str, probe: Callable[[], None] | None = None
    ) -> None:
        self._client, self._name = client, name
        self._probe = probe
        self._outage = Outage(log, what)
        self._pubsub: PubSub | None = None
        self._confirmed = 0
        self._whole = False  # this connection's subscription was confirmed
        self._asked: float | None = None  # since when nothing came although we asked
        self._next_probe = 0.0
        self._built = 0

    @property
    def breaks(self) -> int:
        """Confirmations beyond the first."""
        return max(0, self._confirmed - 1)

    @property
    def reconnections(self) -> int:
        """Connections beyond the first that were made because the one before was of no use."""
        return max(0, self._built - 1)

    def receive(self, limit: int, timeout: float) -> list[Message]:
        """Wait up to `timeout` seconds for a message; answer it with all that wait behind it,
        at most `limit`. Never raises when the connection is lost: answers what came, or
        nothing, and tries again at the next call."""
        batch: list[Message] = []
        try:
            with redis_errors(self._client):
                pubsub = self._pubsub or self._subscribe()
                self._ask(pubsub)
                self._drain(pubsub, batch, limit, timeout)
            self._check_silence()
        except CockpitError as error:
            self._outage.failed(error)
            self.close()
            if not batch:
                time.sleep(min(timeout, _PAUSE))
        return batch

    def farewell(self, limit: int) -> Iterator[list[Message]]:
        """Unsubscribe, and answer what was published before Redis confirmed it, at most `limit`
        at a time. Ends early when the connection is lost or silent. Close it then."""
        batch: list[Message] = []
        try:
            with redis_errors(self._client):
                pubsub = self._pubsub
                if pubsub is None:
                    return
                if self._name.endswith("*"):
                    pubsub.punsubscribe()  # type: ignore[no-untyped-call]
                else:
                    pubsub.unsubscribe()  # type: ignore[no-untyped-call]
                while pubsub.subscribed:
                    batch = []
                    self._drain(pubsub, batch, limit, PROBE_SECONDS)
                    if not batch:
                        return
                    yield batch
        except CockpitError as error:
            self._outage.failed(error)
            yield batch

    def close(self) -> None:
        """Give the connection up; the next `receive` makes another."""
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            pubsub.close()

    def _subscribe(self) -> PubSub:
        pubsub: PubSub = self._client.pubsub()  # type: ignore[no-untyped-call]
        if self._name.endswith("*"):
            pubsub.psubscribe(self._name)
        else:
            pubsub.subscribe(self._name)
        self._pubsub, self._asked, self._whole = pubsub, None, False
        self._built += 1
        return pubsub

    def _ask(self, pubsub: PubSub) -> None:
        now = time.monotonic()
        if now < self._next_probe:
            return
        self._next_probe = now + PROBE_SECONDS
        if self._asked is None:
            self._asked = now
        if self._probe is None:
            pubsub.ping()
            return
        try:
            self._probe()
        except (RedisError, OSError) as error:
            # Another connection's trouble: giving this one up would lose what waits in it.
            log.debug("The probe of %s was not sent: %s", self._name, error)

    def _drain(self, pubsub: PubSub, batch: list[Message], limit: int, timeout: float) -> None:
        while len(batch) < limit:
            try:
                message = _next_message(pubsub, timeout)
            except ResponseError:
                if not self._whole:
                    raise
                # A Redis that cannot write its file refuses even PING, which is an answer.
                message = {"type": "pong"}
            if message is None:
                return
            self._asked, timeout = None, 0.0
            kind = message["type"]
            if kind in {"message", "pmessage"}:
                batch.append((message["channel"], message["data"]))
            elif kind in {"subscribe", "psubscribe"}:
                self._confirmed += 1
                self._whole = True
                self._outage.over()

    def _check_silence(self) -> None:
        if self._asked is not None and time.monotonic() - self._asked > SILENCE_SECONDS:
            raise CockpitError("redis.unreachable", where=place(self._client))


def _next_message(pubsub: PubSub, timeout: float) -> dict[str, Any] | None:
    """The message that begins to come within `timeout` seconds.

    redis-py waits no longer for the rest of a message than for its beginning, takes a rest that
    is not there yet for a broken connection, and makes another: what waits in it would be lost,
    in every burst that is larger than the kernel's buffer.
    """
    with suppress(RedisError):  # a connection that has ended is mended by what follows
        if pubsub.connection is not None and not pubsub.connection.can_read(timeout):
            return None
    message: dict[str, Any] | None = pubsub.get_message(timeout=SILENCE_SECONDS)
    return message
