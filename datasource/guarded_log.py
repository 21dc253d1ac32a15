"""Appending on a condition: an event that was decided by how its subject stood is kept only if
nothing has happened to the subject since.

Whoever decides reads rows of the archive, which hold the log up to a number. The script that
appends makes sure that the log still holds what the archive does there (after a loss of Redis
numbers are given out again) and that no newer entry speaks of the subject. So no versions have to
be kept anywhere, and two who act at once cannot both succeed.
"""

import json
from typing import Any, Literal, cast

from msgspec import Struct
from redis import Redis

from cockpit.domain.events import Event
from cockpit.ports import Entry
from datasource.log import REMEMBERED_SECONDS, event_mark, stream_entries
from datasource.log_scripts import APPEND_IF
from datasource.redis_client import redis_errors

MOST_BEHIND = 5000  # newer entries that are looked through: some ms in which Redis serves nobody


class Guarded(Struct, frozen=True):
    """What became of an event: `done` now or `known` from before, with its number `n` (0: not
    known any more); `met`: an entry came first, which is `first`; `behind`: the archive is too far
    behind the log, or the log is not the archive's; `full`: the log takes no more. Of the last
    three nothing was kept."""

    outcome: Literal["done", "known", "met", "behind", "full"]
    n: int = 0
    first: Entry | None = None


class GuardedLog:
    """The log of `datasource.log.RedisLog`, for events that stand on the archive's rows."""

    def __init__(self, client: Redis, prefix: str, limit: int = 0) -> None:
        """`limit`: entries the log may hold, 0 for any number."""
        self._client, self._prefix, self.limit = client, prefix, limit
        self._append_if = client.register_script(APPEND_IF)

    def append(
        self, event: Event, received: int, seen: Entry | None, subject: str | None
    ) -> Guarded:
        """Append an event that was decided by what the log holds up to the entry `seen` (None: it
        was empty), unless something newer speaks of the `subject` (`case/7`; None: of whatever it
        speaks). The same event may be given again and is kept once; so may the call when it raised
        CockpitError `redis.unreachable` or `redis.refused`: then it is not known what became of
        it."""
        args: list[Any] = [
            received, REMEMBERED_SECONDS, self.limit, event.raw,
            seen.n if seen else 0, seen.raw if seen else b"", seen.received if seen else 0,
            MOST_BEHIND, *(mentions(subject) if subject else ()),
        ]  # fmt: skip
        keys: list[str | bytes] = [
            f"{self._prefix}:log", event_mark(self._prefix, event.source, event.id),
        ]  # fmt: skip
        with redis_errors(self._client):
            answer = cast(list[Any], self._append_if(keys=keys, args=args))
        outcome, n = answer[0].decode(), answer[1]
        if outcome == "met":
            return Guarded("met", n, Entry(n, int(answer[3]), answer[2]))
        # Marked by `RedisLog.append` or after a loss of Redis: without its number.
        return Guarded(outcome, 0 if outcome == "known" and n <= 1 else n)

    def entry(self, n: int) -> Entry | None:
        """The entry of a number; None when the log does not hold it. Raises as `append`."""
        with redis_errors(self._client):
            found = self._client.xrange(f"{self._prefix}:log", f"{n}-0", f"{n}-0")
        return next(stream_entries(found), None)


def mentions(subject: str) -> list[bytes]:
    """How a JSON text may say a subject: plain, in escapes, with its slash escaped."""
    plain, escaped = json.dumps(subject, ensure_ascii=False), json.dumps(subject)
    forms = {text.replace("/", slash) for text in (plain, escaped) for slash in ("/", "\\/")}
    return sorted(form.encode() for form in forms)
