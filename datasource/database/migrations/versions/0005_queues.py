"""What the desk's queues need: versions, when something is at risk, persons and alerts.

The rows that are there lack it: the archive makes them anew from the log at its next start
(`archive_end.stale`). Downgrade drops it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, primary_key=True)


def _must(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _version() -> sa.Column[Any]:
    return sa.Column("version", NUMBER, nullable=False, server_default=sa.text("0"))


def upgrade() -> None:
    stale = sa.Column("stale", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("archive_end", stale)
    op.execute("UPDATE archive_end SET stale = (n > 0)")
    for table in ("cases", "whistles"):
        op.add_column(table, _version())
        op.add_column(table, _may("risk_at"))
    op.create_index("cases_by_region", "cases", ["region", "reported"])
    op.create_index("whistles_by_region", "whistles", ["region", "blown"])
    _open_only("cases", "stage", "suspended", "due", "risk_at")
    _open_only("whistles", "department", "leg", "due", "risk_at")
    _persons()
    _alerts()


def _open_only(table: str, *columns: str) -> None:
    still_open = sa.text("ended = ''")
    op.create_index(
        f"{table}_open", table, ["region", *columns],
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def _persons() -> None:
    text = sa.Text
    op.create_table(
        "persons",
        _key("key"), _must("region", text), _may("street", text), _may("community", text),
        _must("group", text), _must("category", text), _must("level", text),
        _must("enrolled"), _may("visited"), _must("due"), _version(),
    )  # fmt: skip
    op.create_index("persons_by_region", "persons", ["region", "due"])


def _alerts() -> None:
    text = sa.Text
    op.create_table(
        "alerts",
        _key("key"), _must("region", text), _may("street", text), _may("community", text),
        _must("kind", text), _must("severity", text), _may("person", text),
        _must("active", sa.Boolean), _must("acknowledged", sa.Boolean), _must("raised"),
        _may("acknowledged_at"), _may("cleared_at"), _version(),
    )  # fmt: skip
    op.create_index("alerts_by_region", "alerts", ["region", "raised"])
    op.create_index("alerts_by_person", "alerts", ["person"])


def downgrade() -> None:
    op.drop_table("alerts")
    op.drop_table("persons")
    for table in ("whistles", "cases"):
        op.drop_index(f"{table}_open", table)
        op.drop_index(f"{table}_by_region", table)
        for column in ("risk_at", "version"):
            op.drop_column(table, column)
    op.drop_column("archive_end", "stale")
