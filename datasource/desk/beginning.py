"""How a site begins with people: a demonstration's accounts, or a first administrator."""

import logging
import sys
from itertools import count

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from datasource.database.people_tables import accounts, sessions
from datasource.desk import passwords
from datasource.desk.demonstration import PASSWORD, demonstrated
from datasource.desk.people import People, one_at_a_time
from datasource.desk.throttle import of_names

_logger = logging.getLogger(__name__)

FIRST_NAME = "administrator"
_a = accounts.c


def begin_site(people: People) -> None:
    """What a start finds or makes: the demonstration's accounts, or none of them; and on a real
    site without any administrator the first one, whose password is told here and nowhere else.
    Several workers may start at once. Raises CockpitError `redis.*` and as `database_errors`."""
    passwords.nobodys()
    # Hashed before anything is locked: it takes its time.
    shown = PASSWORD if people.demonstration else passwords.one_time()
    kept = passwords.hashed(shown)
    with people.database.write() as connection:
        one_at_a_time(connection)
        if people.demonstration:
            _demonstrate(people, connection, kept)
            return
        _end_demonstration(people, connection)
        administrators = select(_a.id).where(_a.role == "administrator").limit(1)
        if connection.execute(administrators).first() is not None:
            return
        name = _make_administrator(people, connection, kept)
    _tell(name, shown)


def let_administrator_in(people: People) -> None:
    """For an operator of the machine when nobody can sign in: a new one-time password for the
    administrator who was there first, or a new one, told on stdout. Raises as `begin_site`."""
    shown = passwords.one_time()
    kept = passwords.hashed(shown)
    with people.database.write() as connection:
        one_at_a_time(connection)
        oldest = select(_a.id, _a.name).where(_a.role == "administrator", ~_a.demonstration)
        found = connection.execute(oldest.order_by(_a.since, _a.id).limit(1)).one_or_none()
        if found is None:
            name = _make_administrator(people, connection, kept)
        else:
            name = found.name
            values = {"password": kept, "must_change": True, "disabled": False}
            connection.execute(update(accounts).where(_a.id == found.id).values(values))
            people.store.end(connection, sessions.c.account == found.id)
            of_names(people.client, people.prefix).forget(name)
            people.audit.append(
                None, "account.changed", f"account/{found.id}",
                "done, password reset by command", connection=connection,
            )  # fmt: skip
    _tell(name, shown)


def _demonstrate(people: People, connection: Connection, kept: str) -> None:
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


def _make_administrator(people: People, connection: Connection, kept: str) -> str:
    """Answers the name: one that nobody has."""
    names = (f"{FIRST_NAME}{n}" if n > 1 else FIRST_NAME for n in count(1))
    taken = set(connection.scalars(select(_a.name)))
    name = next(name for name in names if name not in taken)
    connection.execute(
        insert(accounts).values(
            id=f"first-{name}", name=name, role="administrator", department="",
            region=people.regions.district.code, password=kept, must_change=True, disabled=False,
            demonstration=False, since=people.clock.now(),
        )
    )  # fmt: skip
    people.audit.append(
        None, "account.created", f"account/first-{name}", "done", connection=connection
    )
    return name


def _tell(name: str, password: str) -> None:
    """On stdout, past every log."""
    line = "=" * 72
    print(
        f"\n{line}\n"
        f"  The first administrator, told once 首位管理员（仅显示一次）\n"
        f"      name 用户名      {name}\n"
        f"      password 密码    {password}\n"
        f"  It must be changed at the first sign-in 首次登录须修改\n{line}\n",
        file=sys.stdout,
        flush=True,
    )
