"""Accounts: made, changed, switched off. Only administrators manage them, within their scope."""

import secrets
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from cockpit.clock import to_text
from cockpit.domain.access import Account, Place, Right, Role, act
from cockpit.errors import CockpitError
from datasource.database.people_tables import accounts, sessions
from datasource.desk import passwords
from datasource.desk.handlers import Handlers
from datasource.desk.people import People, one_at_a_time
from datasource.desk.people_questions import ChangeAccount, CreateAccount, ListAccounts
from datasource.desk.rows import row_of
from datasource.desk.texts import checked, checked_name
from datasource.desk.throttle import of_names

# Where an account of a role may have its scope: the level of its region.
SCOPES: dict[Role, tuple[str, ...]] = {
    "administrator": ("district",),
    "operator": ("district",),
    "street_director": ("street", "zone"),
    "street_operator": ("street", "zone"),
    "community_secretary": ("community",),
    "leader": ("district", "street", "zone"),
    "auditor": ("district",),
    "department": ("district",),
}
# Letters alone: digits in an id could look like somebody's number.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_a = accounts.c
_Values = dict[str, Any]
_Change = CreateAccount | ChangeAccount


class Accounts(Handlers):
    """Implements `datasource.desk.worker.Family`."""

    def __init__(self, people: People) -> None:
        self._people = people
        super().__init__(
            {ListAccounts: self._list, CreateAccount: self._create, ChangeAccount: self._change}
        )

    def _list(self, asked: ListAccounts) -> _Values:
        self._may(asked.who, asked.who.region)
        inside = _a.region.startswith(asked.who.region, autoescape=True)
        with self._people.database.read() as connection:
            wanted = select(accounts).where(inside).order_by(_a.disabled, _a.name)
            rows = connection.execute(wanted).all()
        return {"accounts": [_shown(row) for row in rows]}

    def _create(self, asked: CreateAccount) -> _Values:
        self._may(asked.who, asked.region)
        name, password = checked_name(asked.name), passwords.one_time()
        values = self._scope(asked.role, asked.region, asked.department)
        values |= {"name": name, "external": _external(asked.external), "disabled": False}
        made = "".join(secrets.choice(_LETTERS) for _ in range(12))
        kept = passwords.hashed(password)
        with self._people.database.write() as connection:
            # Two who make the same name at once: the second waits here and then finds it.
            one_at_a_time(connection)
            self._free(connection, values, "")
            connection.execute(
                insert(accounts).values(
                    id=made, password=kept, must_change=True, demonstration=False,
                    since=self._people.clock.now(), **values,
                )
            )  # fmt: skip
            self._told(connection, asked, "account.created", made, values)
        return {"id": made, "password": password}

    def _change(self, asked: ChangeAccount) -> _Values:
        password = passwords.one_time() if asked.reset else ""
        kept = passwords.hashed(password) if asked.reset else ""
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            row = row_of(connection, accounts, asked.id, "account.unknown")
            self._may(asked.who, row.region)
            if row.demonstration:
                raise CockpitError("account.demonstration")
            values = self._changes(row, asked)
            self._free(connection, values, row.id)
            self._keep_an_administrator(connection, row, values)
            changes = values | ({"password": kept, "must_change": True} if password else {})
            if changes:
                connection.execute(update(accounts).where(_a.id == row.id).values(changes))
            if password:
                of_names(self._people.client, self._people.prefix).forget(row.name)
            if changes or asked.sign_out:
                self._people.store.end(connection, sessions.c.account == row.id)
            told = values | ({"password": "reset"} if password else {})
            told |= {"sessions": "ended"} if asked.sign_out else {}
            self._told(connection, asked, "account.changed", row.id, told)
        return {"password": password} if password else {}

    def _changes(self, row: Row[Any], asked: ChangeAccount) -> _Values:
        values: _Values = {}
        if (asked.role, asked.region, asked.department) != (None, None, None):
            region = row.region if asked.region is None else asked.region
            self._may(asked.who, region)
            role = asked.role or row.role
            department = row.department if asked.department is None else asked.department
            values |= self._scope(role, region, department)
        if asked.disabled is not None:
            values["disabled"] = asked.disabled
        if asked.external is not None:
            values["external"] = _external(asked.external)
        return {name: value for name, value in values.items() if value != getattr(row, name)}

    def _scope(self, role: Role, region: str, department: str) -> _Values:
        """Raises CockpitError `account.scope`, `account.department`, `region.unknown`."""
        if self._people.regions.get(region).level not in SCOPES[role]:
            wanted = " / ".join(SCOPES[role])
            raise CockpitError("account.scope", role=role, wanted=wanted, region=region)
        if (role == "department") != bool(department.strip()):
            raise CockpitError("account.department")
        if department:
            department = checked("department", department, 60)
        return {"role": role, "region": region, "department": department}

    def _free(self, connection: Connection, values: _Values, own: str) -> None:
        """Nobody else has this name or stands for this subject."""
        for column, what in ((_a.name, "name"), (_a.external, "external")):
            if values.get(what):
                taken = select(_a.id).where(column == values[what], _a.id != own)
                if connection.execute(taken).first() is not None:
                    raise CockpitError("account.exists", what=what)

    def _keep_an_administrator(
        self, connection: Connection, row: Row[Any], values: _Values
    ) -> None:
        stays = values.get("role", row.role) == "administrator"
        if row.role != "administrator" or (stays and not values.get("disabled", row.disabled)):
            return
        others = select(_a.id).where(
            _a.role == "administrator", ~_a.disabled, ~_a.demonstration, _a.id != row.id
        )
        if connection.execute(others).first() is None:
            raise CockpitError("account.last_administrator")

    def _may(self, who: Account, region: str) -> None:
        act(self._people.regions, who, Right.ACCOUNT_MANAGE, Place(region))

    def _told(
        self, connection: Connection, asked: _Change, what: str, account: str, values: _Values
    ) -> None:
        # Who somebody is elsewhere is no matter of the audit.
        told = {name: value for name, value in values.items() if name not in {"name", "external"}}
        outcome = ", ".join(("done", *(f"{name} {value}" for name, value in told.items() if value)))
        if values.get("disabled") is False and what == "account.changed":
            outcome += ", enabled"
        self._people.audit.append(
            asked.who, what, f"account/{account}", outcome, asked.address, connection
        )


def _external(text: str) -> str | None:
    return checked("external", text, 300) if text.strip() else None


def _shown(row: Row[Any]) -> _Values:
    return {
        "id": row.id, "name": row.name, "role": row.role, "region": row.region,
        "department": row.department, "external": row.external or "", "disabled": row.disabled,
        "demonstration": row.demonstration, "must_change": row.must_change,
        "since": to_text(row.since),
        "last_seen": None if row.last_seen is None else to_text(row.last_seen),
    }  # fmt: skip
