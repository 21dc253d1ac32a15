"""How departments answered the whistles of a period, as it was known at the period's end.
Definitions: docs/metrics.md, History.

The ledger itself says how each whistle stood then: a row of SQL is overwritten by whatever comes
later, and a page of a past moment must not show what nobody knew yet.
"""

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from cockpit.clock import MINUTE, Clock, to_text
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.tally import rate
from cockpit.ledgers.whistle_records import Whistle
from datasource.department_members import COUNTS, RATES, blown_within
from datasource.member_lists import Past
from datasource.questions import Departments

# When each leg ended, 0 while it has not. A street may confirm what no department ever called
# resolved.
_LEGS: dict[str, Callable[[Whistle], int]] = {
    "sign": lambda one: one.signed,
    "arrive": lambda one: one.arrived,
    "finish": lambda one: one.resolved or one.confirmed,
}
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
        charged: dict[str, list[Whistle]] = {}
        for _, whistle in blown_within(self._known(region, asked.end), asked.start, asked.end):
            charged.setdefault(whistle.department, []).append(whistle)
        found = [answers_of(name, charged[name]) for name in sorted(charged)]
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


def answers_of(name: str, whistles: list[Whistle]) -> dict[str, Any]:
    """A department's numbers of whistles."""
    row: dict[str, Any] = {"department": name}
    row |= {number: sum(map(test, whistles)) for number, test in COUNTS.items()}
    for number, (good, judged) in RATES.items():
        row[number] = rate(sum(map(good, whistles)), sum(map(judged, whistles)))
    for leg, ended in _LEGS.items():
        minutes = [max(0, ended(one) - one.assigned) / MINUTE for one in whistles if ended(one)]
        row[f"{leg}_minutes"] = round(median(minutes), 1) if minutes else None
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
