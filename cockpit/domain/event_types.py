"""The event types of the four live streams (events.md, contract): one table.

`EVENT_TYPES` says for every type whose subject it has, the shape of its data, what it means and
the level of region it needs. The docs, schemas and the reader are made from it.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from cockpit.domain.rules import Grade, Group, Level, WhistleKind

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
