"""What was: metrics over time out of the rollups, with pandas. Definitions: docs/metrics.md,
History.

Every number is one that a wall may show. Raw counts of special groups are masked on walls by
what stands beside them; here nothing stands beside them, so there is no history of them.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from msgspec.structs import astuple
from sqlalchemy import Connection

from cockpit.clock import DAY, to_text
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of
from cockpit.errors import CockpitError
from cockpit.ledgers import Ledgers
from cockpit.special import MEASURES
from datasource.archive.recorder import HALF_HOUR, SAMPLED_LEVELS
from datasource.archive.rows import not_sampled
from datasource.database.engine import Database
from datasource.database.jumps import moments
from datasource.database.outcomes import handling
from datasource.database.samples import (
    daily_rows,
    decoder,
    first_records,
    half_hour_rows,
    known_until,
)
from datasource.questions import Compare, Moments, PastQuestion, Series

MOST_NUMBERS = 400_000
# Of what each rate is a part.
_OF = {
    "cases.on_time_rate": ("cases.closed_month", "cases.overdue"),
    "cases.rework_rate": ("cases.closed_month",),
    "cases.response_rate": ("cases.follow_ups",),
    "cases.resolution_rate": ("cases.follow_ups",),
    "cases.satisfaction_rate": ("cases.answered",),
    "patrols.coverage_rate": ("patrols.expected",),
    "whistles.on_time_arrival_rate": ("whistles.arrivals_judged",),
}


class _Nowhere:
    """The names of metrics do not depend on where a position lies."""

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        return False


def shown_metrics(regions: Regions, rules: Rules) -> dict[str, tuple[str, ...]]:
    """Every metric with a history, by the names in the rollups whose sum it is."""
    district = regions.district
    alone = Regions([(district.code, district.name, "district", "")])
    hidden = not_sampled(rules)
    names = {
        name: (name,)
        for name in Ledgers(alone, rules, _Nowhere()).metrics(0)
        if not name.startswith("stream.") and name not in hidden
    }
    care = rules.groups["care"].categories
    sums = {f"{name}.care": tuple(f"{name}.{c}" for c in care) for name in MEASURES.values()}
    return names | sums


class History:
    """Answers what the rollups and rows of SQL can say of the past."""

    def __init__(self, database: Database, regions: Regions, rules: Rules) -> None:
        self._database, self._regions = database, regions
        self._shown = shown_metrics(regions, rules)

    def answer(self, question: PastQuestion) -> dict[str, Any]:
        """What JSON can say. Raises CockpitError `metric.unknown`, `region.no_history`,
        `request.invalid`, and what the database raises."""
        with self._database.read() as connection:
            if isinstance(question, Series):
                return self._series(connection, question)
            if isinstance(question, Compare):
                return self._compare(connection, question)
            if isinstance(question, Moments):
                return moments(connection, self._regions, question)
            return handling(connection, self._regions.get(question.region), question)

    def _check(self, code: str, metrics: Sequence[str]) -> Region:
        region = self._regions.get(code)
        if region.level not in SAMPLED_LEVELS:
            raise CockpitError("region.no_history", region=code)
        for name in metrics:
            if name not in self._shown:
                raise CockpitError("metric.unknown", metric=name)
        return region

    def _read(self, rows: Iterable[tuple[int, str, str]], metrics: Sequence[str]) -> pd.DataFrame:
        """Samples (when, region, JSON) as numbers: a column for each metric and each `n` of a
        rate. Counts that a sample does not name are 0, rates NaN."""
        names = dict.fromkeys(part for m in metrics for part in (*self._shown[m], *_OF.get(m, ())))
        decode = decoder(tuple(names))
        kept = [(when, region, *astuple(decode(text))) for when, region, text in rows]
        table = pd.DataFrame(kept, columns=["when", "region", *names])
        table = table.set_index(["region", "when"]).astype("float64")
        columns = {m: table[list(self._shown[m])].sum(axis=1, min_count=1) for m in metrics}
        sizes = {f"n of {m}": table[list(_OF[m])].sum(axis=1) for m in metrics if m in _OF}
        return pd.DataFrame({**columns, **sizes}, index=table.index)

    # -- over time -----------------------------------------------------------------------

    def _series(self, connection: Connection, asked: Series) -> dict[str, Any]:
        region = self._check(asked.region, asked.metrics)
        below = self._regions.children_of(region) if asked.children else []
        codes = [region.code, *(r.code for r in below if r.level in SAMPLED_LEVELS)]
        daily = asked.by == "day"
        axis = _days(asked) if daily else _half_hours(asked)
        if len(axis) * len(codes) * len(asked.metrics) > MOST_NUMBERS:
            raise CockpitError("request.invalid", why="too many numbers; ask for fewer at once")
        known = known_until(connection)
        rows = (
            daily_rows(connection, codes, asked, known)
            if daily
            else half_hour_rows(connection, codes, [(day_start(day_of(axis[0])), axis[-1])])
        )
        table = self._read(rows, asked.metrics)
        if daily:
            found = {code: _of_region(table, code).reindex(pd.Index(axis)) for code in codes}
        else:
            found = {code: _filled(table, code, axis, known) for code in codes}
        first = first_records(connection)
        ends = [day_start(day + 1) for day in axis] if daily else axis
        found = {code: _counted(one, ends, first) for code, one in found.items()}
        mine = found.pop(region.code)
        answer: dict[str, Any] = {
            "region": region.code,
            "by": asked.by,
            "at": [date_of(d).isoformat() if daily else to_text(d) for d in axis],
            "series": _lists(mine, asked.metrics),
            "definition": _definition(mine, asked.metrics),
        }
        if asked.children:
            answer["children"] = {c: _lists(one, asked.metrics) for c, one in found.items()}
        return answer

    # -- beside earlier days ---------------------------------------------------------------

    def _compare(self, connection: Connection, asked: Compare) -> dict[str, Any]:
        region = self._check(asked.region, asked.metrics)
        last, known = asked.at // HALF_HOUR * HALF_HOUR, known_until(connection)
        # The last half-hour may have ended so lately that it is not archived yet.
        times = _same_half_hours(known if last - HALF_HOUR == known else last)
        axis = list(times.values())
        spans = [(day_start(day_of(at)), at) for at in axis]
        table = self._read(half_hour_rows(connection, [region.code], spans), asked.metrics)
        mine = _filled(table, region.code, axis, known)
        mine = _counted(mine, axis, first_records(connection))
        lists = _lists(mine, asked.metrics)
        return {
            "region": region.code,
            "at": {name: to_text(at) for name, at in times.items()},
            "metrics": {m: dict(zip(times, lists[m], strict=True)) for m in asked.metrics},
            "definition": _definition(mine, asked.metrics),
        }


# -- axes ------------------------------------------------------------------------------------


def _days(asked: Series) -> list[int]:
    return list(range(day_of(asked.start), day_of(asked.end - 1) + 1))


def _half_hours(asked: Series) -> list[int]:
    """The ends of half-hours after `start` up to `end`; the last even when it has none."""
    first = (asked.start // HALF_HOUR + 1) * HALF_HOUR
    return list(range(first, asked.end + 1, HALF_HOUR)) or [first]


def _same_half_hours(at: int) -> dict[str, int]:
    """The end of a half-hour, and those of the same one of earlier days. A half-hour that ends at
    midnight belongs to the day before. The day of a month that is too short is its last."""
    day = day_of(at - 1)
    date = date_of(day)
    first_of_month = day - date.day + 1
    before = date_of(first_of_month - 1)
    month_ago = first_of_month - 1 - before.day + min(date.day, before.day)
    days = {"now": day, "yesterday": day - 1, "last_week": day - 7, "last_month": month_ago}
    return {name: at + (each - day) * DAY for name, each in days.items()}


# -- numbers ---------------------------------------------------------------------------------


def _of_region(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """A region's samples, by when they are of."""
    regions = table.index.get_level_values("region")
    return table[regions == code].droplevel("region").sort_index()


def _filled(table: pd.DataFrame, code: str, axis: Sequence[int], known: int) -> pd.DataFrame:
    """A region's numbers at the ends of half-hours; NaN before the first and after `known`."""
    filled = _of_region(table, code).reindex(pd.Index(axis), method="ffill")
    return filled[filled.index <= known].reindex(pd.Index(axis))


def _counted(table: pd.DataFrame, ends: Sequence[int], first: Mapping[str, int]) -> pd.DataFrame:
    """The numbers from the first record of their panel on; NaN where a time ends before it."""
    panels = [name.removeprefix("n of ").partition(".")[0] for name in table.columns]
    known = [[end > first.get(panel, end - 1) for panel in panels] for end in ends]
    return table.where(pd.DataFrame(known, index=table.index, columns=table.columns))


def _lists(table: pd.DataFrame, metrics: Sequence[str]) -> dict[str, list[float | None]]:
    return {m: _plain(table[m], whole=not m.endswith("_rate")) for m in metrics}


def _definition(table: pd.DataFrame, metrics: Sequence[str]) -> dict[str, Any]:
    return {
        m: {"kind": "rate", "n": _sizes(table, m)} if m.endswith("_rate") else {"kind": "count"}
        for m in metrics
    }


def _sizes(table: pd.DataFrame, metric: str) -> list[float | None]:
    """The denominators of a rate. A rate without one was archived by a build that did not count
    it yet."""
    sizes = table[f"n of {metric}"]
    return _plain(sizes.mask((sizes == 0) & table[metric].notna()), whole=True)


def _plain(values: "pd.Series[float]", whole: bool) -> list[float | None]:
    number: Callable[[float], float] = int if whole else float
    return [None if math.isnan(value) else number(value) for value in values]
