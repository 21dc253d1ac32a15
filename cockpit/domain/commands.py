"""What people may do about a case, a whistle, an alert, a person or a worker: one closed table.

A command is named by the type of the event that it becomes; two stay in SQL and become none
(`alert.shelved`, `remark`). `COMMANDS` says who may give it, in which states of its subject, with
what data. The ledgers take more than a desk offers (whoever reports late may skip stages): a
command is offered where its event is taken and means something. docs/commands.md is generated
from the table.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from cockpit.domain.access import Right
from cockpit.domain.event_types import EVENT_TYPES, Moment, NoData, Reason, Text

CASE_OPEN = ("reported", "accepted", "filed", "dispatched", "handling", "handled")
CASE_STATES = (*CASE_OPEN, "suspended", "closed", "declined", "cancelled")
WHISTLE_OPEN = ("sign", "refused", "arrive", "finish", "done")
WHISTLE_STATES = (*WHISTLE_OPEN, "confirmed", "withdrawn")
ALERT_STATES = ("active", "acknowledged", "cleared", "settled")
STATES: dict[str, tuple[str, ...]] = {
    "case": CASE_STATES,
    "whistle": WHISTLE_STATES,
    "alert": ALERT_STATES,
    "person": ("enrolled",),
    "worker": ("known",),
}
TOP = {"case.supervised": 4, "whistle.escalated": 3}  # the highest level of each ladder


class Remark(Struct, frozen=True, forbid_unknown_fields=True):
    """A note for colleagues about the matter, shown as text on desks only."""

    text: Annotated[str, Meta(min_length=1, max_length=1000)]


class Shelve(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when nobody is to be reminded of the alert. `after`: the number of the last shelving
    that was seen (`shelvings` of the row), 0 for none."""

    until: Moment
    reason: Text
    after: int = 0


class CommandType(Struct, frozen=True):
    """One row. `rights`: any of them suffices, here and in `high` for levels 3 and 4. `subject`:
    the kinds it is about; `states`: those of the subject in which it may be given, by the names of
    `STATES`. `reason`: one must be given. `bulk`: may be given for many at once. `opens`: the
    subject is new and its key made by the server. `limit`: only while a limit is set. `event`:
    False when it stays in SQL. `anytime`: whatever has become of the subject meanwhile."""

    subject: tuple[str, ...]
    rights: tuple[Right, ...]
    states: tuple[str, ...]
    meaning: str
    reason: bool = False
    bulk: bool = False
    opens: bool = False
    limit: bool = False
    event: bool = True
    anytime: bool = False
    high: tuple[Right, ...] = ()
    data: type[Struct] = NoData


def _of(
    name: str, right: Right | tuple[Right, ...], states: tuple[str, ...], **more: Any
) -> CommandType:
    """The row of a command that becomes an event."""
    row = EVENT_TYPES[name]
    rights = right if isinstance(right, tuple) else (right,)
    more.setdefault("reason", row.data is Reason)
    return CommandType((row.subject,), rights, states, row.meaning, data=row.data, **more)


_CASES: dict[str, tuple[Right, tuple[str, ...], dict[str, Any]]] = {
    "case.accepted": (Right.CASE_RECEIVE, ("reported",), {"bulk": True}),
    "case.declined": (Right.CASE_RECEIVE, ("reported", "accepted"), {}),
    "case.filed": (Right.CASE_RECEIVE, ("reported", "accepted"), {"bulk": True}),
    "case.dispatched": (Right.CASE_RECEIVE, CASE_OPEN[:3], {"bulk": True}),
    "case.returned": (Right.CASE_HANDLE, ("dispatched", "handling"), {}),
    "case.handling": (Right.CASE_HANDLE, ("dispatched",), {"bulk": True}),
    "case.handled": (Right.CASE_HANDLE, CASE_OPEN[:5], {"bulk": True}),
    "case.verified": (Right.CASE_CHECK, ("handled",), {"bulk": True}),
    "case.closed": (Right.CASE_CHECK, ("handled",), {"bulk": True}),
    "case.extended": (Right.CASE_TIME, (*CASE_OPEN, "suspended"), {"reason": True, "limit": True}),
    "case.suspended": (Right.CASE_TIME, ("filed", "dispatched", "handling"), {}),
    "case.resumed": (Right.CASE_TIME, ("suspended",), {"bulk": True}),
    "case.supervised": (
        Right.CASE_SUPERVISE,
        CASE_OPEN,
        {"bulk": True, "high": (Right.CASE_SUPERVISE_HIGH,)},
    ),
    "case.followed_up": (Right.CASE_CHECK, ("closed",), {}),
    "case.cancelled": (Right.CASE_CANCEL, (*CASE_OPEN, "suspended"), {}),
}
_WHISTLES: dict[str, tuple[Right | tuple[Right, ...], tuple[str, ...], dict[str, Any]]] = {
    "whistle.blown": (Right.WHISTLE_BLOW, (), {"opens": True}),
    "whistle.signed": (Right.WHISTLE_ANSWER, ("sign", "refused"), {"bulk": True}),
    "whistle.refused": (Right.WHISTLE_ANSWER, ("sign",), {}),
    "whistle.reassigned": (Right.WHISTLE_DIRECT, WHISTLE_OPEN[:4], {"reason": True}),
    "whistle.arrived": (Right.WHISTLE_ANSWER, ("arrive",), {"bulk": True}),
    "whistle.resolved": (Right.WHISTLE_ANSWER, ("finish",), {"bulk": True}),
    "whistle.confirmed": (Right.WHISTLE_BLOW, ("done",), {"bulk": True}),
    "whistle.extended": (Right.WHISTLE_DIRECT, WHISTLE_OPEN, {"reason": True, "limit": True}),
    "whistle.escalated": (Right.WHISTLE_DIRECT, WHISTLE_OPEN, {"bulk": True}),
    "whistle.rated": ((Right.WHISTLE_BLOW, Right.WHISTLE_ANSWER), ("confirmed",), {}),
    "whistle.withdrawn": (Right.WHISTLE_BLOW, WHISTLE_OPEN, {}),
}
_OTHERS: dict[str, tuple[Right, tuple[str, ...], dict[str, Any]]] = {
    "alert.acknowledged": (Right.ALERT_ACT, ("active", "cleared"), {"bulk": True}),
    "alert.cleared": (Right.ALERT_ACT, ("active", "acknowledged"), {"bulk": True}),
    "visit.made": (Right.VISIT_RECORD, ("enrolled",), {}),
    "worker.excused": (Right.WORKER_EXCUSE, ("known",), {"opens": True, "reason": True}),
}
COMMANDS: dict[str, CommandType] = {
    **{name: _of(name, right, states, **more) for name, (right, states, more) in _CASES.items()},
    **{name: _of(name, right, states, **more) for name, (right, states, more) in _WHISTLES.items()},
    **{name: _of(name, right, states, **more) for name, (right, states, more) in _OTHERS.items()},
    "alert.shelved": CommandType(
        ("alert",),
        (Right.ALERT_ACT,),
        ("active", "acknowledged", "cleared"),
        "搁置 until an instant: in no queue of what is to be done",
        reason=True,
        bulk=True,
        event=False,
        data=Shelve,
    ),
    "remark": CommandType(
        ("case", "whistle", "alert", "person"),
        (Right.COMMENT,),
        (*CASE_STATES, *WHISTLE_STATES, *ALERT_STATES, "enrolled"),
        "备注 for colleagues",
        event=False,
        anytime=True,
        data=Remark,
    ),
}


class Standing(Struct, frozen=True):
    """How a subject stands, as far as commands care: its state by the names of `STATES`, whether a
    limit is set, the level it was raised to on its ladder."""

    kind: str
    state: str
    limit: bool = False
    level: int = 0


def standing(kind: str, row: Mapping[str, Any]) -> Standing:
    """How a subject stands by its row in the archive (docs/archive.md)."""
    if kind == "case":
        state = row["ended"] or ("suspended" if row["suspended"] else row["stage"])
        return Standing(kind, state, row["due"] is not None, row["supervised"])
    if kind == "whistle":
        return Standing(
            kind, row["ended"] or row["leg"] or "done", row["due"] is not None, row["escalated"]
        )
    if kind == "alert":
        told = row["acknowledged"]
        active, gone = ("acknowledged", "settled") if told else ("active", "cleared")
        return Standing(kind, active if row["active"] else gone)
    return Standing(kind, STATES[kind][0])


def may_be_given(name: str, now: Standing) -> bool:
    """Whether a command means something for a subject that stands so, whoever gives it."""
    row = COMMANDS[name]
    if row.opens or now.kind not in row.subject or now.state not in row.states:
        return False
    return (now.limit or not row.limit) and now.level < TOP.get(name, 99)


def rights_for(name: str, level: int = 0) -> tuple[Right, ...]:
    """The rights one of which a command needs; `level` of those that raise one."""
    row = COMMANDS[name]
    return row.high if row.high and level > 2 else row.rights


def allowed(now: Standing, permits: Callable[[Right], bool]) -> list[str]:
    """The commands that somebody may give now; `permits` is the gate for one right. What a
    desk shows as buttons."""
    return [name for name in COMMANDS if may_be_given(name, now) and _permitted(name, now, permits)]


def _permitted(name: str, now: Standing, permits: Callable[[Right], bool]) -> bool:
    levels = range(now.level + 1, TOP[name] + 1) if name in TOP else (0,)
    return any(permits(right) for level in levels for right in rights_for(name, level))
