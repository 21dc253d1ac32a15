"""Remarks and shelved alerts: what people add that is no event of the contract and stays in SQL."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from cockpit.clock import to_micros
from cockpit.domain.access import Account
from cockpit.domain.commands import COMMANDS, Shelve
from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.upserts import keeping, replacing
from datasource.database.work_tables import remarks, shelved
from datasource.desk.subjects import Found
from datasource.desk.wording import words
from datasource.desk.work_questions import Command

REMARK_LENGTH = 1000
REASON_LENGTH = 200


class Notes:
    """Writes what the commands `remark` and `alert.shelved` say. The same command given again
    changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writers: Mapping[str, Callable[[Account, Command, Found, int], None]] = {
            "remark": self._remark,
            "alert.shelved": self._shelve,
        }

    def write(self, who: Account, command: Command, about: Found, now: int) -> None:
        """Raises CockpitError `command.invalid`, `command.due`, `text.*`, `privacy.personal_value`,
        `command.reused`, and as `datasource.database.faults.database_errors`."""
        self._writers[command.command](who, command, about, now)

    def _remark(self, who: Account, command: Command, about: Found, now: int) -> None:
        data = _data(command, command.data)
        row = {
            "id": command.id, "subject": about.subject, "at": now, "account": who.id,
            "text": words("text", data.text, REMARK_LENGTH, lines=True),
        }  # fmt: skip
        with self._database.write() as connection:
            connection.execute(keeping(remarks, self._database.dialect), row)
            _check_own(connection, remarks, remarks.c.id == command.id, row, "subject", "text")

    def _shelve(self, who: Account, command: Command, about: Found, now: int) -> None:
        data: Shelve = _data(command, {**command.data, "reason": command.reason})
        until = to_micros(data.until)
        if until <= now:
            raise CockpitError("command.due", command=command.command)
        row = {
            "key": about.key, "until": until, "at": now, "account": who.id,
            "reason": words("reason", data.reason, REASON_LENGTH), "command": command.id,
        }  # fmt: skip
        with self._database.write() as connection:
            known = connection.execute(select(shelved).where(shelved.c.command == command.id))
            if (before := known.one_or_none()) is None:
                connection.execute(replacing(shelved, self._database.dialect), row)
            elif (before.key, before.until, before.account) != (about.key, until, who.id):
                raise CockpitError("command.reused", id=command.id)


def _data(command: Command, data: Mapping[str, Any]) -> Any:
    try:
        return msgspec.convert(data, COMMANDS[command.command].data, strict=False)
    except msgspec.ValidationError as error:
        why = str(error)[:200]
        raise CockpitError("command.invalid", command=command.command, why=why) from None


def _check_own(
    connection: Connection, table: Table, condition: Any, row: Mapping[str, Any], *names: str
) -> None:
    """The row that is there now is this one, not another command's of the same id."""
    there = connection.execute(select(table).where(condition)).mappings().one()
    if any(there[name] != row[name] for name in ("account", *names)):
        raise CockpitError("command.reused", id=row["id"])
