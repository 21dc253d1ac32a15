"""What a meeting's page can be made of. A table's rows have a name that both sides know how to read
out of a frame or an answer of the archive (assets/js/meeting/rows.js, datasource/office/rows.py); a
column is a field of such a row and says by its number what it means.
"""

from typing import Literal

from msgspec import Struct

RowsName = Literal[
    "streets", "late", "whistles", "whistle_departments", "half_hours", "days", "compared",
    "patrols", "grids", "care", "departments", "ticker",
]  # fmt: skip


class Column(Struct, frozen=True):
    """A field of a row. `number` names its meaning, empty for words; `bad`: what any is a sign
    of; `n`: of a rate the field of the row that is its n (the archive's answers of `days` and
    `compared` tell it themselves)."""

    key: str
    number: str = ""
    bad: Literal["", "late", "risk"] = ""
    n: str = ""


class Table(Struct, frozen=True):
    """`below`: for regions of which others are compared; `community`: for communities alone."""

    rows: RowsName
    columns: tuple[Column, ...]
    only: Literal["", "below", "community"] = ""


class Chart(Struct, frozen=True):
    """Drawn from rows: `series` are fields of them. Lines go along time, dots along names."""

    rows: RowsName
    kind: Literal["lines", "dots"]
    series: tuple[Column, ...]
    only: Literal["", "below", "community"] = ""


class Page(Struct, frozen=True):
    """One subject."""

    name: str
    figures: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
