"""What of the stream feeds each page of a meeting."""

from cockpit.domain.meeting import COMPARED
from cockpit.domain.meeting_parts import Page

# What of the stream (cockpit/ledgers/stream.py) feeds numbers whose names begin like this, and rows
# that have more than the numbers of their columns.
_FEEDS = {
    "cases": "cases", "whistles": "whistles", "departments": "whistles", "patrols": "patrols",
    "people": "people", "visits": "people", "alerts": "people",
}  # fmt: skip
_ROWS_FEEDS: dict[str, set[str]] = {
    "whistles": {"whistles"},
    "grids": {"patrols"},
    "compared": {_FEEDS[name.partition(".")[0]] for name in COMPARED},
    "ticker": {"cases", "whistles"},
}


def feeds_of(page: Page) -> list[str]:
    """The parts of the stream that feed a page: a source of theirs that is late is named on it."""
    columns = [column for table in page.tables for column in table.columns]
    columns += [column for chart in page.charts for column in chart.series]
    numbers = {*page.figures, *(column.number for column in columns if column.number)}
    rows = [_ROWS_FEEDS.get(table.rows, set()) for table in page.tables]
    return sorted({_FEEDS[name.partition(".")[0]] for name in numbers}.union(*rows))
