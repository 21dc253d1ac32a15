"""The desk's queues: what each is, how many lie in it, and a page of its rows.

A queue is ONE definition, a condition over rows with `now` in it; docs/desk.md says the same in
words, and tests hold counts and lists against the ledgers' metrics of the same meaning.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, Subquery, and_, func, select, true

from cockpit.clock import DAY, Clock, to_text
from cockpit.domain.access import Account
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Region, Regions
from cockpit.errors import CockpitError
from datasource.database.engine import Database
from datasource.database.reader import read_end
from datasource.database.tables import alerts, cases, persons, whistles
from datasource.desk.columns import (
    KINDS,
    answer_row,
    is_at_risk,
    is_open,
    is_overdue,
    shelved_until,
)
from datasource.desk.grid_filters import has_key, order_of, wanted_rows
from datasource.desk.handlers import Handlers
from datasource.desk.looking import Looking
from datasource.desk.work_questions import Kind, Queue, QueueCounts, Rows

MOST_ROWS = 500
# Two hundred desks ask each second or two, most of them the same; a count may be so old.
SAME_COUNTS_SECONDS = 1.0
_MOST_KEPT = 500

Condition = ColumnElement[bool]


class QueueOf(Struct, frozen=True):
    """One queue. `holds(now)` is the condition, `metrics` those of the ledgers whose sum is how
    many lie in it (none: no ledger counts this), `order` the order unless another is asked for."""

    kind: Kind
    holds: Callable[[int], Condition]
    metrics: tuple[str, ...]
    order: tuple[tuple[str, str], ...]
    means: str


_DUE = (("due", "asc"),)


def _cases(*stages: str) -> Callable[[int], Condition]:
    return lambda _: and_(is_open(cases), cases.c.stage.in_(stages))


def _legs(*legs: str) -> Callable[[int], Condition]:
    return lambda _: and_(is_open(whistles), whistles.c.leg.in_(legs))


def _shown(now: int) -> Condition:
    """Not shelved."""
    return shelved_until(now).is_(None)


QUEUES: Mapping[Queue, QueueOf] = {
    "to_accept": QueueOf(
        "case", _cases("reported"), ("cases.stage.reported",), (("reported", "asc"),),
        "open cases at stage reported",
    ),
    "to_dispatch": QueueOf(
        "case", _cases("accepted", "filed"), ("cases.stage.accepted", "cases.stage.filed"),
        (("reported", "asc"),), "open cases accepted or filed, returned ones among them",
    ),
    "to_handle": QueueOf(
        "case", _cases("dispatched", "handling"),
        ("cases.stage.dispatched", "cases.stage.handling"), _DUE,
        "open cases dispatched or being handled",
    ),
    "to_check": QueueOf(
        "case", _cases("handled"), ("cases.stage.handled",), _DUE,
        "open cases handled, to be checked on site and closed",
    ),
    "at_risk": QueueOf(
        "case", lambda now: is_at_risk(cases, now), ("cases.at_risk",), _DUE,
        "open cases whose clock runs, not overdue, with two thirds of their limit used",
    ),
    "overdue": QueueOf(
        "case", lambda now: is_overdue(cases, now), ("cases.overdue",), _DUE,
        "open cases whose clock runs and whose deadline in force has passed",
    ),
    "suspended": QueueOf(
        "case", lambda _: and_(is_open(cases), cases.c.suspended.is_(True)),
        ("cases.suspended",), (("reported", "asc"),), "open cases that are suspended",
    ),
    "cases_all": QueueOf(
        "case", lambda _: true(), (), (("reported", "desc"),), "all cases, also those that ended",
    ),
    "whistles_to_sign": QueueOf(
        "whistle", _legs("sign", "refused"), (), _DUE,
        "open whistles that wait for a signature; refused ones, to be reassigned, among them",
    ),
    "whistles_to_arrive": QueueOf(
        "whistle", _legs("arrive"), (), _DUE, "open whistles signed, the department on its way",
    ),
    "whistles_to_finish": QueueOf(
        "whistle", _legs("finish"), (), _DUE, "open whistles whose department has arrived",
    ),
    "whistles_to_confirm": QueueOf(
        "whistle", _legs(""), (), (("resolved", "asc"),),
        "open whistles whose department is done, to be confirmed by the street",
    ),
    "whistles_overdue": QueueOf(
        "whistle", lambda now: is_overdue(whistles, now), ("whistles.overdue",), _DUE,
        "open whistles whose running limit has passed",
    ),
    "whistles_all": QueueOf(
        "whistle", lambda _: true(), (), (("blown", "desc"),),
        "all whistles, also those that ended",
    ),
    "visits_overdue": QueueOf(
        "person", lambda now: is_overdue(persons, now),
        ("visits.overdue.special", "visits.overdue.care"), _DUE,
        "persons on the register whose next visit was due before today",
    ),
    "visits_due_today": QueueOf(
        "person", lambda now: persons.c.due < day_start(day_of(now)) + DAY,
        ("visits.due_today.special", "visits.due_today.care"), _DUE,
        "persons on the register whose next visit is due today or was due before",
    ),
    "alerts_unacknowledged": QueueOf(
        "alert", lambda now: and_(alerts.c.acknowledged.is_(False), _shown(now)),
        ("alerts.unacknowledged",), (("raised", "desc"),),
        "alerts raised and not acknowledged, active or not; without those that are shelved",
    ),
    "alerts_active": QueueOf(
        "alert", lambda _: alerts.c.active.is_(True),
        ("alerts.active.info", "alerts.active.warning", "alerts.active.critical"),
        (("raised", "desc"),), "alerts that are not cleared, also shelved ones",
    ),
}  # fmt: skip


def within(column: ColumnElement[str], code: str) -> Condition:
    """Lies in a region: codes of what lies below begin with its own. A range, so that an index
    finds it under any collation: codes are digits."""
    return and_(column >= code, column < str(int(code) + 1).zfill(len(code)))


def visible(kind: Kind, who: Account, region: Region) -> Condition:
    """What of a kind lies in a region and is the account's own to see, once `Looking` let it."""
    table = KINDS[kind].table
    # All there is lies in the district: rows may come along the index of their order.
    place = true() if region.parent is None else within(table.c.region, region.code)
    if kind == "whistle" and who.role == "department":
        return and_(place, whistles.c.department == who.department)
    return place


class QueueLists(Handlers):
    """The family of questions `QueueCounts` and `Rows`."""

    def __init__(
        self, database: Database, regions: Regions, clock: Clock, looking: Looking
    ) -> None:
        self._database, self._regions, self._clock = database, regions, clock
        self._looking = looking
        # What was counted last for whoever sees the same, with the real time of it.
        self._kept: dict[tuple[object, ...], tuple[float, dict[str, object]]] = {}
        super().__init__({QueueCounts: self.counts, Rows: self.rows})

    def counts(self, asked: QueueCounts) -> dict[str, object]:
        """How many lie in each queue that the account may see, in one statement. Raises
        CockpitError `region.unknown`, `access.refused`."""
        region, who = self._regions.get(asked.region), asked.who
        may, code = self._looking.may, region.code
        kinds = [kind for kind in get_args(Kind) if may(who, kind, code, who.department)]
        if not kinds:
            self._looking.look(who, "case", code)
        asked_for = (tuple(kinds), code, who.department)
        kept = self._kept.get(asked_for)
        if kept is None or time.monotonic() - kept[0] > SAME_COUNTS_SECONDS:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            kept = time.monotonic(), self._count(kinds, who, region)
            self._kept[asked_for] = kept
        return kept[1]

    def _count(self, kinds: Sequence[Kind], who: Account, region: Region) -> dict[str, object]:
        now = self._clock.now()
        first, *others = [part for kind in kinds for part in _counted(kind, who, region, now)]
        joined: FromClause = first
        for each in others:
            joined = joined.join(each, true())
        every = [column for each in (first, *others) for column in each.c]
        with self._database.read() as connection:
            n = read_end(connection).n
            found = connection.execute(select(*every).select_from(joined)).one()
        return {"n": n, "at": to_text(now), "counts": dict(found._mapping)}

    def rows(self, asked: Rows) -> dict[str, object]:
        """A page of a queue. Raises CockpitError `region.unknown`, `access.refused`,
        `request.invalid`."""
        if not 0 <= asked.start < asked.end <= asked.start + MOST_ROWS:
            raise CockpitError("request.invalid", why=f"start to end are 1 to {MOST_ROWS} rows")
        queue, who, now = QUEUES[asked.queue], asked.who, self._clock.now()
        region = self._regions.get(asked.region)
        self._looking.look(who, queue.kind, region.code, who.department)
        if queue.kind == "person":
            self._looking.saw_persons(asked, f"{region.code}/{asked.queue}")
        kind = KINDS[queue.kind]
        columns = kind.at(now)
        columns.pop("person", None)  # whom an alert is about: only its page says so
        where = [visible(queue.kind, who, region), queue.holds(now)]
        where += wanted_rows(self._regions, columns, asked.filters)
        if asked.search:
            where.append(has_key(kind.table.c.key, asked.search))
        order = order_of(columns, asked.sort or queue.order, kind.table.c.key)
        page = kind.select(now).where(*where).order_by(*order)
        page = page.offset(asked.start).limit(asked.end - asked.start)
        with self._database.read() as connection:
            n = read_end(connection).n
            total = connection.scalar(select(func.count()).select_from(kind.table).where(*where))
            found = connection.execute(page).mappings().all()
        rows = [answer_row(self._regions, kind, row, persons_too=False) for row in found]
        return {"n": n, "at": to_text(now), "total": total, "rows": rows}


def _counted(kind: Kind, who: Account, region: Region, now: int) -> list[Subquery]:
    """One row each: how many of a kind lie in its queues. Those of open ones, few of all that ever
    were, are counted apart from those of all."""
    table, place = KINDS[kind].table, visible(kind, who, region)
    mine = {name: queue for name, queue in QUEUES.items() if queue.kind == kind}
    every = [name for name in mine if name.endswith("_all")]
    parts = []
    for names in (every, [name for name in mine if name not in every]):
        counts = [func.count().filter(mine[name].holds(now)).label(name) for name in names]
        where = [place, is_open(table)] if every and names is not every else [place]
        if counts:
            parts.append(select(*counts).select_from(table).where(*where).subquery())
    return parts
