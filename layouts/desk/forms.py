"""What the dialog of each command asks for: made from the table of commands, so that a field is
neither forgotten nor invented. Its shapes are judged by the server; here is what is offered."""

from typing import Any

import msgspec

from cockpit.domain.access import RIGHTS, Account, Right
from cockpit.domain.commands import COMMANDS, TOP, Remark, Shelve, rights_for
from cockpit.domain.event_types import (
    By,
    CaseDispatched,
    CaseVerified,
    Due,
    Escalated,
    Excused,
    FollowedUp,
    NoData,
    Rated,
    Reason,
    Reassigned,
    Supervised,
    VisitMade,
    WhistleBlown,
)
from cockpit.domain.rules import Rules

# Fields by the shape of a command's data: (name, how it is asked for: assets/js/desk/fields.js).
_FIELDS: dict[type[msgspec.Struct], tuple[tuple[str, str], ...]] = {
    NoData: (),
    Reason: (),
    By: (),
    CaseDispatched: (("unit", "unit"), ("due", "later")),
    CaseVerified: (("passed", "yes"),),
    Due: (("due", "due"),),
    Supervised: (("level", "step"),),
    Escalated: (("level", "step"),),
    FollowedUp: (("responded", "yes"), ("resolved", "yes"), ("satisfaction", "satisfaction")),
    WhistleBlown: (("item", "whistle"), ("kind", "kind"), ("case", "case")),
    Reassigned: (("department", "department"),),
    Rated: (("score", "score"),),
    Excused: (("worker", "worker"), ("from", "begin"), ("to", "end")),
    VisitMade: (("result", "result"),),
    Shelve: (("until", "until"),),
    Remark: (("text", "words"),),
}
# One key each; among the commands of one kind of subject no two are the same.
LETTERS = {
    "case.accepted": "a", "case.declined": "n", "case.filed": "f", "case.dispatched": "d",
    "case.returned": "b", "case.handling": "h", "case.handled": "u", "case.verified": "v",
    "case.closed": "c", "case.extended": "e", "case.suspended": "p", "case.resumed": "o",
    "case.supervised": "s", "case.followed_up": "y", "case.cancelled": "q",
    "whistle.signed": "s", "whistle.refused": "n", "whistle.reassigned": "d",
    "whistle.arrived": "a", "whistle.resolved": "u", "whistle.confirmed": "c",
    "whistle.extended": "e", "whistle.escalated": "g", "whistle.rated": "y",
    "whistle.withdrawn": "q",
    "alert.acknowledged": "a", "alert.shelved": "p", "alert.cleared": "c",
    "visit.made": "v", "remark": "m", "whistle.blown": "w", "worker.excused": "l",
}  # fmt: skip


def forms(account: Account | None, rules: Rules) -> dict[str, Any]:
    """Each command by name: {"key", "reason", "bulk", "top", "fields": [[name, form]]}; of those
    that open a subject whether the account may give them at all ("may"). "states" and "limit" say
    which rows it means something for, "top" the highest level that the account may give, "days" how
    far ahead an alert may be shelved."""
    held = RIGHTS[account.role] if account is not None else frozenset()
    made = {}
    for name, command in COMMANDS.items():
        made[name] = {
            "key": LETTERS[name],
            "subject": command.subject[0],
            "reason": command.reason,
            "bulk": command.bulk,
            "states": list(command.states),
            "limit": command.limit,
            "opens": command.opens,
            "may": any(right in held for right in command.rights),
            "top": _top(name, held),
            "fields": [list(field) for field in _FIELDS[command.data]],
        }
    made["alert.shelved"]["days"] = rules.alerts.shelve_days
    return made


def _top(name: str, held: frozenset[Right]) -> int:
    levels = range(1, TOP.get(name, 0) + 1)
    return max((level for level in levels if held.intersection(rights_for(name, level))), default=0)
