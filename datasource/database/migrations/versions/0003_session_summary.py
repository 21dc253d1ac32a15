"""What is kept of a patrol session when its day's positions are thinned out.

Downgrade drops the summaries; the sessions stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUMMARY = ("positions", "inside", "first_at", "last_at")


def upgrade() -> None:
    for name in SUMMARY:
        op.add_column("patrol_sessions", sa.Column(name, NUMBER, nullable=True))


def downgrade() -> None:
    for name in reversed(SUMMARY):
        op.drop_column("patrol_sessions", name)
