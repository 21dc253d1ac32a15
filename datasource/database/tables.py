"""The tables of the archive (docs/archive.md tells them to an operator).

Instants are microseconds UTC, days Shanghai day numbers, log numbers rise by one.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

# A whole number of 64 bits; named so on SQLite, an INTEGER key is the row's own address.
Number = BigInteger().with_variant(Integer(), "sqlite")


class Words(TypeDecorator[str]):
    """Text from outside. PostgreSQL cannot hold the character NUL: it is replaced, on both, so
    that a message with one can be archived. The message itself is bytes and stays as it is."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return value and without_nul(value)


def without_nul(text: str) -> str:
    """A text as `Words` keeps it."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


metadata = MetaData()


def key(name: str, kind: Any = Number) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def must(name: str, kind: Any = Number) -> Column[Any]:
    return Column(name, kind, nullable=False)


def may(name: str, kind: Any = Number) -> Column[Any]:
    return Column(name, kind, nullable=True)


def version() -> Column[Any]:
    """The log number of a subject's last event."""
    return Column("version", Number, nullable=False, server_default=text("0"))


def open_only(name: str, *columns: str) -> Index:
    """An index of those that have not ended: few of all that ever were."""
    still_open = text("ended = ''")
    return Index(name, *columns, sqlite_where=still_open, postgresql_where=still_open)


def table(name: str, *columns: Any, clustered: bool = False, **options: Any) -> Table:
    """`clustered`: SQLite keeps the rows in the order of their key, without a second tree."""
    return Table(name, metadata, *columns, sqlite_with_rowid=not clustered, **options)


# -- the log ------------------------------------------------------------------------------

# One row, id 1: up to where everything below holds the log. `stale`: a migration changed what the
# rows say, and they have not been made anew since.
archive_end = table(
    "archive_end",
    key("id"), must("n"), must("received"), must("letters", Text), must("epoch", Text),
    Column("stale", Boolean, nullable=False, server_default=false()),
)  # fmt: skip

# Where each day of receipt begins in the log.
days = table("days", key("day"), must("first_n"), must("first_received"))

# `time` to `region` are empty for an entry that is no event.
events = table(
    "events",
    key("day"), key("n"), must("received"), must("time"), must("type", Text),
    must("source", Words), must("event_id", Words), must("subject", Words),
    must("region", Text), must("raw", LargeBinary),
    Index("events_by_subject", "subject", "day", "n"),
    Index("events_by_receipt", "day", "received", "n"),
    clustered=True,
    postgresql_partition_by="RANGE (day)",
)  # fmt: skip

event_keys = table(
    "event_keys", key("source", Words), key("event_id", Words), must("n"), clustered=True
)

# Entries whose event had been archived already under a lower number.
repeats = table("repeats", key("n"), must("received"), must("raw", LargeBinary))

# Positions wait here until there are enough of them for a block.
open_positions = table(
    "open_positions", key("n"), must("day"), must("received"), must("raw", LargeBinary)
)

# Positions of one day, packed (datasource/database/blocks.py). `kept`: not thinned yet; else
# those that changed nothing have faded to source and sequence. Blocks do not overlap.
position_blocks = table(
    "position_blocks",
    key("first_n"), must("last_n"), must("day"), must("received_first"),
    must("received_last"), must("count"), must("kept", Boolean), must("body", LargeBinary),
    Index("position_blocks_by_day", "day", "kept"),
    Index("position_blocks_by_receipt", "received_first", "first_n"),
)  # fmt: skip

# Rejected messages by the two parts of their stream id.
letters = table(
    "letters",
    key("ms"), key("seq"), must("at"), may("n"), must("code", Text),
    must("reason", Words), must("raw", LargeBinary),
    clustered=True,
)  # fmt: skip

checkpoints = table(
    "checkpoints",
    key("n"), key("at"), must("letters", Text), must("body", LargeBinary),
    Index("checkpoints_by_instant", "at", "n"),
)  # fmt: skip

rule_sets = table("rule_sets", key("from_n"), must("text", Text), must("digest", Text))

# Numbers of the log that an operator has declared lost.
losses = table("losses", key("first"), must("last"), must("at"))

# -- what the fold makes of it --------------------------------------------------------------

cases = table(
    "cases",
    key("key", Words), must("region", Text), may("street", Text), may("community", Text),
    must("category", Text), must("grade", Text), must("channel", Text), must("stage", Text),
    must("ended", Text), must("reported"), may("accepted"), may("filed"),
    may("dispatched"), may("handled"), may("closed"), may("level", Text),
    may("unit", Words), may("due"), must("suspended", Boolean), may("on_time", Boolean),
    must("checks_failed"), must("supervised"), version(), may("risk_at"),
    Index("cases_by_closed", "closed"),
    Index("cases_by_reported", "reported"),
    Index("cases_by_street", "street", "reported"),
    Index("cases_by_region", "region", "reported"),
    open_only("cases_open", "region", "stage", "suspended", "due", "risk_at"),
    open_only("cases_to_raise", "supervised", "due", "risk_at"),
)  # fmt: skip

whistles = table(
    "whistles",
    key("key", Words), must("region", Text), may("street", Text), must("kind", Text),
    must("department", Words), must("category", Text), may("case_key", Words),
    must("leg", Text), must("ended", Text), must("blown"), may("signed"), may("arrived"),
    may("resolved"), may("confirmed"), may("due"), may("arrived_on_time", Boolean),
    may("finished_on_time", Boolean), must("escalated"), may("street_score"),
    may("department_score"), version(), may("risk_at"),
    Index("whistles_by_department", "department", "blown"),
    Index("whistles_by_blown", "blown"),
    Index("whistles_by_region", "region", "blown"),
    open_only("whistles_open", "region", "department", "leg", "due", "risk_at"),
)  # fmt: skip

# Who is on the register now: opaque references.
persons = table(
    "persons",
    key("key", Words), must("region", Text), may("street", Text), may("community", Text),
    must("group", Text), must("category", Text), must("level", Text), must("enrolled"),
    may("visited"), must("due"), version(),
    Index("persons_by_region", "region", "due"),
)  # fmt: skip

alerts = table(
    "alerts",
    key("key", Words), must("region", Text), may("street", Text), may("community", Text),
    must("kind", Text), must("severity", Text), may("person", Words), must("active", Boolean),
    must("acknowledged", Boolean), must("raised"), may("acknowledged_at"), may("cleared_at"),
    version(),
    Index("alerts_by_region", "region", "raised"),
    Index("alerts_by_person", "person"),
)  # fmt: skip

visits = table(
    "visits",
    key("n"), must("person", Words), must("region", Text), must("group", Text),
    must("category", Text), must("time"), must("result", Text),
    Index("visits_by_time", "time"),
    Index("visits_by_person", "person", "time"),
)  # fmt: skip

# `positions` to `last_at` are filled when the day's positions are thinned out.
patrol_sessions = table(
    "patrol_sessions",
    key("worker", Words), key("start"), must("day"), may("end"), must("grid", Text),
    may("positions"), may("inside"), may("first_at"), may("last_at"),
    Index("patrol_sessions_by_day", "day", "worker"),
)  # fmt: skip

moments = table(
    "moments",
    key("at"), key("kind", Text), key("key", Words), must("region", Text),
    clustered=True,
)  # fmt: skip

# `metrics` is a JSON object of numbers by name.
half_hours = table(
    "half_hours",
    key("at"), key("region", Text), must("metrics", Text),
    Index("half_hours_by_region", "region", "at"),
)  # fmt: skip

daily = table(
    "daily",
    key("day"), key("region", Text), must("metrics", Text),
    Index("daily_by_region", "region", "day"),
)  # fmt: skip
