"""The lines of an export: every line a CloudEvent (docs/operations.md says which).

An event of the log is its own message, byte for byte, with two extension attributes at its end:
`lognumber` and `logreceived`. What the message cannot say is on lines of types of their own.
"""

import re
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from cockpit.clock import to_datetime, to_micros
from cockpit.domain.events import UNREADABLE, decode
from cockpit.errors import CockpitError
from cockpit.ports import Entry, Faded

FORMAT = 1
TYPES = "cockpit.archive."
_START = b'{"specversion":"1.0","type":"' + TYPES.encode()
_END = re.compile(rb',"lognumber":"(\d{1,18})","logreceived":"([\d:.TZ-]{27})"\}')
_END_LENGTH = 90  # of the longest


class Opened(Struct, frozen=True):
    """The first line: what this is, of which district."""

    format: int
    district: str


class Rejected(Struct, frozen=True):
    """A dead letter; the line's id is its stream id. `message` is base64 in JSON."""

    at: int
    code: str
    reason: str
    n: int | None
    message: bytes


class InForce(Struct, frozen=True):
    """Rules, and the number of the first entry that they hold for."""

    from_n: int
    text: str


class Lost(Struct, frozen=True):
    """Numbers that an operator has declared lost."""

    first: int
    last: int
    at: int


class Summary(Struct, frozen=True):
    """What is kept of the positions of a patrol session."""

    worker: str
    start: int
    positions: int
    inside: int
    first_at: int | None
    last_at: int | None


class Closed(Struct, frozen=True):
    """The last line: how many came before it, their SHA-256, the archive's end, and up to which
    instant time had passed."""

    lines: int
    sha256: str
    n: int
    received: int
    letters: str
    epoch: str
    passed: int


Said = Opened | Rejected | InForce | Lost | Summary | Closed
_KINDS: dict[str, type[Said]] = {
    "opened": Opened,
    "rejected": Rejected,
    "rules": InForce,
    "lost": Lost,
    "walked": Summary,
    "closed": Closed,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class _Line(Struct, frozen=True, omit_defaults=True):
    """A line of a type of its own. The order of the fields is that of `_START`."""

    specversion: str
    type: str
    source: str
    id: str
    sequence: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    data_base64: bytes | None = None
    lognumber: str = ""
    logreceived: str = ""


_line = msgspec.json.Decoder(_Line)


def said_line(said: Said, source: str, identity: str) -> bytes:
    """A line, without its end of line."""
    data = msgspec.Raw(msgspec.json.encode(said))
    return msgspec.json.encode(
        _Line("1.0", TYPES + _NAMES[type(said)], source, identity, data=data)
    )


def entry_line(entry: Entry, source: str) -> bytes:
    """An entry of the log as a line; `source` is whose export it is."""
    received = to_datetime(entry.received).isoformat(timespec="microseconds")[:26] + "Z"
    if entry.faded is None and _fits(entry.raw):
        return b'%b,"lognumber":"%d","logreceived":"%b"}' % (
            entry.raw[:-1], entry.n, received.encode(),
        )  # fmt: skip
    number = str(entry.n)
    faded, raw, kind = entry.faded, None, "faded"
    sequence = None if faded is None or faded.sequence is None else str(faded.sequence)
    if faded is None:
        raw, kind = entry.raw, "message"
    source = source if faded is None else faded.source
    line = _Line(
        "1.0", TYPES + kind, source, number,
        sequence=sequence, data_base64=raw, lognumber=number, logreceived=received,
    )  # fmt: skip
    return msgspec.json.encode(line)


def _fits(raw: bytes) -> bool:
    """Whether a message can stand on a line, and be cut out of it again."""
    if raw[-1:] != b"}" or b"\n" in raw or b"\r" in raw or b'"lognumber"' in raw:
        return False
    try:
        decode(raw)
    except (*UNREADABLE, LookupError, CockpitError):
        return False
    return True


def read_line(line: bytes) -> Entry | tuple[str, Said]:
    """What a line holds: an entry, or (its id, what it says).

    Raises ValueError with the reason when it is no line of an export."""
    if not line.startswith(_START):
        end = _END.search(line, max(0, len(line) - _END_LENGTH))
        if end is None or end.end() != len(line):
            raise ValueError("no event with lognumber and logreceived at its end")
        number, received = end.groups()
        return Entry(int(number), _instant(received.decode()), line[: end.start()] + b"}")
    try:
        own = _line.decode(line)
        kind = own.type.removeprefix(TYPES)
        if kind in _KINDS:
            said: Any = msgspec.json.decode(own.data, type=_KINDS[kind])
            return own.id, said
    except UNREADABLE as error:
        raise ValueError(str(error)) from None
    n, at = int(own.lognumber), _instant(own.logreceived)
    if kind == "faded":
        sequence = None if own.sequence is None else int(own.sequence)
        return Entry(n, at, b"", Faded(own.source, sequence))
    if kind == "message" and own.data_base64 is not None:
        return Entry(n, at, own.data_base64)
    raise ValueError(f"unknown type {own.type[:60]}")


def _instant(text: str) -> int:
    try:
        return to_micros(datetime.fromisoformat(text))
    except (ValueError, TypeError, OverflowError):
        raise ValueError("logreceived is no instant") from None
