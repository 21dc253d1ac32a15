"""What a row of a desk's list holds: columns of cases, whistles, persons and alerts.

The one place that says what a column is in SQL and what it is in an answer. `state` (`in_time`,
`at_risk`, `overdue`) and what the queues call at risk and overdue are the same conditions, with
the instant `now` handed in.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
)

from cockpit.clock import DAY, HOUR, to_text
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.commands import standing
from cockpit.domain.regions import Regions
from datasource.database.tables import alerts, cases, persons, whistles
from datasource.database.work_tables import shelvings
from datasource.desk.work_questions import Kind

Form = Literal["text", "number", "instant", "flag", "place"]
# Days are those of Shanghai.
_TO_UTC = 8 * HOUR


class Column(Struct, frozen=True):
    """`sql` is what is compared and sorted by; an `instant` is microseconds there and RFC 3339 in
    an answer, a `place` is a region's code there and the names down to it in an answer."""

    name: str
    form: Form
    sql: ColumnElement[Any]
    nullable: bool = False


class KindOfRow(Struct, frozen=True):
    """One kind of subject: its table, its columns, and those that depend on the instant, `state`
    among them."""

    kind: Kind
    table: Table
    columns: Mapping[str, Column]
    moving: Callable[[int], tuple[Column, ...]]

    def at(self, now: int) -> dict[str, Column]:
        """All columns as of an instant."""
        return {**self.columns, **{column.name: column for column in self.moving(now)}}

    def select(self, now: int) -> Select[Any]:
        """Rows as `answer_row` wants them."""
        moving = (column.sql.label(column.name) for column in self.moving(now))
        return select(*self.table.columns, *moving)


_FORMS: Mapping[str, Form] = {
    **dict.fromkeys(
        (
            "reported", "accepted", "filed", "dispatched", "handled", "closed", "blown", "signed",
            "arrived", "resolved", "confirmed", "due", "risk_at", "visited", "raised",
            "acknowledged_at", "cleared_at",
        ),
        "instant",
    ),
    **dict.fromkeys(
        (
            "checks_failed", "supervised", "escalated", "street_score", "department_score",
            "version",
        ),
        "number",
    ),
    **dict.fromkeys(
        (
            "suspended", "on_time", "arrived_on_time", "finished_on_time", "active", "acknowledged",
        ),
        "flag",
    ),
}  # fmt: skip


def _columns(table: Table) -> dict[str, Column]:
    made = {
        each.name: Column(each.name, _FORMS.get(each.name, "text"), each, bool(each.nullable))
        for each in table.columns
    }
    if "enrolled" in made:
        made["enrolled"] = Column("enrolled", "instant", table.c.enrolled * DAY - _TO_UTC)
    return {**made, "place": Column("place", "place", table.c.region)}


# -- how a row stands ----------------------------------------------------------------------


def is_open(table: Table) -> ColumnElement[bool]:
    """It has not ended. Written out, not bound: only so the indexes of the open ones are used."""
    return table.c.ended == literal_column("''")


def is_overdue(table: Table, now: int) -> ColumnElement[bool]:
    """Its clock runs and its deadline has passed. Only an open one's clock runs."""
    if table is persons:
        return persons.c.due < now
    return and_(is_open(table), table.c.risk_at.is_not(None), table.c.due < now)


def is_at_risk(table: Table, now: int) -> ColumnElement[bool]:
    """Not overdue, and two thirds of its time are used; of a person: the visit is due today."""
    if table is persons:
        today = day_start(day_of(now))
        return and_(persons.c.due >= now, persons.c.due < today + DAY)
    return and_(is_open(table), table.c.risk_at <= now, table.c.due >= now)


def _of_deadline(table: Table) -> Callable[[int], tuple[Column, ...]]:
    def moving(now: int) -> tuple[Column, ...]:
        state = case(
            (is_overdue(table, now), "overdue"), (is_at_risk(table, now), "at_risk"),
            else_="in_time",
        )  # fmt: skip
        return (Column("state", "text", state),)

    return moving


def _of_alerts(now: int) -> tuple[Column, ...]:
    """Alerts know no deadline; nobody is to be reminded of a shelved one before its time."""
    state = Column("state", "text", literal("in_time"))
    until = Column("shelved_until", "instant", shelved_until(now), nullable=True)
    return state, until, Column("shelvings", "number", func.coalesce(_last_shelving(), 0))


def _last_shelving() -> ColumnElement[int]:
    """The number of an alert's last shelving, which is the one that holds."""
    each = shelvings.alias()
    newest = select(func.max(each.c.number)).where(each.c.key == alerts.c.key)
    return newest.correlate(alerts, shelvings).scalar_subquery()


def shelved_until(now: int) -> ColumnElement[int]:
    """Until when an alert is shelved; null when it is not."""
    holds = shelvings.c.number == _last_shelving(), shelvings.c.until > now
    until = select(shelvings.c.until).where(shelvings.c.key == alerts.c.key, *holds)
    return until.correlate(alerts).scalar_subquery()


KINDS: Mapping[Kind, KindOfRow] = {
    "case": KindOfRow("case", cases, _columns(cases), _of_deadline(cases)),
    "whistle": KindOfRow("whistle", whistles, _columns(whistles), _of_deadline(whistles)),
    "person": KindOfRow("person", persons, _columns(persons), _of_deadline(persons)),
    "alert": KindOfRow("alert", alerts, _columns(alerts), _of_alerts),
}
_INSTANTS = {name for name, form in _FORMS.items() if form == "instant"} | {
    "enrolled",
    "shelved_until",
}


# -- rows as answers -----------------------------------------------------------------------


def place_name(regions: Regions, code: str) -> str:
    """What a row calls the place of this code: `Regions.path_name`."""
    return regions.path_name(regions.all[regions.index[code]])


def answer_row(
    regions: Regions, kind: KindOfRow, found: RowMapping | Mapping[str, Any], persons_too: bool
) -> dict[str, Any]:
    """A row as JSON can say it, with its `subject` (`case/7`), its `standing` and the level that it
    has `reached` as commands know them (cockpit/domain/commands.py). `persons_too`: whoever asks
    may see whom an alert is about; else that is left out."""
    row: dict[str, Any] = {"subject": f"{kind.kind}/{found['key']}"}
    for name, value in found.items():
        instant = day_start(value) if name == "enrolled" else value  # a day there
        row[name] = to_text(instant) if name in _INSTANTS and instant is not None else value
    row["place"] = place_name(regions, row["region"])
    now = standing(kind.kind, dict(found))
    row["standing"], row["reached"] = now.state, now.level
    if not persons_too:
        row.pop("person", None)
    return row
