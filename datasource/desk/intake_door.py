"""Whether a source needs a key.

From the first key on, for good: revoking the last one, or losing it, must let nobody in. Only the
operator of the machine opens the intake again. Both stand in the audit, which nobody can change,
and are read there.
"""

from msgspec import Struct
from sqlalchemy import Connection, func, select

from datasource.database.people_tables import audit, source_keys
from datasource.desk.people import People, one_at_a_time

_CLOSED, _OPENED = "key.created", "intake.opened"


class Door(Struct, frozen=True):
    """`needed`: nobody may send without a key; `keys`: how many there are."""

    needed: bool
    keys: int


def door_of(connection: Connection) -> Door:
    """How the door stands."""
    closed, opened = (
        connection.scalar(select(func.max(audit.c.n)).where(audit.c.what == what)) or 0
        for what in (_CLOSED, _OPENED)
    )
    keys = connection.scalar(select(func.count()).select_from(source_keys)) or 0
    return Door(bool(keys) or closed > opened, keys)


def open_intake(people: People) -> Door:
    """Let anybody send again, where no key is left; answers how the door stood before. Raises as
    `datasource.database.faults.database_errors`."""
    with people.database.write() as connection:
        one_at_a_time(connection)
        door = door_of(connection)
        if door.needed and not door.keys:
            people.audit.append(None, _OPENED, "intake", "done, by command", connection=connection)
    return door
