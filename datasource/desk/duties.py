"""The duty lists: read, changed as new versions, and what they offer for a case.

A street may have a list of its own; without one the district's holds. Versions of a region's list
go on from the one that it had before, its own or the district's.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select

from cockpit.clock import Clock, to_text
from cockpit.domain.access import RIGHTS, Account, Place, Right, act, look
from cockpit.domain.duties import (
    LEVEL_OF,
    LISTS,
    Duty,
    ListName,
    checked_list,
    own_units,
    with_kind,
)
from cockpit.domain.regions import Regions
from cockpit.domain.rules import KINDS, LEGS, Rules
from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.people_tables import accounts
from datasource.database.upserts import keeping
from datasource.database.work_tables import duty_lists as table
from datasource.desk.audit import Audit
from datasource.desk.handlers import Handlers
from datasource.desk.work_questions import DutyLists, SaveDutyList

_EDITED_AT = ("district", "street", "zone")
SEEDED_BY = "duties.toml"
_NEVER = 10**9  # beyond all numbers of versions
Lists = Mapping[ListName, Sequence[Duty]]


class InForce(Struct, frozen=True):
    """A version of a list: the region whose list it is, who changed it and when."""

    region: str
    version: int
    changed_by: str
    changed_at: int
    rows: list[Duty]


class DutyBook(Handlers):
    """A family of the role `desk`: the duty lists of a district."""

    def __init__(
        self, database: Database, regions: Regions, rules: Rules, clock: Clock, audit: Audit,
        seed: str,
    ) -> None:  # fmt: skip
        """`seed` is the text of duties.toml. Raises CockpitError `duty.invalid` for a fault in
        it."""
        super().__init__({DutyLists: self._read, SaveDutyList: self._save})
        self._database, self._regions, self._rules = database, regions, rules
        self._clock, self._audit = clock, audit
        self._seed = seeded(seed, rules)
        self._planted = False

    def rest(self) -> None:
        """Put the lists of the file into a database that has none."""
        if self._planted:
            return
        self.plant()
        self._planted = True

    def plant(self) -> None:
        """Write the lists of the file as version 1, where there is none."""
        district = self._regions.district.code
        with self._database.write() as connection:
            for name, rows in self._seed.items():
                row = _row(district, name, 1, SEEDED_BY, self._clock.now(), rows)
                connection.execute(keeping(table, self._database.dialect), row)

    def lists(self, connection: Connection, region: str) -> Lists:
        """The lists in force where something lies."""
        found = {name: self._in_force(connection, region, name) for name in LISTS}
        return {name: version.rows for name, version in found.items() if version is not None}

    # -- questions -----------------------------------------------------------------------

    def _read(self, question: DutyLists) -> dict[str, Any]:
        _may_read(self._regions, question.who, question.region)
        names = [name for name in LISTS if question.name in {"", name}]
        with self._database.read() as connection:
            found = {
                name: self._in_force(connection, question.region, name, question.version)
                for name in names
            }
            lists = [
                self._told(connection, name, version) for name, version in found.items() if version
            ]
            if len(lists) < len(names) or not names:
                raise CockpitError(
                    "duty.unknown", name=question.name[:40], version=question.version
                )
            past = [self._past(connection, question.region, name) for name in names]
        return {
            "lists": [{**told, "versions": old} for told, old in zip(lists, past, strict=True)],
            "own": own_units(self._regions, question.region),
            "kinds": {
                kind: {leg: getattr(self._rules.whistles[kind], leg) for leg in LEGS}
                for kind in KINDS
            },
        }

    def _told(self, connection: Connection, name: ListName, version: InForce) -> dict[str, Any]:
        who = connection.scalar(select(accounts.c.name).where(accounts.c.id == version.changed_by))
        return {
            "name": name,
            "region": version.region,
            "version": version.version,
            "changed_by": who or version.changed_by,
            "changed_at": to_text(version.changed_at),
            "rows": version.rows,
        }

    def _past(self, connection: Connection, region: str, name: str) -> list[dict[str, Any]]:
        """All versions that were ever in force for a region, the newest first."""
        wanted = or_(*self._reigns(connection, region, name))
        named = func.coalesce(accounts.c.name, table.c.changed_by).label("changed_by")
        rows = connection.execute(
            select(table.c.region, table.c.version, named, table.c.changed_at)
            .outerjoin(accounts, accounts.c.id == table.c.changed_by)
            .where(wanted)
            .order_by(table.c.version.desc())
        )
        return [{**row, "changed_at": to_text(row["changed_at"])} for row in rows.mappings()]

    def _save(self, question: SaveDutyList) -> dict[str, int]:
        region = self._regions.get(question.region)
        act(self._regions, question.who, Right.DUTY_EDIT, Place(region.code))
        if question.name not in LISTS:
            raise CockpitError("duty.unknown", name=question.name[:40], version=question.version)
        if region.level not in _EDITED_AT:
            raise CockpitError(
                "region.level", type="duty list", wanted="street", region=region.code
            )
        rows = checked_list(question.name, question.rows, self._rules)
        with self._database.write() as connection:
            now = self._in_force(connection, region.code, question.name)
            found = now.version if now else 0
            if found != question.version:
                raise CockpitError("desk.conflict", found=found, expected=question.version)
            row = _row(
                region.code, question.name, found + 1, question.who.id, self._clock.now(), rows
            )
            connection.execute(insert(table), row)
            what, outcome = f"{region.code}/{question.name}", f"version {found + 1}"
            self._audit.append(
                question.who, "duty_list.saved", what, outcome, question.address, connection
            )
        return {"version": found + 1}

    # -- versions ------------------------------------------------------------------------

    def _chain(self, region: str) -> list[str]:
        return [self._regions.all[i].code for i in self._regions.get(region).chain]

    def _in_force(
        self, connection: Connection, region: str, name: ListName, version: int = 0
    ) -> InForce | None:
        """The newest version, or the one asked for, of the nearest region that has it."""
        for own in self._reigns(connection, region, name):
            newest = select(func.max(table.c.version)).where(own).scalar_subquery()
            wanted = select(table).where(own, table.c.version == (version or newest))
            row = connection.execute(wanted).one_or_none()
            if row is not None:
                return self._version(row)
        return None

    def _reigns(
        self, connection: Connection, region: str, name: str
    ) -> Iterator[ColumnElement[bool]]:
        """The versions that were in force for a region, those of the nearest first. What was
        changed above it once it had a list of its own is none of them."""
        before = _NEVER
        for code in self._chain(region):
            own = and_(table.c.region == code, table.c.name == name, table.c.version < before)
            first = connection.scalar(select(func.min(table.c.version)).where(own))
            if first is not None:
                yield own
                before = first

    def _version(self, row: Row[Any]) -> InForce:
        told = (with_kind(row.name, each, self._rules) for each in msgspec.json.decode(row.rows))
        rows = msgspec.convert(list(told), list[Duty])
        return InForce(row.region, row.version, row.changed_by, row.changed_at, rows)


def seeded(text: str, rules: Rules) -> dict[ListName, list[Duty]]:
    """The lists of duties.toml. Raises CockpitError `duty.invalid`, `setting.invalid`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CockpitError("setting.invalid", name="--duties", why=error) from None
    return {name: checked_list(name, _filled(name, raw, rules), rules) for name in LISTS}


def _filled(name: ListName, raw: Mapping[str, Any], rules: Rules) -> list[dict[str, Any]]:
    """The rows of a list in the file, with what follows from the list and the category."""
    rows = []
    for number, row in enumerate(raw.get(name, []), 1):
        named = rules.minors.get(row.get("code", ""))
        own = {"id": f"{name[0]}{number}", "level": LEVEL_OF[name]}
        words = {"item_zh": named.zh, "item_en": named.en} if named else {}
        rest = with_kind(name, row, rules)
        rows.append({**own, "item_zh": "", "item_en": "", **words, **rest})
    return rows


def _row(
    region: str, name: str, version: int, who: str, now: int, rows: Sequence[Duty]
) -> dict[str, Any]:
    return {
        "region": region,
        "name": name,
        "version": version,
        "changed_by": who,
        "changed_at": now,
        "rows": msgspec.json.encode(rows).decode(),
    }


def _may_read(regions: Regions, who: Account, region: str) -> None:
    """Who works at a desk may read them, and who edits them."""
    edits = Right.DUTY_EDIT in RIGHTS[who.role]
    look(regions, who, Right.DUTY_EDIT if edits else Right.LOOK_DESK, Place(region))
