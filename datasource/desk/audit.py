"""The audit: who did what, append-only, each row chained to the one before it.

The hash of a row is SHA-256 of the hash before it (none before the first) and of the row as
canonical JSON. So no row can be changed, taken out or put in between without all later hashes
being wrong; rows that were cut off at the end show when the last hash was noted elsewhere.
"""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from hashlib import sha256
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select, text

from cockpit.clock import Clock
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.people_tables import audit
from datasource.desk.texts import shown

_c = audit.c
ROW = (_c.n, _c.at, _c.account, _c.what, _c.subject, _c.outcome, _c.address)
# Any number will do, as long as nobody else uses it in this database.
_ADVISORY_LOCK = 0x120110A
_LONGEST = 300
_PAGE = 5000


class Verified(Struct, frozen=True):
    """The chain holds: how many rows, when the last was written, and its hash to note."""

    rows: int
    at: int | None
    hash: str


def chained(before: str, row: Sequence[Any]) -> str:
    """The hash of a row (n, at, account, what, subject, outcome, address) behind the hash
    `before`."""
    said = json.dumps(list(row), ensure_ascii=False, separators=(",", ":"))
    return sha256(f"{before}{said}".encode()).hexdigest()


def _hold_order(connection: Connection) -> None:
    """Let no other transaction append until this one has ended. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


class Audit:
    """Appends to the audit of a database and verifies it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """`clock` tells the real time."""
        self._database, self._clock = database, clock

    def append(
        self,
        who: Account | None,
        what: str,
        subject: str,
        outcome: str,
        address: str = "",
        connection: Connection | None = None,
    ) -> int:
        """Add a row; answers its number. `who` None: nobody known. `connection`: a writing
        transaction, with which the row is kept or undone. It should be the last thing done in it,
        since everybody else waits to append until it has ended: who does something else
        afterwards may wait for somebody who waits for it.

        Raises as `datasource.database.faults.database_errors`.
        """
        account = who.id if who else None
        texts = [shown(each, _LONGEST) for each in (what, subject, outcome, address)]
        with nullcontext(connection) if connection else self._database.write() as writing:
            _hold_order(writing)
            last = writing.execute(
                select(_c.n, _c.hash).order_by(_c.n.desc()).limit(1)
            ).one_or_none()
            n, before = (last.n, last.hash) if last else (0, "")
            row = (n + 1, self._clock.now(), account, *texts)
            values = dict(zip((column.name for column in ROW), row, strict=True))
            writing.execute(insert(audit).values(**values, hash=chained(before, row)))
        return int(n) + 1

    def verify(self) -> Verified:
        """Read the whole chain. Raises CockpitError `audit.broken` with the number of the first
        row that does not fit, and as `database_errors`."""
        n, at, before = 0, None, ""
        wanted = select(*ROW, _c.hash).order_by(_c.n)
        with self._database.read() as connection:
            paged = connection.execution_options(yield_per=_PAGE)
            with paged.execute(wanted) as rows:
                for row in rows:
                    if row.n != n + 1 or row.hash != chained(before, tuple(row)[:-1]):
                        raise CockpitError("audit.broken", n=n + 1)
                    n, at, before = row.n, row.at, row.hash
        return Verified(n, at, before)


def whole(connection: Connection, rows: Sequence[Sequence[Any]]) -> bool:
    """Whether each of these rows (as `ROW`, then the hash) fits to the one before it in the
    table."""
    wanted = {row[0] - 1 for row in rows}
    found = connection.execute(select(_c.n, _c.hash).where(_c.n.in_(wanted)))
    before: dict[int, str] = {0: "", **{row.n: row.hash for row in found}}
    return all(
        row[0] - 1 in before and row[-1] == chained(before[row[0] - 1], row[:-1]) for row in rows
    )
