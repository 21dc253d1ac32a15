"""Who may look at what and do what: roles, rights, scopes, and the two gates.

Every door (page, socket, API, export, replay, command) asks one of two functions and nothing
else: `look` before anything is shown, `act` before anything is changed. Both raise
`access.login` for somebody unknown and `access.refused` for somebody who may not; whoever calls
them writes the refusal into the audit.

Roles and their rights are ours (rules.md knows the duties, not the accounts). docs/roles.md is
generated from these tables.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError


class Right(StrEnum):
    """One thing a role may do. Looks begin with `look.`; all others change something."""

    LOOK_WALL = "look.wall"  # walls, their replay and history: counts, masked
    LOOK_STATUS = "look.status"  # /status
    LOOK_DESK = "look.desk"  # queues, cases, whistles and alerts, with their timelines
    LOOK_PERSON = "look.person"  # a person's reference and category; each look is audited
    LOOK_MEETING = "look.meeting"  # meeting pages, drill-down, exports, briefs
    LOOK_AUDIT = "look.audit"
    CASE_RECEIVE = "case.receive"  # accept, decline, file, dispatch
    CASE_HANDLE = "case.handle"  # begin, handled, return
    CASE_CHECK = "case.check"  # verify, close, follow up
    CASE_TIME = "case.time"  # extend, suspend, resume
    CASE_CANCEL = "case.cancel"
    CASE_SUPERVISE = "case.supervise"  # levels 1 and 2
    CASE_SUPERVISE_HIGH = "case.supervise_high"  # levels 3 and 4
    WHISTLE_BLOW = "whistle.blow"  # blow, confirm, rate, withdraw
    WHISTLE_ANSWER = "whistle.answer"  # sign, refuse, arrive, resolve, rate: the department's own
    WHISTLE_DIRECT = "whistle.direct"  # reassign, extend, escalate
    ALERT_ACT = "alert.act"  # acknowledge, shelve, clear
    VISIT_RECORD = "visit.record"
    WORKER_EXCUSE = "worker.excuse"
    COMMENT = "comment"
    DUTY_EDIT = "duty.edit"  # the duty lists of one's region
    ACCOUNT_MANAGE = "account.manage"
    DEVICE_MANAGE = "device.manage"  # pairing, playlists
    KEY_MANAGE = "key.manage"  # source keys


Role = Literal[
    "administrator", "operator", "street_director", "street_operator", "community_secretary",
    "leader", "auditor", "department",
]  # fmt: skip

_LOOK = {Right.LOOK_WALL, Right.LOOK_DESK, Right.LOOK_MEETING, Right.COMMENT}
_STREET = _LOOK | {
    Right.LOOK_PERSON, Right.CASE_RECEIVE, Right.CASE_HANDLE, Right.CASE_CHECK, Right.CASE_TIME,
    Right.WHISTLE_BLOW, Right.ALERT_ACT, Right.VISIT_RECORD, Right.WORKER_EXCUSE,
}  # fmt: skip

RIGHTS: dict[Role, frozenset[Right]] = {
    "administrator": frozenset(
        {
            Right.LOOK_WALL, Right.LOOK_STATUS, Right.LOOK_AUDIT, Right.ACCOUNT_MANAGE,
            Right.DEVICE_MANAGE, Right.KEY_MANAGE, Right.DUTY_EDIT,
        }
    ),
    "operator": frozenset(
        _STREET
        | {
            Right.LOOK_STATUS, Right.CASE_CANCEL, Right.CASE_SUPERVISE, Right.CASE_SUPERVISE_HIGH,
            Right.WHISTLE_DIRECT, Right.DEVICE_MANAGE, Right.DUTY_EDIT,
        }
    ),
    "street_director": frozenset(
        _STREET | {Right.CASE_CANCEL, Right.CASE_SUPERVISE, Right.DEVICE_MANAGE, Right.DUTY_EDIT}
    ),
    "street_operator": frozenset(_STREET),
    "community_secretary": frozenset(
        _LOOK
        | {
            Right.LOOK_PERSON, Right.CASE_HANDLE, Right.ALERT_ACT, Right.VISIT_RECORD,
            Right.WORKER_EXCUSE,
        }
    ),
    "leader": frozenset({Right.LOOK_WALL, Right.LOOK_DESK, Right.LOOK_MEETING}),
    "auditor": frozenset({Right.LOOK_WALL, Right.LOOK_STATUS, Right.LOOK_AUDIT}),
    "department": frozenset({Right.LOOK_DESK, Right.WHISTLE_ANSWER, Right.COMMENT}),
}  # fmt: skip


class Account(Struct, frozen=True, tag="account"):
    """Somebody who has signed in. `id` stands for the person in events and audit and is no name.
    `region` is the scope; `department` names the one that a role `department` answers for, whose
    region is the district."""

    id: str
    role: Role
    region: str
    department: str = ""


class Device(Struct, frozen=True, tag="device"):
    """A paired wall screen: reads these views (`<region>/wall`) and nothing else."""

    id: str
    views: frozenset[str]


class Anybody(Struct, frozen=True, tag="anybody"):
    """Nobody known."""


Identity = Account | Device | Anybody


class Place(Struct, frozen=True):
    """Of what something is to be seen or changed: a region and, of a whistle, whose it is.
    `view` names the wall view when it is one that a device may have; `open`: the site shows it
    to whoever reaches its address."""

    region: str
    department: str = ""
    view: str = ""
    open: bool = False


_OPEN = {Right.LOOK_WALL, Right.LOOK_STATUS}


def is_open(right: Right, place: Place) -> bool:
    """Whether anybody may look, so that nobody need be known."""
    return place.open and right in _OPEN


def look(regions: Regions, who: Identity, right: Right, place: Place) -> None:
    """The gate before anything is shown. Raises CockpitError `access.login` (nobody known) or
    `access.refused`."""
    if is_open(right, place):
        return
    if isinstance(who, Device):
        if right is Right.LOOK_WALL and place.view in who.views:
            return
        raise CockpitError("access.refused", right=str(right), region=place.region[:20])
    _account(regions, who, right, place)


def act(regions: Regions, who: Identity, right: Right, place: Place) -> None:
    """The gate before anything is changed. Raises as `look`."""
    if isinstance(who, Device):
        raise CockpitError("access.refused", right=str(right), region=place.region[:20])
    _account(regions, who, right, place)


def _account(regions: Regions, who: Identity, right: Right, place: Place) -> None:
    if not isinstance(who, Account):
        raise CockpitError("access.login")
    if right not in RIGHTS[who.role] or not covers(regions, who, place):
        raise CockpitError("access.refused", right=str(right), region=place.region[:20])


def covers(regions: Regions, who: Account, place: Place) -> bool:
    """Whether a place lies in an account's scope: its region, and its department's whistles."""
    if who.role == "department" and place.department != who.department:
        return False
    scope, region = regions.index.get(who.region), regions.index.get(place.region)
    return scope is not None and region is not None and scope in regions.all[region].chain
