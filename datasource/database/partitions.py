"""PostgreSQL keeps the events of each day of receipt in a table of their own."""

from sqlalchemy import Connection, text

from cockpit.domain.working_days import date_of

PREFIX = "events_day_"


def partition_of(day: int) -> str:
    """The name of the table that holds a day's events."""
    return f"{PREFIX}{date_of(day):%Y%m%d}"


def make_partition(connection: Connection, day: int) -> None:
    """Make the table of a day, unless it is there."""
    name = partition_of(day)
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None:
        return
    # Made apart and attached: CREATE ... PARTITION OF would lock out all who read events.
    connection.execute(text(f"CREATE TABLE {name} (LIKE events INCLUDING ALL)"))
    bounds = f"FOR VALUES FROM ({day}) TO ({day + 1})"
    connection.execute(text(f"ALTER TABLE events ATTACH PARTITION {name} {bounds}"))
