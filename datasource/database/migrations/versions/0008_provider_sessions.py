"""Which sessions began at the sign-in service.

Downgrade forgets it: who signed in there is asked for a password of their own again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    column = sa.Column("by_provider", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("sessions", column)


def downgrade() -> None:
    op.drop_column("sessions", "by_provider")
