"""The audit as it is asked for: written by the web server, read by auditors."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from cockpit.clock import to_text
from cockpit.domain.access import Place, Right, look
from datasource.database.people_tables import accounts, audit
from datasource.desk.audit import ROW, whole
from datasource.desk.handlers import Handlers
from datasource.desk.people import People
from datasource.desk.people_questions import ReadAudit, WriteAudit
from datasource.lately import SAME_LOOK_SECONDS, Lately

_MOST = 500
_c = audit.c


class Trail(Handlers):
    """Implements `datasource.desk.worker.Family`."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._looks = Lately(SAME_LOOK_SECONDS)
        super().__init__({WriteAudit: self._write, ReadAudit: self._read})

    def _write(self, asked: WriteAudit) -> dict[str, Any]:
        self._people.audit.append(
            asked.who, asked.what, asked.subject, asked.outcome, asked.address
        )
        return {}

    def _read(self, asked: ReadAudit) -> dict[str, Any]:
        """A look is written down too, as one at persons is: who watches the watchers."""
        people = self._people
        look(people.regions, asked.who, Right.LOOK_AUDIT, Place(people.regions.district.code))
        where = _wanted(asked)
        page = select(*ROW, _c.hash, accounts.c.name).outerjoin(
            accounts, accounts.c.id == _c.account
        )
        page = page.where(*where).order_by(_c.n.desc()).offset(max(0, asked.offset))
        with people.database.read() as connection:
            total = connection.scalar(select(func.count()).select_from(audit).where(*where))
            rows = connection.execute(page.limit(min(max(1, asked.limit), _MOST))).all()
            holds = whole(connection, [tuple(row)[:-1] for row in rows])
        self._looked(asked)
        return {
            "total": total,
            "rows": [
                {
                    "n": row.n, "at": to_text(row.at), "account": row.account, "name": row.name,
                    "what": row.what, "subject": row.subject, "outcome": row.outcome,
                    "address": row.address,
                }
                for row in rows
            ],
            "whole": holds,
        }  # fmt: skip

    def _looked(self, asked: ReadAudit) -> None:
        if not self._looks.has(asked.who.id):
            right = str(Right.LOOK_AUDIT)
            self._people.audit.append(asked.who, right, "audit", "seen", asked.address)
            self._looks.note(asked.who.id)


def _wanted(asked: ReadAudit) -> list[ColumnElement[bool]]:
    """An account by its id or name; what and subject by how they begin."""
    where: list[ColumnElement[bool]] = []
    if asked.account:
        named = select(accounts.c.id).where(accounts.c.name == asked.account)
        where.append((_c.account == asked.account) | _c.account.in_(named))
    if asked.what:
        where.append(_c.what.startswith(asked.what, autoescape=True))
    if asked.subject:
        where.append(_c.subject.startswith(asked.subject, autoescape=True))
    return where
