"""Rejected messages: a bounded stream, masked before anything is written."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from redis import Redis

from cockpit.clock import parse_instant, to_text
from cockpit.domain.events import MAX_BYTES
from cockpit.domain.privacy import masked
from cockpit.ports import DeadCount, DeadLetter
from datasource.redis_client import redis_errors

KEPT = 100_000
_PIECE = 50  # letters a script call; each may have 64 KiB
_ONCE_SECONDS = 600

# KEYS: the stream, the bitmap of refused log numbers, the mark of this call, the counts of codes,
# their last instants.
# ARGV: letters kept, seconds the mark lives, then five for each letter: log number or '',
# message, code, reason, instant.
_PUT = """
local fresh = redis.call('SET', KEYS[3], 1, 'NX', 'EX', ARGV[2])
for i = 3, #ARGV, 5 do
  local keep = fresh
  local letter = {'e', ARGV[i + 1], 'code', ARGV[i + 2], 'reason', ARGV[i + 3], 'at', ARGV[i + 4]}
  if ARGV[i] ~= '' then
    keep = redis.call('SETBIT', KEYS[2], ARGV[i], 1) == 0
    table.insert(letter, 'n')
    table.insert(letter, ARGV[i])
  end
  if keep then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(letter))
    redis.call('HINCRBY', KEYS[4], ARGV[i + 2], 1)
    redis.call('HSET', KEYS[5], ARGV[i + 2], ARGV[i + 4])
  end
end
return 1
"""


class RedisDeadLetters:
    """The stream `<prefix>:dead`: fields `e`, `code`, `reason`, `at` (RFC 3339), and `n` when a
    ledger refused that number of the log; hashes `<prefix>:dead:counts` and `<prefix>:dead:last`
    by code. Implements `cockpit.ports.DeadLetters`."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._key = f"{prefix}:dead"
        self._by_code = (f"{self._key}:counts", f"{self._key}:last")
        self._put = client.register_script(_PUT)

    def put(self, letters: Sequence[DeadLetter], once: str | None = None) -> None:
        if not letters:
            return
        once = once or uuid4().hex
        with redis_errors(self._client):
            epoch: Any = self._client.get(f"{self._prefix}:epoch")
            refused = f"{self._prefix}:refused:{(epoch or b'').decode()}"
            for start in range(0, len(letters), _PIECE):
                mark = f"{self._prefix}:put:{once}:{start}"
                args: list[bytes | str | int] = [KEPT, _ONCE_SECONDS]
                for letter in letters[start : start + _PIECE]:
                    args += _fields(letter)
                self._put(keys=[self._key, refused, mark, *self._by_code], args=args)

    def read(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        with redis_errors(self._client):
            found: Any = self._client.xread({self._key: after}, count=limit)
        entries = found[0][1] if found else []
        return [(name.decode(), _letter(fields)) for name, fields in entries]

    def counts(self) -> list[DeadCount]:
        with redis_errors(self._client):
            pipe = self._client.pipeline(transaction=False)
            for key in self._by_code:
                pipe.hgetall(key)
            numbers, instants = pipe.execute()
        counts = [
            DeadCount(code.decode(), int(number), parse_instant(instants[code].decode()))
            for code, number in numbers.items()
            if code in instants
        ]
        return sorted(counts, key=lambda each: each.last, reverse=True)


def _fields(letter: DeadLetter) -> list[bytes | str | int]:
    # Masked first: a cut through a number would leave its digits unrecognised.
    return [
        "" if letter.n is None else letter.n,
        masked(letter.raw)[:MAX_BYTES],
        letter.code,
        masked(letter.reason.encode()),
        to_text(letter.at),
    ]


def _letter(fields: dict[bytes, bytes]) -> DeadLetter:
    return DeadLetter(
        raw=fields[b"e"],
        code=fields[b"code"].decode(),
        reason=fields[b"reason"].decode(),
        at=parse_instant(fields[b"at"].decode()),
        n=int(fields[b"n"]) if b"n" in fields else None,
    )
