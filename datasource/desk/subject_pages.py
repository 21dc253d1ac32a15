"""All about one case, whistle, person or alert, for whoever may see it."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from cockpit.clock import Clock, to_text
from cockpit.domain.access import Right
from cockpit.domain.commands import allowed, standing
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Geography, RuleSet
from datasource.database.engine import Database
from datasource.database.people_tables import accounts
from datasource.database.reader import ArchiveReader, read_end
from datasource.database.tables import alerts, cases, whistles
from datasource.database.work_tables import remarks
from datasource.desk.columns import KINDS, answer_row, is_open
from datasource.desk.handlers import Handlers
from datasource.desk.looking import Looking
from datasource.desk.remarks import among, shelvings_of
from datasource.desk.timeline import Timeline, timeline
from datasource.desk.work_questions import Kind, Subject
from datasource.rules_in_force import Changes, changes_of

_MOST_RELATED = 20


class SubjectPages(Handlers):
    """The family of the question `Subject`."""

    def __init__(
        self,
        database: Database,
        regions: Regions,
        geography: Callable[[Rules], Geography],
        clock: Clock,
        looking: Looking,
    ) -> None:
        self._database, self._regions, self._geography = database, regions, geography
        self._clock, self._looking = clock, looking
        self._archive = ArchiveReader(database)
        self._rule_sets: list[RuleSet] = []
        self._changes: Changes = []
        super().__init__({Subject: self.page})

    def page(self, asked: Subject) -> dict[str, object]:
        """The page. Raises CockpitError `subject.unknown`, `access.refused`."""
        who, now, subject = asked.who, self._clock.now(), f"{asked.kind}/{asked.key}"
        kind = KINDS[asked.kind]
        with self._database.read() as connection:
            n = read_end(connection).n
            wanted = kind.select(now).where(kind.table.c.key == asked.key)
            row = connection.execute(wanted).mappings().one_or_none()
            if row is None:
                raise CockpitError("subject.unknown", subject=subject[:80])
            found = dict(row)
            region, department = found["region"], found.get("department", "")
            self._looking.look(who, asked.kind, region, department)
            related = self._related(connection, asked, found, now)
            said = _remarks(connection, subject)
            shelved = shelvings_of(connection, asked.key) if asked.kind == "alert" else []
        told = self._timeline(asked.kind, asked.key, n, now)
        told.events = among(told.events, shelved)
        seeing = self._looking.may(who, "person", region)
        if asked.kind == "person" or (seeing and _names_somebody(found, told)):
            self._looking.saw_persons(asked, subject)
        self._fill_in(told, said, seeing)

        def permits(right: Right) -> bool:
            return self._looking.permits(who, right, region, department)

        place = {} if told.lon is None else {"lon": told.lon, "lat": told.lat}
        return {
            "n": n, "at": to_text(now),
            "row": answer_row(self._regions, kind, found, seeing) | place,
            "events": msgspec.to_builtins(told.events), "legs": msgspec.to_builtins(told.legs),
            "related": related, "remarks": said,
            "commands": allowed(standing(asked.kind, found), permits),
        }  # fmt: skip

    def _timeline(self, kind: Kind, key: str, n: int, now: int) -> Timeline:
        """The life of a subject up to number `n`."""
        rule_sets = self._archive.rule_sets()
        if rule_sets != self._rule_sets:
            self._rule_sets, self._changes = rule_sets, changes_of(rule_sets)
        about = [e for e in self._archive.events_with(f"{kind}/{key}") if e.n <= n]
        return timeline(kind, key, about, self._regions, self._changes, self._geography, now)

    def _fill_in(self, told: Timeline, said: list[dict[str, Any]], seeing: bool) -> None:
        """The names of the accounts that acted; whom it is about only for those who may see."""
        ids = {*(each.actor for each in told.events), *(each["account"] for each in said)}
        wanted = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(ids))
        with self._database.read() as connection:
            names = {row.id: row.name for row in connection.execute(wanted)}
        for event in told.events:
            event.name = names.get(event.actor, "")
            if not seeing:
                event.data.pop("person", None)
        for remark in said:
            remark["name"] = names.get(remark["account"], "")

    # -- what belongs together ---------------------------------------------------------------

    def _related(
        self, connection: Connection, asked: Subject, row: Mapping[str, Any], now: int
    ) -> list[dict[str, Any]]:
        """Rows of what belongs to it, as far as the account may see them."""
        rows, who, kind = [], asked.who, asked.kind
        for other, condition in _belonging(kind, row):
            table = KINDS[other].table
            wanted = KINDS[other].select(now).where(condition).order_by(table.c.key)
            for found in connection.execute(wanted.limit(_MOST_RELATED)).mappings():
                region, department = found["region"], found.get("department", "")
                if not self._looking.may(who, other, region, department):
                    continue
                seeing = self._looking.may(who, "person", region)
                # That alerts are about the same person, or who that is, tells of the person.
                if not seeing and ("person" in (kind, other) or kind == other == "alert"):
                    continue
                rows.append(answer_row(self._regions, KINDS[other], found, seeing))
        return rows


def _belonging(kind: Kind, row: Mapping[str, Any]) -> list[tuple[Kind, ColumnElement[bool]]]:
    """What belongs to a subject, by kind: the whistles of a case and what else of its category is
    open in its grid; the case of a whistle; the person of an alert and their other alerts; the
    alerts of a person."""
    persons, key = KINDS["person"].table, row["key"]
    if kind == "case":
        alike = (
            is_open(cases)
            & (cases.c.region == row["region"])
            & (cases.c.category == row["category"])
            & (cases.c.key != key)
        )
        return [("whistle", whistles.c.case_key == key), ("case", alike)]
    if kind == "whistle":
        return [("case", cases.c.key == row["case_key"])] if row["case_key"] else []
    if kind == "person":
        return [("alert", alerts.c.person == key)]
    if not row["person"]:
        return []
    others = (alerts.c.person == row["person"]) & (alerts.c.key != key)
    return [("person", persons.c.key == row["person"]), ("alert", others)]


def _names_somebody(row: Mapping[str, Any], told: Timeline) -> bool:
    """Whether a page says whom it is about."""
    return bool(row.get("person")) or any("person" in event.data for event in told.events)


def _remarks(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """What colleagues noted, the oldest first."""
    c = remarks.c
    wanted = select(c.at, c.account, c.text).where(c.subject == subject).order_by(c.at, c.id)
    return [
        {"at": to_text(row.at), "account": row.account, "name": "", "text": row.text}
        for row in connection.execute(wanted)
    ]
