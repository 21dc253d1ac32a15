"""Briefs.

Downgrade forgets them; their files stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "briefs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_day", NUMBER, nullable=False),
        sa.Column("last_day", NUMBER, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("made", NUMBER, nullable=False),
    )
    once = ["kind", "first_day", "region", "format"]
    op.create_index("briefs_once", "briefs", once, unique=True)
    op.create_index("briefs_by_region", "briefs", ["region", "last_day"])


def downgrade() -> None:
    op.drop_table("briefs")
