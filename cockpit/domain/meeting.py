"""Which numbers, tables and charts a meeting's pages are made of: one table for the screen
(layouts/meeting), the papers (datasource/office) and the handbook. Of what parts: meeting_parts.py.
"""

from cockpit.domain.meeting_parts import Chart, Column, Page, Table
from cockpit.domain.regions import Region

# Days that trends and departments look back, today among them.
DAYS = 30
# What trends compare with earlier days.
COMPARED = (
    "cases.reported_today", "cases.closed_today", "cases.open", "cases.overdue",
    "cases.on_time_rate", "whistles.open", "whistles.overdue", "patrols.coverage_rate",
    "visits.made_today.care", "visits.overdue.care",
)  # fmt: skip
DAILY = (
    "cases.reported_today", "cases.closed_today", "cases.overdue", "cases.on_time_rate",
    "whistles.overdue", "patrols.coverage_rate", "visits.overdue.care",
)  # fmt: skip

_RATES = (
    Column("response_rate", "cases.response_rate", n="n"),
    Column("resolution_rate", "cases.resolution_rate", n="n"),
    Column("satisfaction_rate", "cases.satisfaction_rate", n="answered"),
)
_SHIFTS = (
    Column("morning", "patrols.morning", n="morning_n"),
    Column("afternoon", "patrols.afternoon", n="afternoon_n"),
)
_LATE = Table(
    "late",
    (
        Column("name"),
        Column("overdue", "cases.overdue", bad="late"),
        Column("at_risk", "cases.at_risk", bad="risk"),
        Column("whistles_overdue", "whistles.overdue", bad="late"),
        Column("visits_overdue", "visits.overdue.care", bad="late"),
    ),
    only="below",
)
_WHISTLES = Table(
    "whistles", (Column("state"), Column("kind"), Column("who"), Column("leg"), Column("left"))
)
_GRIDS = Table(
    "grids",
    (
        Column("name"),
        Column("morning"),
        Column("afternoon"),
        Column("open", "cases.open"),
        Column("overdue", "cases.overdue", bad="late"),
        Column("visits_due", "visits.due_today.care"),
    ),
    only="community",
)
_TODAY = (
    Column("reported", "cases.reported_today"),
    Column("closed", "cases.closed_today"),
    Column("last_week", "cases.reported_today"),
)

PAGES: tuple[Page, ...] = (
    Page(
        "today",
        figures=(
            "cases.reported_today", "cases.closed_today", "cases.open", "cases.overdue",
            "whistles.open", "whistles.overdue", "patrols.coverage_rate", "visits.overdue.care",
        ),
        charts=(Chart("half_hours", "lines", _TODAY),),
    ),
    Page(
        "late",
        figures=(
            "cases.overdue", "cases.at_risk", "whistles.overdue", "whistles.at_risk",
            "visits.overdue.care",
        ),
        tables=(_LATE, _GRIDS, _WHISTLES),
    ),
    Page(
        "streets",
        tables=(
            Table(
                "streets",
                (
                    Column("rank"),
                    Column("name"),
                    Column("n", "cases.follow_ups"),
                    *_RATES,
                    Column("open", "cases.open"),
                    Column("overdue", "cases.overdue", bad="late"),
                    Column("coverage_rate", "patrols.coverage_rate", n="expected"),
                ),
                only="below",
            ),
            _GRIDS,
        ),
        charts=(Chart("streets", "dots", _RATES, only="below"),),
    ),
    Page(
        "trends",
        tables=(
            Table(
                "compared",
                (
                    Column("name"),
                    Column("now"),
                    Column("yesterday"),
                    Column("last_week"),
                    Column("last_month"),
                ),
            ),
        ),
        charts=(
            Chart(
                "days",
                "lines",
                (
                    Column("cases.reported_today", "cases.reported_today"),
                    Column("cases.closed_today", "cases.closed_today"),
                ),
            ),
            Chart("days", "lines", (Column("cases.on_time_rate", "cases.on_time_rate"),)),
        ),
    ),
    Page(
        "patrol",
        figures=(
            "patrols.coverage_rate", "patrols.covered", "patrols.completed", "patrols.on_duty",
            "patrols.off_post",
        ),
        tables=(
            Table(
                "patrols",
                (
                    Column("name"),
                    Column("expected", "patrols.expected"),
                    *_SHIFTS,
                    Column("off_post", "patrols.off_post", bad="risk"),
                ),
                only="below",
            ),
            _GRIDS,
        ),
        charts=(
            Chart("patrols", "dots", _SHIFTS, only="below"),
        ),
    ),
    Page(
        "care",
        figures=(
            "people.enrolled.care", "visits.due_today.care", "visits.made_today.care",
            "visits.overdue.care", "alerts.active.critical", "alerts.unacknowledged",
        ),
        tables=(
            Table(
                "care",
                (
                    Column("name"),
                    Column("enrolled", "people.enrolled"),
                    Column("due_today", "visits.due_today"),
                    Column("made_today", "visits.made_today"),
                    Column("overdue", "visits.overdue", bad="late"),
                ),
            ),
        ),
    ),
    Page(
        "departments",
        figures=(
            "whistles.open", "whistles.overdue", "whistles.blown_today",
            "whistles.confirmed_today", "whistles.on_time_arrival_rate",
        ),
        tables=(
            Table(
                "departments",
                (
                    Column("rank"),
                    Column("name"),
                    Column("open", "whistles.open"),
                    Column("late", "whistles.overdue", bad="late"),
                    Column("blown", "departments.blown"),
                    Column("arrival_rate", "departments.arrival_rate", n="arrival_n"),
                    Column("arrival_n", "departments.arrival_n"),
                    Column("finish_rate", "departments.finish_rate", n="finish_n"),
                    Column("finish_n", "departments.finish_n"),
                    Column("arrive_minutes", "departments.arrive_minutes"),
                    Column("finish_minutes", "departments.finish_minutes"),
                ),
            ),
        ),
    ),
    Page(
        "incident",
        figures=(
            "cases.open", "cases.overdue", "whistles.overdue", "alerts.active.critical",
            "alerts.unacknowledged",
        ),
        tables=(_WHISTLES, Table("ticker", (Column("time"), Column("what"), Column("where")))),
    ),
)  # fmt: skip
PAGE_NAMES = tuple(page.name for page in PAGES)


# The line below a large number: what it says, and the numbers in it (assets/js/meeting/figures.js,
# datasource/office/figures.py).
NOTES: dict[str, tuple[str, ...]] = {
    "cases.reported_today": ("versus", "cases.reported_yesterday"),
    "cases.overdue": ("new_today", "cases.overdue_new_today"),
    "whistles.open": ("risk", "whistles.at_risk"),
    "patrols.coverage_rate": ("target", "patrols.expected"),
    "patrols.covered": ("expected", "patrols.expected"),
    "visits.overdue.care": ("special", "visits.overdue.special"),
}


def names_key(rows: str, region: Region) -> str:
    """The key of the text that says what the names in these rows of a region are of."""
    if rows == "grids":
        return "level.grid"
    if rows in {"late", "streets", "patrols"}:
        return "level.street" if region.level == "district" else "level.community"
    return f"meeting.column.name.{rows}"


def pages_of(region: Region) -> list[Page]:
    """The pages of a region's meeting, each with what it has there."""
    fit = {"", "community" if region.level == "community" else "below"}
    return [
        Page(
            page.name,
            page.figures,
            tuple(t for t in page.tables if t.only in fit),
            tuple(c for c in page.charts if c.only in fit),
        )
        for page in PAGES
    ]
