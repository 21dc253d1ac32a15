"""Duty lists, remarks and shelved alerts, and since when the desk escalates.

Downgrade drops them: what people wrote and listed is gone then.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text


def _key(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "duty_lists",
        _key("region", TEXT), _key("name", TEXT), _key("version"), _must("changed_by", TEXT),
        _must("changed_at"), _must("rows", TEXT),
    )  # fmt: skip
    op.create_table(
        "remarks",
        _key("id", TEXT), _must("subject", TEXT), _must("at"), _must("account", TEXT),
        _must("text", TEXT),
    )  # fmt: skip
    op.create_index("remarks_by_subject", "remarks", ["subject", "at"])
    op.create_table(
        "shelved",
        _key("key", TEXT), _must("until"), _must("at"), _must("account", TEXT),
        _must("reason", TEXT), _must("command", TEXT),
    )  # fmt: skip
    op.create_table("escalation", _key("id"), _must("since"))
    still_open = sa.text("ended = ''")
    op.create_index(
        "cases_to_raise", "cases", ["supervised", "due", "risk_at"],
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("cases_to_raise", "cases")
    for table in ("escalation", "shelved", "remarks", "duty_lists"):
        op.drop_table(table)
