"""What the fold makes of the log: cases, whistles, visits, sessions, moments, rollups.

Downgrade drops them; `python app.py rebuild` makes them again from the log.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Any = NUMBER) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    _cases()
    _whistles()
    _people()
    op.create_table(
        "moments",
        _key("at"), _key("kind", sa.Text), _key("key", sa.Text), _must("region", sa.Text),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table("half_hours", _key("at"), _key("region", sa.Text), _must("metrics", sa.Text))
    op.create_index("half_hours_by_region", "half_hours", ["region", "at"])
    op.create_table("daily", _key("day"), _key("region", sa.Text), _must("metrics", sa.Text))
    op.create_index("daily_by_region", "daily", ["region", "day"])


def _cases() -> None:
    text = sa.Text
    op.create_table(
        "cases",
        _key("key", text), _must("region", text), _may("street", text), _may("community", text),
        _must("category", text), _must("grade", text), _must("channel", text),
        _must("stage", text), _must("ended", text), _must("reported"), _may("accepted"),
        _may("filed"), _may("dispatched"), _may("handled"), _may("closed"), _may("level", text),
        _may("unit", text), _may("due"), _must("suspended", sa.Boolean),
        _may("on_time", sa.Boolean), _must("checks_failed"), _must("supervised"),
    )  # fmt: skip
    op.create_index("cases_by_closed", "cases", ["closed"])
    op.create_index("cases_by_reported", "cases", ["reported"])
    op.create_index("cases_by_street", "cases", ["street", "reported"])


def _whistles() -> None:
    text = sa.Text
    op.create_table(
        "whistles",
        _key("key", text), _must("region", text), _may("street", text), _must("kind", text),
        _must("department", text), _must("category", text), _may("case_key", text),
        _must("leg", text), _must("ended", text), _must("blown"), _may("signed"),
        _may("arrived"), _may("resolved"), _may("confirmed"), _may("due"),
        _may("arrived_on_time", sa.Boolean), _may("finished_on_time", sa.Boolean),
        _must("escalated"), _may("street_score"), _may("department_score"),
    )  # fmt: skip
    op.create_index("whistles_by_department", "whistles", ["department", "blown"])
    op.create_index("whistles_by_blown", "whistles", ["blown"])


def _people() -> None:
    text = sa.Text
    op.create_table(
        "visits",
        _key("n"), _must("person", text), _must("region", text), _must("group", text),
        _must("category", text), _must("time"), _must("result", text),
    )  # fmt: skip
    op.create_index("visits_by_time", "visits", ["time"])
    op.create_index("visits_by_person", "visits", ["person", "time"])
    op.create_table(
        "patrol_sessions",
        _key("worker", text), _key("start"), _must("day"), _may("end"), _must("grid", text),
    )  # fmt: skip
    op.create_index("patrol_sessions_by_day", "patrol_sessions", ["day", "worker"])


def downgrade() -> None:
    for table in (
        "daily", "half_hours", "moments", "patrol_sessions", "visits", "whistles", "cases",
    ):  # fmt: skip
        op.drop_table(table)
