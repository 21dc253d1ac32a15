"""The table of briefs. The role `office` alone writes it."""

from sqlalchemy import Index, Text

from datasource.database.tables import key, must, table

# One file of a brief. Days are Shanghai day numbers, `made` is the site's clock; `file` is a path
# below the folder of briefs. A brief of a kind, day and region is made once.
briefs = table(
    "briefs",
    key("id", Text), must("kind", Text), must("first_day"), must("last_day"), must("region", Text),
    must("format", Text), must("file", Text), must("size"), must("made"),
    Index("briefs_once", "kind", "first_day", "region", "format", unique=True),
    Index("briefs_by_region", "region", "last_day"),
)  # fmt: skip
