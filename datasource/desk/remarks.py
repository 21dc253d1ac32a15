"""Remarks and shelved alerts: what people add that is no event of the contract and stays in SQL."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Table, select

from cockpit.clock import DAY, parse_instant, to_micros, to_text
from cockpit.domain.access import Account
from cockpit.domain.commands import COMMANDS, Shelve
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.people_tables import accounts
from datasource.database.upserts import keeping
from datasource.database.work_tables import remarks, shelvings
from datasource.desk.subjects import Found
from datasource.desk.timeline import Told
from datasource.desk.wording import words
from datasource.desk.work_questions import Command

SHELVED = "alert.shelved"
REMARK_LENGTH = 1000
REASON_LENGTH = 200


class Notes:
    """Writes what the commands `remark` and `alert.shelved` say. The same command given again
    changes nothing."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database, self._rules = database, rules
        self._writers: Mapping[str, Callable[[Account, Command, Found, int], None]] = {
            "remark": self._remark,
            SHELVED: self._shelve,
        }

    def kept(self, who: Account, command: Command, about: Found) -> bool:
        """Whether this very command has been written. Raises CockpitError `command.reused` when
        another one was by its id, and as `datasource.database.faults.database_errors`."""
        with self._database.read() as connection:
            return _kept(connection, who, command, about)

    def write(self, who: Account, command: Command, about: Found, now: int) -> None:
        """Raises CockpitError `command.invalid`, `command.due`, `command.until`, `text.*`,
        `privacy.personal_value`, `command.conflict`, and as `kept`."""
        self._writers[command.command](who, command, about, now)

    def _remark(self, who: Account, command: Command, about: Found, now: int) -> None:
        data = _data(command, command.data)
        row = {
            "id": command.id, "subject": about.subject, "at": now, "account": who.id,
            "text": words("text", data.text, REMARK_LENGTH, lines=True),
        }  # fmt: skip
        with self._database.write() as connection:
            connection.execute(keeping(remarks, self._database.dialect), row)
            _kept(connection, who, command, about)

    def _shelve(self, who: Account, command: Command, about: Found, now: int) -> None:
        data: Shelve = _data(command, {**command.data, "reason": command.reason})
        until, most = to_micros(data.until), self._rules.alerts.shelve_days
        if until <= now:
            raise CockpitError("command.due", command=command.command)
        if until > now + most * DAY:
            raise CockpitError("command.until", days=most)
        row = {
            "id": command.id, "key": about.key, "number": data.after + 1, "until": until,
            "at": now, "account": who.id, "reason": words("reason", data.reason, REASON_LENGTH),
        }  # fmt: skip
        with self._database.write() as connection:
            if _last(connection, about.key)[0] == data.after:
                connection.execute(keeping(shelvings, self._database.dialect), row)
            if not _kept(connection, who, command, about):
                raise _was_first(_last(connection, about.key)[1])


def shelvings_of(connection: Connection, key: str) -> list[Told]:
    """Every shelving of an alert, also those that are over or were replaced, as its timeline tells
    them: it has no number of the log."""
    c = shelvings.c
    rows = connection.execute(select(shelvings).where(c.key == key).order_by(c.number))
    return [
        Told(
            0, to_text(row.at), SHELVED, row.account, {"until": to_text(row.until)},
            reason=row.reason,
        )
        for row in rows
    ]  # fmt: skip


def among(events: list[Told], shelved: list[Told]) -> list[Told]:
    """Shelvings at their time among the events, which stay in the log's order."""
    all_, waiting = list[Told](), list(shelved)
    for event in events:
        while waiting and parse_instant(waiting[0].time) < parse_instant(event.time):
            all_.append(waiting.pop(0))
        all_.append(event)
    return [*all_, *waiting]


# What a kept command is about, by its name.
_ABOUT: Mapping[str, tuple[Table, Column[Any], Callable[[Found], str]]] = {
    "remark": (remarks, remarks.c.subject, lambda about: about.subject),
    SHELVED: (shelvings, shelvings.c.key, lambda about: about.key),
}


def _kept(connection: Connection, who: Account, command: Command, about: Found) -> bool:
    table, column, named = _ABOUT[command.command]
    wanted = select(table.c.account, column).where(table.c.id == command.id)
    row = connection.execute(wanted).one_or_none()
    if row is not None and tuple(row) != (who.id, named(about)):
        raise CockpitError("command.reused", id=command.id)
    return row is not None


def _last(connection: Connection, key: str) -> tuple[int, Any]:
    """The number of an alert's last shelving, 0 for none, and who made it when."""
    c = shelvings.c
    wanted = (
        select(c.number, c.account, c.at, accounts.c.name)
        .outerjoin(accounts, accounts.c.id == c.account)
        .where(c.key == key)
        .order_by(c.number.desc())
    )
    row = connection.execute(wanted).first()
    return (row.number if row else 0), row


def _was_first(row: Any) -> CockpitError:
    """Somebody has shelved the alert meanwhile; a number that there never was is of no row."""
    if row is None:
        return CockpitError("command.behind")
    by = (row.name or row.account)[:80]
    at = to_text(row.at)
    return CockpitError("command.conflict", account=row.account, by=by, what=SHELVED, at=at)


def _data(command: Command, data: Mapping[str, Any]) -> Any:
    try:
        return msgspec.convert(data, COMMANDS[command.command].data, strict=False)
    except msgspec.ValidationError as error:
        why = str(error)[:200]
        raise CockpitError("command.invalid", command=command.command, why=why) from None
