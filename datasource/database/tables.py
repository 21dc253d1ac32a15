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


def _key(name: str, kind: Any = Number) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = Number) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _may(name: str, kind: Any = Number) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _table(name: str, *columns: Any, clustered: bool = False, **options: Any) -> Table:
    """`clustered`: SQLite keeps the rows in the order of their key, without a second tree."""
    return Table(name, metadata, *columns, sqlite_with_rowid=not clustered, **options)


# -- the log ------------------------------------------------------------------------------

# One row, id 1: up to where everything below holds the log.
archive_end = _table(
    "archive_end",
    _key("id"), _must("n"), _must("received"), _must("letters", Text), _must("epoch", Text),
)  # fmt: skip

# Where each day of receipt begins in the log.
days = _table("days", _key("day"), _must("first_n"), _must("first_received"))

# `time` to `region` are empty for an entry that is no event.
events = _table(
    "events",
    _key("day"), _key("n"), _must("received"), _must("time"), _must("type", Text),
    _must("source", Words), _must("event_id", Words), _must("subject", Words),
    _must("region", Text), _must("raw", LargeBinary),
    Index("events_by_subject", "subject", "day", "n"),
    Index("events_by_receipt", "day", "received", "n"),
    clustered=True,
    postgresql_partition_by="RANGE (day)",
)  # fmt: skip

event_keys = _table(
    "event_keys", _key("source", Words), _key("event_id", Words), _must("n"), clustered=True
)

# Entries whose event had been archived already under a lower number.
repeats = _table("repeats", _key("n"), _must("received"), _must("raw", LargeBinary))

# Positions wait here until there are enough of them for a block.
open_positions = _table(
    "open_positions", _key("n"), _must("day"), _must("received"), _must("raw", LargeBinary)
)

# Positions of one day, packed (datasource/database/blocks.py). `kept`: not thinned yet; else
# those that changed nothing have faded to source and sequence. Blocks do not overlap.
position_blocks = _table(
    "position_blocks",
    _key("first_n"), _must("last_n"), _must("day"), _must("received_first"),
    _must("received_last"), _must("count"), _must("kept", Boolean), _must("body", LargeBinary),
    Index("position_blocks_by_day", "day", "kept"),
    Index("position_blocks_by_receipt", "received_first", "first_n"),
)  # fmt: skip

# Rejected messages by the two parts of their stream id.
letters = _table(
    "letters",
    _key("ms"), _key("seq"), _must("at"), _may("n"), _must("code", Text),
    _must("reason", Words), _must("raw", LargeBinary),
    clustered=True,
)  # fmt: skip

checkpoints = _table(
    "checkpoints",
    _key("n"), _key("at"), _must("letters", Text), _must("body", LargeBinary),
    Index("checkpoints_by_instant", "at", "n"),
)  # fmt: skip

rule_sets = _table("rule_sets", _key("from_n"), _must("text", Text), _must("digest", Text))

# Numbers of the log that an operator has declared lost.
losses = _table("losses", _key("first"), _must("last"), _must("at"))

# -- what the fold makes of it --------------------------------------------------------------

cases = _table(
    "cases",
    _key("key", Words), _must("region", Text), _may("street", Text), _may("community", Text),
    _must("category", Text), _must("grade", Text), _must("channel", Text), _must("stage", Text),
    _must("ended", Text), _must("reported"), _may("accepted"), _may("filed"),
    _may("dispatched"), _may("handled"), _may("closed"), _may("level", Text),
    _may("unit", Words), _may("due"), _must("suspended", Boolean), _may("on_time", Boolean),
    _must("checks_failed"), _must("supervised"),
    Index("cases_by_closed", "closed"),
    Index("cases_by_reported", "reported"),
    Index("cases_by_street", "street", "reported"),
)  # fmt: skip

whistles = _table(
    "whistles",
    _key("key", Words), _must("region", Text), _may("street", Text), _must("kind", Text),
    _must("department", Words), _must("category", Text), _may("case_key", Words),
    _must("leg", Text), _must("ended", Text), _must("blown"), _may("signed"), _may("arrived"),
    _may("resolved"), _may("confirmed"), _may("due"), _may("arrived_on_time", Boolean),
    _may("finished_on_time", Boolean), _must("escalated"), _may("street_score"),
    _may("department_score"),
    Index("whistles_by_department", "department", "blown"),
    Index("whistles_by_blown", "blown"),
)  # fmt: skip

visits = _table(
    "visits",
    _key("n"), _must("person", Words), _must("region", Text), _must("group", Text),
    _must("category", Text), _must("time"), _must("result", Text),
    Index("visits_by_time", "time"),
    Index("visits_by_person", "person", "time"),
)  # fmt: skip

# `positions` to `last_at` are filled when the day's positions are thinned out.
patrol_sessions = _table(
    "patrol_sessions",
    _key("worker", Words), _key("start"), _must("day"), _may("end"), _must("grid", Text),
    _may("positions"), _may("inside"), _may("first_at"), _may("last_at"),
    Index("patrol_sessions_by_day", "day", "worker"),
)  # fmt: skip

moments = _table(
    "moments",
    _key("at"), _key("kind", Text), _key("key", Words), _must("region", Text),
    clustered=True,
)  # fmt: skip

# `metrics` is a JSON object of numbers by name.
half_hours = _table(
    "half_hours",
    _key("at"), _key("region", Text), _must("metrics", Text),
    Index("half_hours_by_region", "region", "at"),
)  # fmt: skip

daily = _table(
    "daily",
    _key("day"), _key("region", Text), _must("metrics", Text),
    Index("daily_by_region", "region", "day"),
)  # fmt: skip
