"""The log and the archive agree: when Redis came back with a shorter or another log than SQL
holds, the log goes on behind the archive, in a new epoch.

Redis writes its file each second; a machine that loses its power loses the last of it, and the
numbers are given out again. Whatever was archived is in SQL. Whatever came in since with a number
that SQL has for another event gets a new number behind the archive's end. Nothing is lost, nothing
is there twice, and everybody folds again from a checkpoint because the epoch is another.
"""

import logging
from collections.abc import Iterator
from typing import Any, Protocol
from uuid import uuid4

from redis import Redis

from cockpit.clock import HOUR
from cockpit.domain.events import UNREADABLE, Event, decode
from cockpit.errors import CockpitError
from cockpit.ports import Archive, ArchiveEnd, Entry
from datasource.log import REMEMBERED_SECONDS, event_mark, stream_entries
from datasource.redis_client import redis_errors

_logger = logging.getLogger(__name__)

_PAGE = 1000
_TRIES = 20

# KEYS: the log, the epoch, the refused numbers of the old epoch and of the new one.
# ARGV: the last id of the log as we saw it ('' for none), the new epoch, then number, message and
# instant of each entry that the log shall hold.
# Somebody may have appended since: then nothing is done, and it has to be looked at again.
_REPLACE = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if (last and last[1] or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
for i = 3, #ARGV, 3 do
  redis.call('XADD', KEYS[1], ARGV[i] .. '-0', 'e', ARGV[i + 1], 'at', ARGV[i + 2])
end
if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('RENAME', KEYS[3], KEYS[4]) end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('PUBLISH', KEYS[1], ARGV[#ARGV - 2])
return 1
"""

# KEYS: marks of events. ARGV: for how many seconds. Half a million go this way after a loss: a
# command for each would take three times as long.
_REMEMBER = """
for i = 1, #KEYS do redis.call('SET', KEYS[i], 1, 'NX', 'EX', ARGV[1]) end
"""


class Holder(Archive, Protocol):
    """The archive, and whether it has an event under whatever number."""

    def holds(self, source: str, event_id: str) -> bool:
        """True when the event is archived; never of a position, which may come twice."""


class LogMender:
    """Holds a district's log in Redis against its archive. Anybody may call `mend`, at any time
    and several at once; it changes something only when the two do not agree."""

    def __init__(self, client: Redis, prefix: str, archive: Holder) -> None:
        self._client, self._prefix, self._archive = client, prefix, archive
        self._key = f"{prefix}:log"
        self._replace = client.register_script(_REPLACE)
        self._mark = client.register_script(_REMEMBER)

    def mend(self) -> bool:
        """Make the log go on where the archive ends. True when it did not.

        Raises CockpitError `redis.*` and `archive.*`; may be called again."""
        for _ in range(_TRIES):
            end = self._archive.end()
            last = self._last()
            if end.n == 0 or self._agrees(end, last):
                return False
            if self._goes_on_behind(end, last):
                _logger.warning("The log was not the archive's; it goes on behind %d", end.n)
                return True
        return False

    def _agrees(self, end: ArchiveEnd, last: Entry | None) -> bool:
        if last is None or last.n < end.n:
            return False
        there = self._entry(end.n)
        return there is not None and there == self._archived(end.n)

    def _goes_on_behind(self, end: ArchiveEnd, last: Entry | None) -> bool:
        fresh: list[Entry] = []
        common = 0  # the last number at which both hold the same
        for entry in self._backwards():
            if entry.n <= end.n and entry == self._archived(entry.n):
                common = entry.n
                break
            event = _event(entry)
            # Not what was sent once more after Redis had forgotten it.
            if event is None or not self._archive.holds(event.source, event.id):
                fresh.append(entry)
        self._remember(common, end)
        epoch = self._client.get(f"{self._prefix}:epoch") or b""
        kept = self._archived(end.n)
        number, received = end.n, end.received
        arguments: list[Any] = [f"{last.n}-0" if last else "", uuid4().hex[:12]]
        if kept is not None:  # always: the archive ends there
            arguments += [kept.n, kept.raw, kept.received]
        for entry in reversed(fresh):
            number, received = number + 1, max(received, entry.received)
            arguments += [number, entry.raw, received]
        refused = f"{self._prefix}:refused:"
        keys = [
            self._key,
            f"{self._prefix}:epoch",
            refused + bytes(epoch).decode(),  # type: ignore[arg-type]
            refused + arguments[1],
        ]
        with redis_errors(self._client):
            return bool(self._replace(keys=keys, args=arguments))

    def _remember(self, common: int, end: ArchiveEnd) -> None:
        """Mark again what Redis forgot with its log, so that a source which sends it once more
        finds it known."""
        oldest = end.received - REMEMBERED_SECONDS * HOUR // 3600
        after = max(common, self._archive.number_at(oldest))
        while entries := self._archive.read(after, _PAGE):
            with redis_errors(self._client):
                events = [event for entry in entries if (event := _event(entry))]
                marks = [event_mark(self._prefix, each.source, each.id) for each in events]
                self._mark(keys=marks, args=[REMEMBERED_SECONDS])
            after = entries[-1].n

    # -- looking at both -----------------------------------------------------------------

    def _last(self) -> Entry | None:
        with redis_errors(self._client):
            return next(stream_entries(self._client.xrevrange(self._key, count=1)), None)

    def _entry(self, n: int) -> Entry | None:
        with redis_errors(self._client):
            return next(stream_entries(self._client.xrange(self._key, f"{n}-0", f"{n}-0")), None)

    def _archived(self, n: int) -> Entry | None:
        found = self._archive.read(n - 1, 1)
        return found[0] if found and found[0].n == n else None

    def _backwards(self) -> Iterator[Entry]:
        until = "+"
        while True:
            with redis_errors(self._client):
                page = list(
                    stream_entries(self._client.xrevrange(self._key, until, "-", count=_PAGE))
                )
            yield from page
            if len(page) < _PAGE:
                return
            until = f"({page[-1].n}-0"


def _event(entry: Entry) -> Event | None:
    """The event of an entry; None of a faded one, and of what somebody else wrote into the log."""
    if entry.faded is not None:
        return None
    try:
        return decode(entry.raw)
    except (*UNREADABLE, LookupError, CockpitError):
        return None
