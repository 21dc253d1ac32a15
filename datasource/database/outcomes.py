"""What became of cases, by category and unit, with pandas.
Definitions: docs/metrics.md, History."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Table, func, select
from sqlalchemy.sql import ColumnElement

from cockpit.clock import MINUTE, to_text
from cockpit.domain.regions import Region
from datasource.database import tables
from datasource.questions import Handling

_QUANTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}


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
        "region": region.code,
        "from": to_text(asked.start),
        "to": to_text(asked.end),
        **_times(table["minutes"]),
        "by_category": _by(table, ["category"]),
        "by_unit": _by(table, ["level", "unit"]),
    }


def _table(connection: Connection, wanted: Select[Any], instants: list[str]) -> pd.DataFrame:
    """The rows, their instants as numbers, NaN where something has not happened."""
    result = connection.execute(wanted)
    table = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    return table.astype(dict.fromkeys(instants, "float64"))


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
