"""What the families of questions about people are made from, and how a site begins with them."""

import logging
import sys
from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from cockpit.clock import Clock
from cockpit.domain.regions import Regions
from datasource.database.engine import Database
from datasource.database.people_tables import accounts, sessions
from datasource.desk import passwords
from datasource.desk.audit import Audit
from datasource.desk.copies import Copies
from datasource.desk.demonstration import PASSWORD, demonstrated
from datasource.desk.session_store import SessionStore

_logger = logging.getLogger(__name__)

FIRST_NAME = "administrator"
# Any number will do, as long as nobody else uses it in this database.
_ADVISORY_LOCK = 0x120110B
_a = accounts.c


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


def begin_site(people: People) -> None:
    """What a start finds or makes: the demonstration's accounts, or none of them; and on a real
    site without any account the first administrator, whose password is told here and nowhere
    else. Several workers may start at once. Raises CockpitError `redis.*` and as
    `database_errors`."""
    passwords.nobodys()
    with people.database.write() as connection:
        one_at_a_time(connection)
        if people.demonstration:
            _demonstrate(people, connection)
            return
        _end_demonstration(people, connection)
        password = _first_administrator(people, connection)
    if password:
        _tell(password)


def _demonstrate(people: People, connection: Connection) -> None:
    kept = passwords.hashed(PASSWORD)
    own = sqlite if connection.dialect.name == "sqlite" else postgresql
    for each in demonstrated(people.regions):
        fixed = {
            "name": each.name, "role": each.role, "region": each.region,
            "department": each.department, "password": kept, "must_change": False,
            "disabled": False, "demonstration": True,
        }  # fmt: skip
        taken = select(_a.id).where(_a.name == each.name, _a.id != each.id)
        if connection.execute(taken).first() is not None:
            _logger.warning("The account %s is not the demonstration's", each.id)
            continue
        made = own.insert(accounts).values(id=each.id, since=people.clock.now(), **fixed)
        connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=fixed))


def _end_demonstration(people: People, connection: Connection) -> None:
    gone = connection.scalars(select(_a.id).where(_a.demonstration)).all()
    people.store.end(connection, sessions.c.account.in_(gone))
    connection.execute(delete(accounts).where(_a.id.in_(gone)))


def _first_administrator(people: People, connection: Connection) -> str:
    if connection.scalar(select(func.count()).select_from(accounts)):
        return ""
    password = passwords.one_time()
    connection.execute(
        insert(accounts).values(
            id="first-administrator", name=FIRST_NAME, role="administrator",
            region=people.regions.district.code, department="",
            password=passwords.hashed(password), must_change=True, disabled=False,
            demonstration=False, since=people.clock.now(),
        )
    )  # fmt: skip
    people.audit.append(
        None, "account.created", "account/first-administrator", "done", connection=connection
    )
    return password


def _tell(password: str) -> None:
    """On stdout, past every log."""
    line = "=" * 72
    print(
        f"\n{line}\n"
        f"  The first administrator, told once 首位管理员（仅显示一次）\n"
        f"      name 用户名      {FIRST_NAME}\n"
        f"      password 密码    {password}\n"
        f"  It must be changed at the first sign-in 首次登录须修改\n{line}\n",
        file=sys.stdout,
        flush=True,
    )
