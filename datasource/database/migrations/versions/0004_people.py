"""Accounts, sessions, devices, playlists, keys and the audit.

Downgrade drops them all, the audit too: keep a copy of the database before.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("accounts", "sessions", "devices", "playlists", "source_keys", "audit")


def _key(name: str, kind: Any = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Any = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    _accounts()
    _screens_and_sources()
    _audit()


def _accounts() -> None:
    op.create_table(
        "accounts",
        _key("id"), _must("name"), _must("role"), _must("region"), _must("department"),
        _may("external"), _must("password"), _must("must_change", sa.Boolean),
        _must("disabled", sa.Boolean), _must("demonstration", sa.Boolean),
        _must("since", NUMBER), _may("signed_in", NUMBER), _may("last_seen", NUMBER),
    )  # fmt: skip
    op.create_index("accounts_by_name", "accounts", ["name"], unique=True)
    op.create_index("accounts_by_external", "accounts", ["external"], unique=True)
    op.create_table(
        "sessions",
        _key("id"), _must("digest"), _must("account"), _must("since", NUMBER),
        _must("seen", NUMBER), _must("address"), _must("agent"),
    )  # fmt: skip
    op.create_index("sessions_by_digest", "sessions", ["digest"], unique=True)
    op.create_index("sessions_by_account", "sessions", ["account"])


def _screens_and_sources() -> None:
    op.create_table(
        "devices",
        _key("id"), _must("name"), _must("digest"), _must("view"), _must("playlist"),
        _must("since", NUMBER), _may("seen", NUMBER), _must("address"),
    )  # fmt: skip
    op.create_index("devices_by_digest", "devices", ["digest"], unique=True)
    op.create_table(
        "playlists", _key("id"), _must("name"), _must("version", NUMBER), _must("pages")
    )
    op.create_table(
        "source_keys",
        _key("id"), _must("name"), _must("source"), _must("types"), _must("regions"),
        _must("rate", NUMBER), _must("digest"), _may("old_digest"), _may("old_ends", NUMBER),
        _must("since", NUMBER), _may("seen", NUMBER),
    )  # fmt: skip
    op.create_index("source_keys_by_digest", "source_keys", ["digest"], unique=True)


def _audit() -> None:
    op.create_table(
        "audit",
        _key("n", NUMBER), _must("at", NUMBER), _may("account"), _must("what"),
        _must("subject"), _must("outcome"), _must("address"), _must("hash"),
    )  # fmt: skip
    for column in ("account", "what", "subject"):
        op.create_index(f"audit_by_{column}", "audit", [column, "n"])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_keeps_{change.lower()} BEFORE {change} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps()"
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_keeps()")
