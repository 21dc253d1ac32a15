"""What became of cases and whistles, by category, unit and department, with pandas.
Definitions: docs/metrics.md, History."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Table, func, select
from sqlalchemy.sql import ColumnElement

from cockpit.clock import MINUTE, to_text
from cockpit.domain.regions import Region
from datasource.database import tables
from datasource.questions import Departments, Handling

_QUANTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}
_LEGS = {"sign": "signed", "arrive": "arrived", "finish": "resolved"}


def within(region: Region, table: Table) -> ColumnElement[bool]:
    """The rows of a region and all below it: a code begins with that of what it lies in."""
    return func.substr(table.c.region, 1, len(region.code)) == region.code


def handling(connection: Connection, region: Region, asked: Handling) -> dict[str, Any]:
    """Minutes from the last dispatch to the closing, of the cases closed in the period."""
    cases = tables.cases.c
    wanted = select(cases.dispatched, cases.closed, cases.category, cases.level, cases.unit).where(
        within(region, tables.cases),
        cases.ended == "closed",
        cases.closed >= asked.start,
        cases.closed < asked.end,
        cases.dispatched.is_not(None),
    )
    table = _table(connection, wanted, ["dispatched", "closed"])
    # A closing that tells an earlier time than the dispatch took no time, not less.
    table["minutes"] = ((table["closed"] - table["dispatched"]) / MINUTE).clip(lower=0)
    table["category"] = table["category"].str[:2]
    table[["level", "unit"]] = table[["level", "unit"]].fillna("")
    return {
        **_said(region, asked),
        **_times(table["minutes"]),
        "by_category": _by(table, ["category"]),
        "by_unit": _by(table, ["level", "unit"]),
    }


def _table(connection: Connection, wanted: Select[Any], instants: list[str]) -> pd.DataFrame:
    """The rows, their instants as numbers, NaN where something has not happened."""
    result = connection.execute(wanted)
    table = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    return table.astype(dict.fromkeys(instants, "float64"))


def _said(region: Region, asked: Handling | Departments) -> dict[str, Any]:
    return {"region": region.code, "from": to_text(asked.start), "to": to_text(asked.end)}


def _times(minutes: "pd.Series[float]") -> dict[str, Any]:
    """How many, and the quantiles; None where there is nothing."""
    values = minutes.quantile(list(_QUANTILES.values()))
    times = {
        name: round(float(value), 1) if len(minutes) else None
        for name, value in zip(_QUANTILES, values, strict=True)
    }
    return {"n": len(minutes), **times}


def _by(table: pd.DataFrame, keys: list[str]) -> list[dict[str, Any]]:
    """The times of each group, the largest first."""
    rows = [
        {**dict(zip(keys, names, strict=True)), **_times(group["minutes"])}
        for names, group in table.groupby(keys)
    ]
    return sorted(rows, key=lambda row: (-row["n"], *(row[key] for key in keys)))


def departments(
    connection: Connection, region: Region, asked: Departments, rank_from: int
) -> dict[str, Any]:
    """How the department in charge answered the whistles that were blown in the period."""
    columns = tables.whistles.c
    wanted = select(
        columns.department, columns.ended, columns.blown, columns.signed, columns.arrived,
        columns.resolved, columns.confirmed, columns.arrived_on_time, columns.finished_on_time,
    ).where(
        within(region, tables.whistles),
        columns.blown >= asked.start,
        columns.blown < asked.end,
        columns.ended != "withdrawn",
    )  # fmt: skip
    table = _table(connection, wanted, ["blown", "confirmed", *_LEGS.values()])
    # A street may confirm what no department ever called resolved.
    table["resolved"] = table["resolved"].fillna(table["confirmed"])
    rows = [_department(str(name), group) for name, group in table.groupby("department")]
    return {**_said(region, asked), "departments": _ranked(rows, rank_from)}


def _department(name: str, group: pd.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = {
        "department": name,
        "blown": len(group),
        "confirmed": int((group["ended"] == "confirmed").sum()),
    }
    for leg, column in (("arrival", "arrived_on_time"), ("finish", "finished_on_time")):
        judged = group[column].dropna().astype(bool)
        row[f"{leg}_n"] = len(judged)
        row[f"{leg}_rate"] = float(judged.mean()) if len(judged) else None
    for leg, column in _LEGS.items():
        minutes = ((group[column] - group["blown"]).dropna() / MINUTE).clip(lower=0)
        row[f"{leg}_minutes"] = round(float(minutes.median()), 1) if len(minutes) else None
    return row


def _ranked(rows: list[dict[str, Any]], rank_from: int) -> list[dict[str, Any]]:
    """By the rate of arrivals in time, where it says something; the others behind, unranked."""
    ranked = [row for row in rows if row["arrival_n"] >= rank_from]
    others = [row for row in rows if row["arrival_n"] < rank_from]
    ranked.sort(key=lambda r: (-r["arrival_rate"], -(r["finish_rate"] or 0), r["department"]))
    others.sort(key=lambda r: (-r["blown"], r["department"]))
    return [{**row, "rank": place} for place, row in enumerate(ranked, 1)] + [
        {**row, "rank": None} for row in others
    ]
