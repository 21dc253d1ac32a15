"""From a command to the event that it becomes: what the server knows is filled in, what cannot be
is refused, and the reader of all events judges the result."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from cockpit.clock import to_micros, to_text
from cockpit.domain.access import Account
from cockpit.domain.commands import COMMANDS, TOP
from cockpit.domain.deadlines import DeadlineClock
from cockpit.domain.duties import Duty, limit, offered, own_units
from cockpit.domain.event_types import NoData, Reason
from cockpit.domain.events import DESK, Event, EventReader
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from datasource.desk.duties import Lists
from datasource.desk.subjects import Found
from datasource.desk.wording import words
from datasource.desk.work_questions import Command

DISPATCH = "case.dispatched"  # the one command that follows the duty lists
REASON_LENGTH = 200


def new_key(kind: str, command_id: str) -> str:
    """The key of what a command opens: the same whenever it is given."""
    return f"{kind[0]}-{blake2b(command_id.encode(), digest_size=5).hexdigest()}"


class Drafts:
    """Makes events out of commands, under the rules of a district."""

    def __init__(self, regions: Regions, rules: Rules) -> None:
        self._regions, self._rules = regions, rules
        self._reader = EventReader(regions, rules, own=True)
        self._clock = DeadlineClock(rules.calendar)

    def event(
        self, who: Account, command: Command, about: Found, lists: Lists, now: int
    ) -> Event:  # fmt: skip
        """The event of a command at an instant. Raises CockpitError `command.invalid`,
        `text.*` and those of the reader of events."""
        name, row = command.command, COMMANDS[command.command]
        reason = self.reason(command)
        data = dict(command.data)
        if row.data is Reason:
            data = {"reason": reason}
        fill = getattr(self, f"_{name.replace('.', '_')}", None)
        if fill is not None:
            data = fill(who, data, about, lists, now)
        message: dict[str, Any] = {
            "specversion": "1.0", "id": command.id, "source": DESK, "type": name,
            "subject": about.subject, "time": to_text(now), "region": about.region,
            "actor": who.id,
        }  # fmt: skip
        if reason and row.data is not Reason:
            message["reason"] = reason
        if row.data is not NoData or data:
            message["data"] = data
        event = self._reader.read(msgspec.json.encode(message), now)
        self._check(event, about, now)
        return event

    def reason(self, command: Command) -> str:
        """The reason that was given, checked; empty where none is needed. Raises CockpitError
        `command.invalid`, `text.*`, `privacy.personal_value`."""
        if not command.reason.strip():
            if COMMANDS[command.command].reason:
                raise CockpitError("command.reason", command=command.command)
            return ""
        return words("reason", command.reason, REASON_LENGTH)

    def _check(self, event: Event, about: Found, now: int) -> None:
        due = getattr(event.data, "due", None)
        if due is not None and to_micros(due) <= now:
            raise CockpitError("command.due", command=event.type)
        if event.type in TOP and event.data.level <= about.standing.level:
            level = about.standing.level
            raise CockpitError("command.level", subject=about.subject, level=level)

    # -- what the server fills in, by command ----------------------------------------------

    def _alert_acknowledged(self, who: Account, *_: object) -> dict[str, Any]:
        return {"by": who.id}

    _alert_cleared = _alert_acknowledged

    def _whistle_rated(self, who: Account, data: Mapping[str, Any], *_: object) -> dict[str, Any]:
        return {**data, "by": "department" if who.role == "department" else "street"}

    def _case_dispatched(
        self, _: Account, data: dict[str, Any], about: Found, lists: Lists, now: int
    ) -> dict[str, Any]:
        """Level and unit by the duty lists unless given; `due` when the list has a limit of its
        own and nobody set one."""
        case, level, unit = about.row, data.get("level") or "", data.get("unit") or ""
        if not (isinstance(level, str) and isinstance(unit, str)):
            return data  # the reader of events says so
        duty = offered(lists, case["category"], lambda duty: self._means(duty, about, level, unit))
        if duty is None and not (level and unit):
            raise CockpitError("command.no_duty", category=case["category"])
        if duty is not None:
            level, unit = duty.level, duty.unit
        data |= dict(zip(("level", "unit"), self._here(about, level, unit), strict=True))
        if data.get("due") is None:
            data.pop("due", None)
            theirs = limit(duty) if duty else None
            if theirs and theirs != self._rules.case_limit(case["category"], case["grade"]):
                data["due"] = to_text(self._clock.start(theirs, now).due)
        return data

    def _means(self, duty: Duty, about: Found, level: str, unit: str) -> bool:
        """Whether a row is of this level and unit, empty for any: as it is written, or as it is
        called where the case lies."""
        there = self._here(about, duty.level, duty.unit)
        return level in {"", duty.level, there[0]} and unit in {"", duty.unit, there[1]}

    def _here(self, about: Found, level: str, unit: str) -> tuple[str, str]:
        """A level and unit, with a word that stands for the place's own replaced by it."""
        return own_units(self._regions, about.region).get(unit, (level, unit))
