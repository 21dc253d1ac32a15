"""The log of a district: one Redis stream, filled by one atomic script.

An event is deduplicated, numbered and announced in the same instant, so there is never an
event that somebody heard of and that is not in the log, nor a number without an event.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from redis import Redis

from cockpit.clock import SystemClock
from cockpit.config import read_settings
from cockpit.domain.events import Event, EventReader
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Appended, Entry, Room
from datasource.dead_letters import RedisDeadLetters
from datasource.geography import load_regions
from datasource.log_scripts import APPEND
from datasource.receive import Receipt, Receiver
from datasource.redis_client import connect, redis_address, redis_errors
from datasource.start_clock import anchored_clock
from datasource.subscription import Subscription

_ROOT = Path(__file__).resolve().parent.parent
REMEMBERED_SECONDS = 48 * 3600
_PIECE = 256  # events a script call: Redis serves nobody else meanwhile, so well under 5 ms
_TRIMMED_AT_ONCE = 10_000  # entries an XTRIM, for the same reason

_END_EPOCH = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisLog:
    """The log in Redis: stream and channel `<prefix>:log`, fields `e` (the message) and `at`
    (instant of receipt, microseconds). Implements `cockpit.ports.Log`.

    Whoever trims the stream must leave its last entry: the next number follows from it.
    """

    def __init__(self, client: Redis, prefix: str, limit: int = 0) -> None:
        """`limit`: entries it may hold, 0 for any number."""
        self._client, self._prefix, self._limit = client, prefix, limit
        self._key = f"{prefix}:log"
        self._append = client.register_script(APPEND)
        self._end_epoch = client.register_script(_END_EPOCH)
        self._last_read: Entry | None = None
        # Each head that is announced ends a waiting `read`; one that is missed delays it.
        self._heads = Subscription(client, self._key, "The reader of the log")
        self._read_all = False

    def append(self, events: Sequence[Event], received: int | None) -> Appended:
        """As the port says; `received` None: each event was received when it happened, which
        only a simulated past is."""
        if not events:
            return Appended(0, 0, self.head())
        with redis_errors(self._client):
            if len(events) <= _PIECE:
                answers = [self._send(events, received, self._client)]
            else:
                pipe = self._client.pipeline(transaction=False)
                for start in range(0, len(events), _PIECE):
                    self._send(events[start : start + _PIECE], received, pipe)
                answers = pipe.execute()
        if any(answer[0] < 0 for answer in answers):
            raise CockpitError("log.full", limit=self._limit)
        accepted = sum(answer[0] for answer in answers)
        return Appended(accepted, len(events) - accepted, answers[-1][1])

    def _send(self, events: Sequence[Event], received: int | None, client: Redis) -> Any:
        keys: list[str | bytes] = [self._key]
        keys += [event_mark(self._prefix, event.source, event.id) for event in events]
        args: list[int | bytes] = [
            b"" if received is None else received, REMEMBERED_SECONDS, self._limit,
        ]  # fmt: skip
        args += [event.raw for event in events]
        if received is None:
            args += [event.time for event in events]
        return self._append(keys=keys, args=args, client=client)

    def read(self, after: int, limit: int, block_ms: int) -> list[Entry]:
        """As the port says; a caller that goes on where it stopped is told by CockpitError
        `log.changed` when the log no longer holds what it was last given there."""
        if block_ms and self._read_all:
            # Not XREAD BLOCK: Redis looks at its timeouts only ten times a second.
            self._heads.receive(limit, block_ms / 1000)
        known = self._last_read
        with redis_errors(self._client):
            pipe = self._client.pipeline(transaction=False)
            if known is not None and known.n == after:
                pipe.xrange(self._key, f"{after}-0", f"{after}-0")
            pipe.xread({self._key: f"{after}-0"}, count=limit)
            *before, streams = pipe.execute()
        there = list(stream_entries(before[0])) if before else [known]
        # What is not there was trimmed away, if the log begins behind it.
        if there != [known] and (there or self.first() <= after):
            self._last_read = None
            raise CockpitError("log.changed", number=after)
        entries = list(stream_entries(streams[0][1])) if streams else []
        if entries:
            self._last_read = entries[-1]
        self._read_all = len(entries) < limit
        return entries

    def head(self) -> int:
        last = self._last()
        return last.n if last else 0

    def last_received(self) -> int | None:
        last = self._last()
        return last.received if last else None

    def _last(self) -> Entry | None:
        with redis_errors(self._client):
            found = self._client.xrevrange(self._key, count=1)
        return next(stream_entries(found), None)

    def first(self) -> int:
        with redis_errors(self._client):
            found = self._client.xrange(self._key, count=1)
        return next((entry.n for entry in stream_entries(found)), 0)

    def length(self) -> int:
        with redis_errors(self._client):
            held: Any = self._client.xlen(self._key)
        return int(held)

    def room(self) -> Room | None:
        return Room(self.length(), self._limit) if self._limit else None

    def trim(self, up_to: int, keep: int) -> int:
        """As the port says, in pieces, so that Redis serves others in between."""
        end = min(up_to + 1, self.head() + 1 - max(keep, 1))
        gone, first = 0, self.first()
        while first < end:
            first = min(first + _TRIMMED_AT_ONCE, end)
            with redis_errors(self._client):
                piece: Any = self._client.xtrim(self._key, minid=f"{first}-0", approximate=False)
            gone += int(piece)
        return gone

    def epoch(self) -> str:
        key = f"{self._prefix}:epoch"
        with redis_errors(self._client):
            self._client.set(key, uuid4().hex[:12], nx=True)
            name: Any = self._client.get(key)
        return str(name, "ascii")

    def end_epoch(self, epoch: str) -> None:
        """Let another epoch begin, unless one has: numbers of this one were used again."""
        with redis_errors(self._client):
            self._end_epoch(keys=[f"{self._prefix}:epoch"], args=[epoch])


def event_mark(prefix: str, source: str, event_id: str) -> bytes:
    """The key by which the log knows for 48 hours that it has an event."""
    name = f"{source}\0{event_id}".encode()
    return f"{prefix}:seen:".encode() + blake2b(name, digest_size=16).digest()


def stream_entries(found: Any) -> Iterator[Entry]:
    """Entries out of what Redis answers of the log's stream."""
    for name, fields in found:
        yield Entry(int(name.partition(b"-")[0]), int(fields[b"at"]), fields[b"e"])


@lru_cache(maxsize=8)
def _receiver(redis_url: str | None) -> Receiver:
    settings = read_settings({"redis_url": redis_url}, os.environ)
    client = connect(redis_address(settings))
    prefix = settings["prefix"]
    rules = Rules.from_toml((_ROOT / settings["rules"]).read_text("utf-8"))
    clock = anchored_clock(os.environ, settings["speed"]) or SystemClock()
    log = RedisLog(client, prefix, settings["log_limit"])
    reader = EventReader(load_regions(), rules)
    return Receiver(log, RedisDeadLetters(client, prefix), reader, clock)


def append(events: Iterable[Mapping[str, Any] | bytes], redis_url: str | None = None) -> Receipt:
    """The way in for programs in Python (events.md): judge events, append the good ones.

        from datasource.log import append
        append([{"specversion": "1.0", "id": "7", "source": "/dongli/terminal", ...}])

    Each event is a CloudEvent as a mapping or as JSON. Answers once the log has them: accepted,
    duplicates, and what was rejected (place, code, reason; also in the dead letters). Redis,
    prefix and clock are those of the settings in the environment (docs/settings.md) unless
    `redis_url` names another Redis. Raises CockpitError `redis.unreachable`, `redis.refused` or
    `log.full` (the archive does not keep up); the same call may then be repeated.
    """
    messages = [e if isinstance(e, bytes) else msgspec.json.encode(e) for e in events]
    return _receiver(redis_url).receive(messages)
