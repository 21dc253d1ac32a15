"""Questions and answers between the web server and the roles that answer, through Redis.

A service is a role that answers: `query` the past, `desk` people, `office` papers. Keys of each:
`<prefix>:<service>` a list of questions that any worker may take, `<prefix>:<service>:<worker>` of
those that are one worker's; `<prefix>:<service>:answer:<id>` one answer;
`<prefix>:<service>:wanted:<id>` exists as long as somebody waits for it, so nobody works on what
came too late; `<prefix>:<service>:workers` the workers, `<prefix>:<service>:alive:<worker>` their
signs of life.
"""

import logging
import time
from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct
from redis import Redis

from cockpit.errors import ERRORS, CockpitError
from datasource.redis_client import SOCKET_TIMEOUT, redis_errors

_logger = logging.getLogger(__name__)

ANSWER_SECONDS = 15.0
# Of people at desks each is answered late rather than not.
DESK_PATIENCE_SECONDS = 5.0
WAITING = 16  # questions of one web server that wait at one time
ALIVE_SECONDS = 8  # without a sign of life a worker is gone; it gives one each second
_PIECE = SOCKET_TIMEOUT / 2  # a blocking read must end before its own timeout does
_KEPT_SECONDS = 30  # answers that nobody fetches, and lists that nobody reads
_GOOD, _BAD = b"+", b"-"
_encode = msgspec.msgpack.Encoder().encode
_fault = msgspec.msgpack.Decoder(tuple[str, dict[str, Any]]).decode


class Asked(Struct, frozen=True):
    """A question on its way, still encoded; the answer goes to where `id` says."""

    id: str
    question: msgspec.Raw


class _Keys:
    """Where the parties meet."""

    def __init__(self, prefix: str, service: str) -> None:
        self.common = f"{prefix}:{service}"
        self.workers = f"{self.common}:workers"

    def own(self, worker: str) -> str:
        return f"{self.common}:{worker}"

    def alive(self, worker: str) -> str:
        return f"{self.common}:alive:{worker}"

    def wanted(self, asked: str) -> str:
        return f"{self.common}:wanted:{asked}"

    def answer(self, asked: str) -> str:
        return f"{self.common}:answer:{asked}"


def packed(question: Struct) -> bytes:
    """A question as it travels. Raises CockpitError `request.invalid` for one with numbers that no
    answer could know, or nested without end."""
    try:
        return _encode(question)
    except (OverflowError, RecursionError):
        why = "a number is too large, or something is nested too deeply"
        raise CockpitError("request.invalid", why=why) from None


class Queries:
    """The asking side of a service. Safe for many greenlets or threads."""

    def __init__(
        self,
        client: Redis,
        prefix: str,
        service: str,
        seconds: float = ANSWER_SECONDS,
        patience: float = 0.0,
    ) -> None:
        """`seconds`: how long an answer is waited for; `patience`: how long a place among those
        that wait."""
        self._client, self._seconds, self._patience = client, seconds, patience
        self._service, self._keys = service, _Keys(prefix, service)
        self._places = BoundedSemaphore(WAITING)

    def ask(self, question: Struct, worker: str = "") -> bytes:
        """The answer's bytes, if it can be of this worker.

        Raises as `packed`, what the worker raised, or CockpitError `query.busy`,
        `query.unavailable` (nobody answers), `query.slow`, `redis.unreachable`, `redis.refused`.
        """
        if not self._places.acquire(timeout=self._patience):
            raise CockpitError("query.busy", limit=WAITING, service=self._service)
        try:
            with redis_errors(self._client):
                answer = self._ask(Asked(uuid4().hex, msgspec.Raw(packed(question))), worker)
        finally:
            self._places.release()
        if answer[:1] == _GOOD:
            return answer[1:]
        code, facts = _fault(answer[1:])
        raise CockpitError(code if code in ERRORS else "server.fault", **facts)

    def _ask(self, asked: Asked, worker: str) -> bytes:
        until = time.monotonic() + self._seconds
        worker = worker if worker in self._living() else ""
        self._send(asked, worker, until - time.monotonic())
        key = self._keys.answer(asked.id)
        while (left := until - time.monotonic()) > 0:
            found: Any = self._client.blpop([key], timeout=max(0.01, min(left, _PIECE)))
            if found:
                return bytes(found[1])
            if worker not in {"", *self._living()}:
                worker = ""
                self._send(asked, worker, until - time.monotonic())
        raise CockpitError("query.slow", seconds=self._seconds)

    def _living(self) -> set[str]:
        """The workers that live. Raises CockpitError `query.unavailable` without any."""
        found: Any = self._client.smembers(self._keys.workers)
        names = sorted(name.decode() for name in found)
        signs: Any = self._client.mget([self._keys.alive(n) for n in names]) if names else []
        living = {name for name, sign in zip(names, signs, strict=True) if sign is not None}
        if gone := set(names) - living:
            self._client.srem(self._keys.workers, *gone)
        if not living:
            raise CockpitError("query.unavailable", service=self._service)
        return living

    def _send(self, asked: Asked, worker: str, seconds: float) -> None:
        to = self._keys.own(worker) if worker else self._keys.common
        pipe = self._client.pipeline()
        pipe.set(self._keys.wanted(asked.id), 1, px=max(1, int(seconds * 1000)))
        pipe.rpush(to, _encode(asked))
        pipe.expire(to, _KEPT_SECONDS)
        pipe.execute()


class Inbox:
    """The answering side of a service, of one worker. All methods raise CockpitError
    `redis.unreachable` or `redis.refused`; then a question may be lost, and who asked it hears
    `query.slow`."""

    def __init__(self, client: Redis, prefix: str, service: str) -> None:
        self._client, self._keys = client, _Keys(prefix, service)
        self.worker = uuid4().hex[:8]
        self._lists = [self._keys.own(self.worker), self._keys.common]
        self.late = 0  # questions for which nobody waited any more

    def beat(self) -> None:
        """Give a sign of life; to be called each second, also while an answer is worked on."""
        with redis_errors(self._client):
            pipe = self._client.pipeline(transaction=False)
            pipe.set(self._keys.alive(self.worker), 1, ex=ALIVE_SECONDS)
            pipe.sadd(self._keys.workers, self.worker)
            pipe.execute()

    def take(self, seconds: float) -> Asked | None:
        """The next question that somebody waits for; None when none came in so many seconds."""
        self._lists.reverse()  # so that neither list keeps the other waiting for ever
        with redis_errors(self._client):
            found: Any = self._client.blpop(self._lists, timeout=max(0.01, min(seconds, _PIECE)))
            if not found:
                return None
            try:
                asked = msgspec.msgpack.decode(found[1], type=Asked)
            except msgspec.MsgspecError:
                _logger.warning("A question of another build cannot be read")
                return None
            wanted = self._client.getdel(self._keys.wanted(asked.id))
        self.late += wanted is None
        return asked if wanted else None

    def answer(self, asked: Asked, body: bytes) -> None:
        """Send an answer."""
        self._reply(asked, _GOOD + body)

    def refuse(self, asked: Asked, error: CockpitError) -> None:
        """Send a fault; it is raised again where it was asked."""
        self._reply(asked, _BAD + _encode((error.code, _plain(error.facts))))

    def _reply(self, asked: Asked, answer: bytes) -> None:
        key = self._keys.answer(asked.id)
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.rpush(key, answer)
            pipe.expire(key, _KEPT_SECONDS)
            pipe.execute()

    def leave(self) -> None:
        """Take no more questions; others hear of it at once."""
        with redis_errors(self._client):
            pipe = self._client.pipeline()
            pipe.srem(self._keys.workers, self.worker)
            pipe.delete(self._keys.alive(self.worker))
            pipe.execute()


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | float | bool | None) else str(value)
        for name, value in facts.items()
    }
