"""How departments answered the whistles of a period, as it was known at the period's end.
Definitions: docs/metrics.md, History.

The ledger itself says how each whistle stood then: a row of SQL is overwritten by whatever comes
later, and a page of a past moment must not show what nobody knew yet.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from msgspec.structs import asdict

from cockpit.clock import MINUTE, Clock, to_text
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.whistle_records import Whistle
from datasource.archive import rows
from datasource.member_lists import Past
from datasource.questions import Departments

_LEGS = {"sign": "signed", "arrive": "arrived", "finish": "resolved"}
_INSTANTS = ("blown", "confirmed", *_LEGS.values())
# No archive yet, or none of then: nothing was known.
_NOTHING_KNOWN = frozenset({"archive.empty", "replay.out_of_range"})


class DepartmentAnswers:
    """Answers `Departments`."""

    def __init__(self, past: Past, regions: Regions, rules: Rules, clock: Clock) -> None:
        self._past, self._regions, self._clock = past, regions, clock
        self._rank_from = rules.rates.rank_from

    def answer(self, asked: Departments) -> dict[str, Any]:
        """A row for each department that was in charge at the end. Raises CockpitError
        `region.unknown`."""
        region = self._regions.get(asked.region)
        told = [
            asdict(rows.whistle_row(self._regions, key, whistle))
            for key, whistle in self._known(region, asked.end)
            if asked.start <= whistle.blown < asked.end and whistle.ended != "withdrawn"
        ]
        found = []
        if told:
            table = pd.DataFrame(told).astype(dict.fromkeys(_INSTANTS, "float64"))
            # A street may confirm what no department ever called resolved.
            table["resolved"] = table["resolved"].fillna(table["confirmed"])
            found = [_department(str(name), group) for name, group in table.groupby("department")]
        return {
            "region": region.code,
            "from": to_text(asked.start),
            "to": to_text(asked.end),
            "departments": _ranked(found, self._rank_from),
        }

    def _known(self, region: Region, at: int) -> Iterable[tuple[str, Whistle]]:
        """Every whistle of a region as it stood at an instant; one to come is now."""
        try:
            projector = self._past.projector_at(at if at < self._clock.now() else None)
        except CockpitError as error:
            if error.code in _NOTHING_KNOWN:
                return ()
            raise
        return projector.ledgers.whistles.within(region.index)


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


def _ranked(found: list[dict[str, Any]], rank_from: int) -> list[dict[str, Any]]:
    """By the rate of arrivals in time, where it says something; the others behind, unranked."""
    ranked = [row for row in found if row["arrival_n"] >= rank_from]
    others = [row for row in found if row["arrival_n"] < rank_from]
    ranked.sort(key=lambda r: (-r["arrival_rate"], -(r["finish_rate"] or 0), r["department"]))
    others.sort(key=lambda r: (-r["blown"], r["department"]))
    return [{**row, "rank": place} for place, row in enumerate(ranked, 1)] + [
        {**row, "rank": None} for row in others
    ]
