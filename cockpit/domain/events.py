"""The event types of the four live streams (events.md, contract): one table, one reader.

`EventReader.read(raw, now)` turns one message into an `Event` or raises a CockpitError whose
code and text go to the dead letters. What only the ledgers can know (stages, unknown cases)
is judged there. `decode(raw)` reads a message that has passed before, from the log.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from cockpit.clock import DAY, to_micros
from cockpit.domain import privacy
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Grade, Group, Level, Rules, WhistleKind
from cockpit.errors import CockpitError

MAX_BYTES = 64 * 1024
# What msgspec raises for bytes that it cannot read or that have another shape.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
EARLIEST = 0
LATEST = 84_006 * DAY  # 2200-01-01

Channel = Literal["patrol", "8890", "heart", "online", "opinion"]
AlertKind = Literal[
    "lost_contact", "health", "fire_risk", "family_conflict", "relapse_risk", "needs_aid"
]
Severity = Literal["info", "warning", "critical"]
CHANNELS: tuple[str, ...] = ("patrol", "8890", "opinion", "heart", "online")
SEVERITIES: tuple[str, ...] = ("critical", "warning", "info")

Text = Annotated[str, Meta(min_length=1, max_length=200)]
# The name of a unit or department, never free text: short, without marks that names lack.
Unit = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[^\u0000-\u001f<>{}\"'`@#]+$")]
Moment = Annotated[datetime, Meta(tz=True)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]


class NoData(Struct, frozen=True, forbid_unknown_fields=True):
    """Types that carry no data."""


class CaseReported(Struct, frozen=True, forbid_unknown_fields=True):
    category: str
    grade: Grade
    channel: Channel
    lon: Longitude | None = None
    lat: Latitude | None = None


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """A short reason about the matter, never about a person; no screen shows it."""

    reason: Text


class CaseDispatched(Struct, frozen=True, forbid_unknown_fields=True):
    level: Literal["grid", "community", "street", "department"]
    unit: Unit
    due: Moment | None = None


class CaseVerified(Struct, frozen=True, forbid_unknown_fields=True):
    passed: bool


class Due(Struct, frozen=True, forbid_unknown_fields=True):
    due: Moment


class Supervised(Struct, frozen=True, forbid_unknown_fields=True):
    level: Annotated[int, Meta(ge=1, le=4)]


class FollowedUp(Struct, frozen=True, forbid_unknown_fields=True):
    responded: bool
    resolved: bool
    satisfaction: Literal["satisfied", "basically", "unsatisfied"] | None = None


class WhistleBlown(Struct, frozen=True, forbid_unknown_fields=True):
    kind: WhistleKind
    department: Unit
    category: str
    case: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


class Reassigned(Struct, frozen=True, forbid_unknown_fields=True):
    department: Unit


class Escalated(Struct, frozen=True, forbid_unknown_fields=True):
    level: Annotated[int, Meta(ge=1, le=3)]


class Rated(Struct, frozen=True, forbid_unknown_fields=True):
    by: Literal["street", "department"]
    score: Annotated[int, Meta(ge=1, le=5)]


class Pinged(Struct, frozen=True, forbid_unknown_fields=True):
    lon: Longitude
    lat: Latitude


class Excused(Struct, frozen=True, forbid_unknown_fields=True):
    from_: Moment = msgspec.field(name="from")
    to: Moment


class PersonState(Struct, frozen=True, forbid_unknown_fields=True):
    group: Group
    category: str
    level: Level


class VisitMade(Struct, frozen=True, forbid_unknown_fields=True):
    result: Literal["well", "needs_help", "absent"]


class AlertRaised(Struct, frozen=True, forbid_unknown_fields=True):
    kind: AlertKind
    severity: Severity
    person: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


class By(Struct, frozen=True, forbid_unknown_fields=True):
    """The account that acted, not a name."""

    by: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._@/\-]+$")]


class EventType(Struct, frozen=True):
    """One row of the contract: the subject's kind, the shape of the data, what it says, and
    the level of region it needs (None: any)."""

    subject: str
    data: type[Struct]
    meaning: str
    level: str | None = None


EVENT_TYPES: dict[str, EventType] = {
    "case.reported": EventType("case", CaseReported, "上报 opens the case"),
    "case.accepted": EventType("case", NoData, "受理"),
    "case.declined": EventType("case", Reason, "不受理 ends it; it leaves every rate"),
    "case.filed": EventType("case", NoData, "立案"),
    "case.dispatched": EventType("case", CaseDispatched, "派遣 starts the clock"),
    "case.returned": EventType("case", Reason, "退单 back to filed, the clock stops"),
    "case.handling": EventType("case", NoData, "处置 has begun"),
    "case.handled": EventType("case", NoData, "处置 done, waits for the check on site"),
    "case.verified": EventType("case", CaseVerified, "核查; not passed: back to handling 返工"),
    "case.closed": EventType("case", NoData, "结案"),
    "case.extended": EventType("case", Due, "延期: new deadline in force"),
    "case.suspended": EventType("case", Reason, "挂账 stops the clock"),
    "case.resumed": EventType("case", NoData, "the rest of the time runs on"),
    "case.supervised": EventType("case", Supervised, "督办 1 to 4"),
    "case.followed_up": EventType("case", FollowedUp, "回访"),
    "case.cancelled": EventType("case", Reason, "作废; leaves every rate"),
    "whistle.blown": EventType("whistle", WhistleBlown, "吹哨 opens; the sign limit runs"),
    "whistle.signed": EventType("whistle", NoData, "签收; the arrival limit runs"),
    "whistle.refused": EventType("whistle", Reason, "拒签; waits for reassignment"),
    "whistle.reassigned": EventType("whistle", Reassigned, "改派; the sign limit runs anew"),
    "whistle.arrived": EventType("whistle", NoData, "报到; the finish limit runs"),
    "whistle.resolved": EventType("whistle", NoData, "办结 by the department"),
    "whistle.confirmed": EventType("whistle", NoData, "街道销哨 closes"),
    "whistle.extended": EventType("whistle", Due, "new limit of the running leg"),
    "whistle.escalated": EventType("whistle", Escalated, "升级 1 to 3"),
    "whistle.rated": EventType("whistle", Rated, "评价 1 to 5"),
    "whistle.withdrawn": EventType("whistle", Reason, "撤回; leaves every rate"),
    "patrol.started": EventType("worker", NoData, "session begins in the grid", "grid"),
    "patrol.ended": EventType("worker", NoData, "session ends", "grid"),
    "patrol.pinged": EventType("worker", Pinged, "position in WGS-84", "grid"),
    "worker.excused": EventType("worker", Excused, "leave; the grid is not expected", "grid"),
    "person.enrolled": EventType("person", PersonState, "on the register"),
    "person.updated": EventType("person", PersonState, "category or level changed"),
    "person.removed": EventType("person", NoData, "off the register"),
    "visit.made": EventType("person", VisitMade, "走访; absent does not count"),
    "alert.raised": EventType("alert", AlertRaised, "预警 active, unacknowledged"),
    "alert.acknowledged": EventType("alert", By, "确认"),
    "alert.cleared": EventType("alert", By, "解除"),
    "source.alive": EventType("", NoData, "the source lives; subject is the source"),
}

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

    def __init__(self, regions: Regions, rules: Rules) -> None:
        self._regions, self._rules = regions, rules
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
