"""Which numbers stand on a meeting's page, and must say what they mean: on the screen, in its
legend and on paper."""

from cockpit.domain.meeting import COMPARED
from cockpit.domain.meeting_parts import Page

# Columns that hold numbers of their own table, with a text that says what they are.
MEANT = frozenset(
    {
        "streets.rank", "departments.rank", "grids.morning", "grids.afternoon", "whistles.left",
        "compared.now", "compared.yesterday", "compared.last_week", "compared.last_month",
    }
)  # fmt: skip


def numbers_of(page: Page) -> list[str]:
    """The numbers that stand on a page, each once, in their order: of comparisons each row is
    one."""
    columns = [c for chart in page.charts for c in chart.series]
    columns += [c for table in page.tables for c in table.columns]
    compared = COMPARED if any(table.rows == "compared" for table in page.tables) else ()
    names = [*page.figures, *(c.number for c in columns if c.number), *compared]
    return list(dict.fromkeys(names))


def meant_on(page: Page) -> list[tuple[str, str]]:
    """The columns of a page's tables that are in MEANT: table and column, each once."""
    found = [(t.rows, c.key) for t in page.tables for c in t.columns]
    return [each for each in dict.fromkeys(found) if ".".join(each) in MEANT]
