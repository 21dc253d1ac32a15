"""The log: entries, positions, letters, checkpoints, rules.

Downgrade drops all of it: before it there was no archive.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    end = op.create_table(
        "archive_end",
        _key("id"), _must("n"), _must("received"), _must("letters", sa.Text),
        _must("epoch", sa.Text),
    )  # fmt: skip
    op.bulk_insert(end, [{"id": 1, "n": 0, "received": 0, "letters": "0", "epoch": ""}])
    op.create_table("days", _key("day"), _must("first_n"), _must("first_received"))
    op.create_table(
        "events",
        _key("day"), _key("n"), _must("received"), _must("time"), _must("type", sa.Text),
        _must("source", sa.Text), _must("event_id", sa.Text), _must("subject", sa.Text),
        _must("region", sa.Text), _must("raw", sa.LargeBinary),
        sqlite_with_rowid=False, postgresql_partition_by="RANGE (day)",
    )  # fmt: skip
    op.create_index("events_by_subject", "events", ["subject", "day", "n"])
    op.create_index("events_by_receipt", "events", ["day", "received", "n"])
    op.create_table(
        "event_keys", _key("source", sa.Text), _key("event_id", sa.Text), _must("n"),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table("repeats", _key("n"), _must("received"), _must("raw", sa.LargeBinary))
    _positions()
    op.create_table(
        "letters",
        _key("ms"), _key("seq"), _must("at"), sa.Column("n", NUMBER), _must("code", sa.Text),
        _must("reason", sa.Text), _must("raw", sa.LargeBinary),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "checkpoints",
        _key("n"), _key("at"), _must("letters", sa.Text), _must("body", sa.LargeBinary),
    )  # fmt: skip
    op.create_index("checkpoints_by_instant", "checkpoints", ["at", "n"])
    op.create_table("rule_sets", _key("from_n"), _must("text", sa.Text), _must("digest", sa.Text))
    op.create_table("losses", _key("first"), _must("last"), _must("at"))
    if op.get_context().dialect.name == "postgresql":
        # They are compressed already: PostgreSQL need not try.
        for table in ("position_blocks", "checkpoints"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN body SET STORAGE EXTERNAL")


def _positions() -> None:
    op.create_table(
        "open_positions", _key("n"), _must("day"), _must("received"), _must("raw", sa.LargeBinary)
    )
    op.create_table(
        "position_blocks",
        _key("first_n"), _must("last_n"), _must("day"), _must("received_first"),
        _must("received_last"), _must("count"), _must("kept", sa.Boolean),
        _must("body", sa.LargeBinary),
    )  # fmt: skip
    op.create_index("position_blocks_by_day", "position_blocks", ["day", "kept"])
    op.create_index("position_blocks_by_receipt", "position_blocks", ["received_first", "first_n"])


def downgrade() -> None:
    for table in (
        "losses", "rule_sets", "checkpoints", "letters", "position_blocks", "open_positions",
        "repeats", "event_keys", "events", "days", "archive_end",
    ):  # fmt: skip
        op.drop_table(table)
