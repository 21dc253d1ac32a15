"""docs/archive.md tells every table and column there is, and no other table."""

import re
from pathlib import Path

from tests.archives import all_tables

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "archive.md").read_text("utf-8")


def test_the_page_knows_every_table_and_column() -> None:
    metadata = all_tables()
    rows = {match[1]: match[2] for match in re.finditer(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.M)}
    told = {name: text for name, text in rows.items() if name in metadata.tables}
    assert told.keys() == metadata.tables.keys()
    same = {"daily": {"region", "metrics"}}  # as in half_hours
    for table in metadata.tables.values():
        named = set(re.findall(r"`(\w+)`", told[table.name])) | same.get(table.name, set())
        missing = {column.name for column in table.columns} - named
        assert not missing, f"{table.name}: {missing}"
