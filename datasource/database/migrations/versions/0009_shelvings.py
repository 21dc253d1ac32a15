"""Every shelving of an alert in place of the last one.

Downgrade keeps the last of each, and takes the kinds of whistles out of the duty lists, which an
earlier program does not know.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shelvings",
        sa.Column("id", sa.Text, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("shelvings_by_key", "shelvings", ["key", "number"], unique=True)
    op.execute(
        "INSERT INTO shelvings (id, key, number, until, at, account, reason)"
        " SELECT command, key, 1, until, at, account, reason FROM shelved"
    )
    op.drop_table("shelved")


def downgrade() -> None:
    op.create_table(
        "shelved",
        sa.Column("key", sa.Text, primary_key=True, autoincrement=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
    )
    op.execute(
        "INSERT INTO shelved (key, until, at, account, reason, command)"
        " SELECT key, until, at, account, reason, id FROM shelvings AS one WHERE number ="
        " (SELECT max(number) FROM shelvings AS each WHERE each.key = one.key)"
    )
    op.drop_table("shelvings")
    _forget_kinds()


def _forget_kinds() -> None:
    lists = sa.table(
        "duty_lists", sa.column("region"), sa.column("name"), sa.column("version"),
        sa.column("rows"),
    )  # fmt: skip
    connection = op.get_bind()
    for region, name, version, text in connection.execute(sa.select(*lists.c)).all():
        if '"kind"' not in text:
            continue
        rows = [{k: v for k, v in row.items() if k != "kind"} for row in json.loads(text)]
        where = lists.c.region == region, lists.c.name == name, lists.c.version == version
        told = json.dumps(rows, ensure_ascii=False)
        connection.execute(lists.update().where(*where).values(rows=told))
