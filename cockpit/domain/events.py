"""The event and its reader (events.md, contract).

`EventReader.read(raw, now)` turns one message into an `Event` or raises a CockpitError whose
code and text go to the dead letters. What only the ledgers can know (stages, unknown cases)
is judged there. `decode(raw)` reads a message that has passed before, from the log.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from cockpit.clock import DAY, to_micros
from cockpit.domain import privacy
from cockpit.domain.event_types import (
    EVENT_TYPES,
    CaseDispatched,
    CaseReported,
    Due,
    EventType,
    Excused,
    Moment,
    NoData,
    PersonState,
    WhistleBlown,
)
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError

MAX_BYTES = 64 * 1024
# What msgspec raises for bytes that it cannot read or that have another shape.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
EARLIEST = 0
LATEST = 84_006 * DAY  # 2200-01-01

Identifier = Annotated[str, Meta(min_length=1, max_length=256)]


class _Envelope(Struct):
    """The contract's attributes, and the two optional ones of CloudEvents that say nothing here."""

    specversion: str
    id: Identifier
    source: Identifier
    type: str
    subject: Identifier
    time: Moment
    region: str
    sequence: Annotated[str, Meta(pattern="^[0-9]{1,18}$")] | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    datacontenttype: str | None = None
    dataschema: str | None = None


class _Bare(_Envelope, forbid_unknown_fields=True):
    """An envelope without extension attributes, as nearly all are."""


# Under these the cockpit itself speaks: what people do at its desks, and what is late. An event of
# theirs says by the extension attributes `actor` and `reason` whose doing it is, and why; those of
# others mean nothing here.
DESK, ESCALATION = "/cockpit/commands", "/cockpit/escalation"
OWN_SOURCES = frozenset({DESK, ESCALATION})

_Extension = Annotated[str, Meta(max_length=256)] | bool | int
_NAME = re.compile(r"[a-z0-9]{1,20}")


class Event(Struct, frozen=True):
    """One fact. `time` is when it happened (microseconds UTC); `key` is the subject without
    its kind (`case/7` → `7`); `raw` the message as received, which is what the log keeps."""

    id: str
    source: str
    type: str
    key: str
    time: int
    region: str
    sequence: int | None
    data: Any
    raw: bytes


_envelope = msgspec.json.Decoder(_Envelope)
_bare = msgspec.json.Decoder(_Bare)
_attributes = msgspec.json.Decoder(dict[str, msgspec.Raw])
_extension = msgspec.json.Decoder(_Extension)
_data: dict[str, Callable[[bytes | msgspec.Raw], Any]] = {
    name: msgspec.json.Decoder(row.data).decode for name, row in EVENT_TYPES.items()
}
_SUBJECTS = {n: (f"{row.subject}/" if row.subject else "") for n, row in EVENT_TYPES.items()}
_NO_DATA = NoData()


def _event(envelope: _Envelope, raw: bytes) -> Event:
    body = bytes(envelope.data)
    return Event(
        id=envelope.id,
        source=envelope.source,
        type=envelope.type,
        key=envelope.subject[len(_SUBJECTS[envelope.type]) :],
        time=to_micros(envelope.time),
        region=envelope.region,
        sequence=None if envelope.sequence is None else int(envelope.sequence),
        data=_data[envelope.type](body) if body and body != b"null" else _NO_DATA,
        raw=raw,
    )


def decode(raw: bytes) -> Event:
    """Read a message from the log, where only messages that `EventReader` passed are."""
    return _event(_envelope.decode(raw), raw)


class EventReader:
    """Judges a message by everything that needs no ledger."""

    def __init__(self, regions: Regions, rules: Rules, own: bool = False) -> None:
        """`own`: it reads what the cockpit itself says. Nobody else may speak in its name."""
        self._regions, self._rules, self._own = regions, rules, own
        self._future = rules.stream.future_seconds * 1_000_000

    def read(self, raw: bytes, now: int) -> Event:
        """The event of a message received at `now`.

        Raises CockpitError with a code of the families message, envelope, type, region, time,
        data and privacy.
        """
        if len(raw) > MAX_BYTES:
            raise CockpitError("message.too_large", limit=MAX_BYTES, size=len(raw))
        envelope = self._envelope(raw)
        if envelope.specversion != "1.0":
            raise CockpitError("envelope.specversion")
        row = EVENT_TYPES.get(envelope.type)
        if row is None:
            raise CockpitError("type.unknown", type=envelope.type[:80])
        region = self._regions.get(envelope.region)
        if row.level is not None and region.level != row.level:
            raise CockpitError(
                "region.level", type=envelope.type, wanted=row.level, region=envelope.region
            )
        self._check_subject(envelope, row)
        event = self._checked_data(envelope, raw, row)
        if event.time > now + self._future:
            raise CockpitError("time.future")
        self._check_privacy(envelope, raw)
        if envelope.source in OWN_SOURCES and not self._own:
            raise CockpitError("envelope.reserved", source=envelope.source)
        return event

    def _envelope(self, raw: bytes) -> _Envelope:
        try:
            return _bare.decode(raw)
        except msgspec.ValidationError:
            return self._with_extensions(raw)
        except UNREADABLE as error:
            raise CockpitError("message.not_json", why=_short(error)) from None

    def _with_extensions(self, raw: bytes) -> _Envelope:
        try:
            envelope = _envelope.decode(raw)
            attributes = _attributes.decode(raw)
        except msgspec.ValidationError as error:
            raise CockpitError("envelope.invalid", why=_short(error)) from None
        except UNREADABLE as error:
            raise CockpitError("message.not_json", why=_short(error)) from None
        for name in attributes.keys() - _Envelope.__struct_fields__:
            _check_extension(name, attributes[name])
        return envelope

    def _check_subject(self, envelope: _Envelope, row: EventType) -> None:
        if row.subject:
            prefix = f"{row.subject}/"
            good = envelope.subject.startswith(prefix) and len(envelope.subject) > len(prefix)
            wanted = f"{prefix}<id>"
        else:
            good, wanted = envelope.subject == envelope.source, "the source"
        if not good:
            raise CockpitError("envelope.subject", type=envelope.type, wanted=wanted)

    def _checked_data(self, envelope: _Envelope, raw: bytes, row: EventType) -> Event:
        body = bytes(envelope.data)
        if row.data is not NoData and (not body or body == b"null"):
            raise CockpitError("data.invalid", type=envelope.type, why="data is missing")
        try:
            event = _event(envelope, raw)
        except UNREADABLE as error:
            raise CockpitError("data.invalid", type=envelope.type, why=_short(error)) from None
        _check_range("time", event.time)
        data = event.data
        if isinstance(data, CaseReported | WhistleBlown):
            if data.category not in self._rules.minors:
                raise CockpitError("data.category", category=data.category[:40])
        elif isinstance(data, PersonState):
            if data.category not in self._rules.groups[data.group].categories:
                raise CockpitError("data.category", category=data.category[:40])
        elif isinstance(data, CaseDispatched | Due):
            if data.due is not None:
                _check_range("due", to_micros(data.due))
        elif isinstance(data, Excused):
            start, end = to_micros(data.from_), to_micros(data.to)
            _check_range("from", start)
            _check_range("to", end)
            if start >= end:
                raise CockpitError("data.interval")
        return event

    def _check_privacy(self, envelope: _Envelope, raw: bytes) -> None:
        """Refuse personal numbers anywhere but in `id` and `sequence`, where digits are usual."""
        found = privacy.personal_values(raw)
        if not found:
            return
        for field in ("subject", "data"):
            value = getattr(envelope, field)
            if privacy.personal_values(value.encode() if isinstance(value, str) else bytes(value)):
                raise CockpitError("privacy.personal_value", field=field)
        allowed = (envelope.id, envelope.sequence or "")
        if found > sum(privacy.personal_values(text.encode()) for text in allowed):
            raise CockpitError("privacy.personal_value", field="an attribute")


def _check_extension(name: str, value: msgspec.Raw) -> None:
    if not _NAME.fullmatch(name):
        why = "names are 1 to 20 lower-case letters and digits"
        raise CockpitError("envelope.extension", name=name[:40], why=why)
    try:
        _extension.decode(value)
    except UNREADABLE:
        why = "values are text up to 256 characters, whole numbers or logical"
        raise CockpitError("envelope.extension", name=name, why=why) from None


def _short(error: Exception) -> str:
    """What a reader of the message found, short enough for a reason."""
    return str(error)[:200]


def _check_range(field: str, instant: int) -> None:
    if not EARLIEST <= instant < LATEST:
        raise CockpitError("time.range", field=field)
