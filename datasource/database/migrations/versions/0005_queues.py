"""What the desk's queues need of cases, whistles, persons and alerts."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
