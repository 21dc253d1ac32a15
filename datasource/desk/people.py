"""What the families of questions about people are made from."""

from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Connection, text

from cockpit.clock import Clock
from cockpit.domain.regions import Regions
from datasource.database.engine import Database
from datasource.desk.audit import Audit
from datasource.desk.copies import Copies
from datasource.desk.session_store import SessionStore

# Any number will do, as long as nobody else uses it in this database.
_ADVISORY_LOCK = 0x120110B


@dataclass(frozen=True)
class People:
    """`clock` tells the real time; `demonstration`: the site simulates its district."""

    database: Database
    client: Redis
    prefix: str
    regions: Regions
    clock: Clock
    audit: Audit
    copies: Copies
    store: SessionStore
    demonstration: bool


def people_of(
    database: Database, client: Redis, prefix: str, regions: Regions, clock: Clock,
    demonstration: bool,
) -> People:  # fmt: skip
    """The parts, put together."""
    copies = Copies(client, prefix)
    return People(
        database, client, prefix, regions, clock, Audit(database, clock), copies,
        SessionStore(database, copies, clock), demonstration,
    )  # fmt: skip


def one_at_a_time(connection: Connection) -> None:
    """Accounts, screens, playlists and keys are made and changed by one transaction at a time: a
    name that is free and an administrator who is left stay so, and nobody waits for somebody who
    waits for him. To be called first in it. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
