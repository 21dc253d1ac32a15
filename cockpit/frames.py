"""What a wall shows: the panels of each view out of the ledgers (docs/frames.md).

What a wall may not show is not in the result: special groups are one masked total, nothing
names a person, and below the community no category of person appears.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from cockpit.clock import to_text
from cockpit.domain.regions import WALL_LEVELS, Region, Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers import Ledgers
from cockpit.ledgers.base import RECENT
from cockpit.special import MEASURES, SpecialTotals

SCREEN = "wall"
THREE_RATES = ("response_rate", "resolution_rate", "satisfaction_rate")


def view_of(region: Region) -> str:
    """The name of a region's wall view."""
    return f"{region.code}/{SCREEN}"


def walls(regions: Regions) -> dict[str, Region]:
    """Every wall view with its region, district first."""
    return {view_of(r): r for level in WALL_LEVELS for r in regions.at_level(level)}


class WallFrames:
    """Renders the panels of walls. Reads the ledgers, changes nothing in them."""

    def __init__(self, regions: Regions, rules: Rules, ledgers: Ledgers) -> None:
        self._regions, self._rules, self._ledgers = regions, rules, ledgers
        rates = rules.rates
        self._weights = (rates.response_weight, rates.resolution_weight, rates.satisfaction_weight)
        self._special = SpecialTotals(regions, rules, ledgers.people)
        # Metrics of regions as of the last look: a region stands on its own wall and on the one
        # above, and most regions do not change between two frames.
        self._metrics: dict[int, dict[str, Any]] = {}

    def forget(self, touched: Iterable[int]) -> None:
        """The numbers of these regions, by index, may have changed."""
        for index in touched:
            self._metrics.pop(index, None)

    def forget_all(self) -> None:
        """Every number may have changed."""
        self._metrics.clear()

    def _of(self, index: int) -> dict[str, Any]:
        metrics = self._metrics.get(index)
        if metrics is None:
            metrics = self._metrics[index] = self._ledgers.metrics(index)
        return metrics

    def hide_again(self) -> set[int]:
        """Decide anew which counts of special groups stay hidden; answers the regions for
        which that changed. To be called whenever the ledger of people has changed."""
        return self._special.hide_again()

    # -- panels --------------------------------------------------------------------------

    def panels(self, region: Region) -> dict[str, Any]:
        """All panels of a region's wall but the stream's, which is the same for all."""
        ledgers, index = self._ledgers, region.index
        children = self._regions.children_of(region)
        below = {child.index: self._of(child.index) for child in children}
        mine = self._of(index)
        panels = _nested(mine)
        result: dict[str, Any] = {
            "cases": {**panels["cases"], "trend": ledgers.cases.trend(index)},
            "whistles": {
                **panels["whistles"],
                "list": ledgers.whistles.most_urgent(index),
                "alarms": ledgers.whistles.alarms(index),
                "department": ledgers.whistles.departments(index),
                "marks": self._marks(children, below),
            },
            "patrols": {
                **ledgers.patrols.shift(),
                **panels["patrols"],
                "target_rate": self._rules.patrol.target_rate,
                "alarm_rate": self._rules.patrol.alarm_rate,
                "by_child": self._patrols_below(children, below),
            },
            **self._people(index, mine),
            "alerts": {**panels["alerts"], "alarms": ledgers.alerts.alarms(index)},
            "map": {"regions": {c.code: self._map_of(below[c.index]) for c in children}},
            "ticker": self._ticker(index),
        }
        if region.level == "community":
            inside = [index, *(child.index for child in children)]
            result["cases"]["age"] = ledgers.cases.ages(inside)
            result["grids"] = [self._grid(child, below[child.index]) for child in children]
        else:
            result["rates"] = {"by_child": self._rates_below(children, below)}
            result["compare"] = self._compare(children, below)
        return result

    def _people(self, index: int, mine: dict[str, Any]) -> dict[str, Any]:
        care = self._rules.groups["care"].categories
        panels: dict[str, dict[str, Any]] = {"people": {}, "visits": {}}
        for measure, name in MEASURES.items():
            panel, key = name.split(".")
            row: dict[str, Any] = {category: mine[f"{name}.{category}"] for category in care}
            row["care"] = sum(row.values())
            row["special"] = self._special.shown(measure, index)
            panels[panel][key] = row
        return panels

    def _care(self, metrics: dict[str, Any], name: str) -> int:
        return sum(metrics[f"{name}.{c}"] for c in self._rules.groups["care"].categories)

    def _marks(self, children: list[Region], below: dict[int, Any]) -> list[dict[str, Any]]:
        late = [(child.code, below[child.index]["whistles.overdue"]) for child in children]
        return [{"region": code, "overdue": count} for code, count in late if count]

    def _patrols_below(self, children: list[Region], below: dict[int, Any]) -> list[Any]:
        return [
            {
                "region": child.code,
                "name": child.name,
                **self._ledgers.patrols.coverage(child.index),
                "expected": below[child.index]["patrols.expected"],
                "off_post": below[child.index]["patrols.off_post"],
            }
            for child in children
            if child.level != "zone"
        ]

    def _map_of(self, metrics: dict[str, Any]) -> dict[str, Any]:
        return {
            "coverage_rate": metrics["patrols.coverage_rate"],
            "open": metrics["cases.open"],
            "overdue": metrics["cases.overdue"],
            "whistles": metrics["whistles.open"],
            "whistles_overdue": metrics["whistles.overdue"],
            "visits_due": self._care(metrics, "visits.due_today"),
        }

    def _compare(self, children: list[Region], below: dict[int, Any]) -> list[dict[str, Any]]:
        rows = []
        for child in children:
            metrics = below[child.index]
            row: dict[str, Any] = {"region": child.code, "name": child.name}
            for key in ("reported_today", "closed_today", "open", "overdue", "at_risk"):
                row[key] = metrics[f"cases.{key}"]
            row["whistles_open"] = metrics["whistles.open"]
            row["whistles_overdue"] = metrics["whistles.overdue"]
            row["coverage_rate"] = metrics["patrols.coverage_rate"]
            row["expected"] = metrics["patrols.expected"]
            row["off_post"] = metrics["patrols.off_post"]
            row["visits_due"] = self._care(metrics, "visits.due_today")
            row["visits_overdue"] = self._care(metrics, "visits.overdue")
            rows.append(row)
        late = ("overdue", "whistles_overdue", "visits_overdue", "at_risk", "open")
        return sorted(rows, key=lambda row: (*(-row[key] for key in late), row["region"]))

    def _rates_below(self, children: list[Region], below: dict[int, Any]) -> list[dict[str, Any]]:
        ranked, others = [], []
        for child in children:
            metrics = below[child.index]
            row: dict[str, Any] = {"region": child.code, "name": child.name}
            row["n"], row["answered"] = metrics["cases.follow_ups"], metrics["cases.answered"]
            rates = [metrics[f"cases.{name}"] for name in THREE_RATES]
            row.update(zip(THREE_RATES, rates, strict=True))
            if row["n"] >= self._rules.rates.rank_from and None not in rates:
                score = sum(r * w for r, w in zip(rates, self._weights, strict=True))
                ranked.append((-score, child.code, row))
            else:
                others.append(row)
        ranked.sort(key=lambda item: item[:2])
        for rank, (_, _, row) in enumerate(ranked, 1):
            row["rank"] = rank
        return [row for _, _, row in ranked] + [{**row, "rank": None} for row in others]

    def _grid(self, grid: Region, metrics: dict[str, Any]) -> dict[str, Any]:
        return {
            "region": grid.code,
            "name": grid.name,
            **self._ledgers.patrols.grid_state(grid.index),
            "open": metrics["cases.open"],
            "overdue": metrics["cases.overdue"],
            "visits_due": self._care(metrics, "visits.due_today"),
        }

    def _ticker(self, index: int) -> list[dict[str, Any]]:
        ledgers = self._ledgers
        lines = [*ledgers.cases.recent.get(index, ()), *ledgers.whistles.recent.get(index, ())]
        lines.sort(key=lambda item: (-item[0], -item[1]))
        return [self._line(time, line) for time, _, line in lines[:RECENT]]

    def _line(self, time: int, line: dict[str, Any]) -> dict[str, Any]:
        told = {key: value for key, value in line.items() if key != "place"}
        street = self._regions.street_like(line["place"])
        community = self._regions.ancestor(line["place"], "community")
        return {
            "at": to_text(time),
            **told,
            "street": street.name if street else self._regions.district.name,
            "community": community.name if community else None,
        }


def _nested(metrics: dict[str, Any]) -> dict[str, Any]:
    """The metrics by the parts of their names, `a.b.c` as {"a": {"b": {"c": …}}}."""
    result: dict[str, Any] = {}
    for name, value in metrics.items():
        *above, last = _parts(name)
        place = result
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return result


@cache
def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))
