"""Run by Alembic (datasource/database/migrate.py) within a transaction that is handed in."""

from alembic import context

from datasource.database import people_tables, work_tables  # noqa: F401 - so that they are known
from datasource.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
