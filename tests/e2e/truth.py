"""What every screen of a site must show now, recomputed slowly from the raw events.

`Truth` folds the log as it lies in Redis (tests/oracle) up to an instant; `faults` holds each
number that a page shows against it, and each count of a desk's queues.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from redis import Redis

from cockpit.domain.calendar import day_of
from cockpit.domain.events import decode
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from datasource.geography import load_regions
from datasource.log import stream_entries
from datasource.site import geography_of
from tests.oracle import Oracle
from tests.oracle.cases import Case
from tests.oracle.masks import MEASURES
from tests.oracle.people import Alert, Person
from tests.oracle.walls import Panels, expected
from tests.oracle.whistles import Whistle
from tests.support import PREFIX

# Of the machine, and of the archive's past: judged in other tests. A list's rows are no number.
_APART = ("stream.lag_ms", "compare.", "departments.", "handling.", "whistles.list")
_MASKED = {f"{measure}.special" for measure in MEASURES}
_LEAST = 5  # numbers that any screen shows
_SHOWN = """() => {
  const shown = (name) => [...document.querySelectorAll(`[data-${name}]`)]
    .filter((e) => !e.closest("[hidden]"))
    .map((e) => [e.closest("[data-region]")?.dataset.region ?? "", e.dataset[name],
                 e.dataset.value ?? null]);
  return { ...document.documentElement.dataset, numbers: shown("metric"), counts: shown("count") };
}"""
# What the desk's queues hold of cases and whistles by their stage or leg.
_STAGES = {
    "to_accept": {"reported"},
    "to_dispatch": {"accepted", "filed"},
    "to_handle": {"dispatched", "handling"},
    "to_check": {"handled"},
}
_LEGS = {
    "whistles_to_sign": {"sign", "refused"},
    "whistles_to_arrive": {"arrive"},
    "whistles_to_finish": {"finish"},
    "whistles_to_confirm": {"none"},
}


@lru_cache(maxsize=1)
def _law() -> tuple[Regions, Rules]:
    return load_regions(), Rules.from_toml(Path("rules.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Screen:
    """A page, by a name for whoever reads a fault; `department` of whoever sits at a desk."""

    name: str
    page: Page
    department: str = ""


class Truth:
    """One moment of a site, whose log holds events of these `types`. `shelved`: keys of alerts that
    are shelved, which no event tells."""

    def __init__(self, redis_port: int, now: int, shelved: Sequence[str] = ()) -> None:
        self.regions, self.rules = _law()
        self.shelved = shelved
        with Redis(port=redis_port) as client:
            entries = list(stream_entries(client.xrange(f"{PREFIX}:log")))
        # Signs of life come all the time and change no number.
        told = {entry.n: decode(entry.raw).type for entry in entries}
        told = {n: kind for n, kind in told.items() if kind != "source.alive"}
        self.last, self.types = max(told, default=0), set(told.values())
        geography = geography_of(self.rules)
        self.oracle = Oracle(entries, now, self.regions, self.rules, geography)
        self._panels: dict[str, Panels] = {}

    # -- numbers -----------------------------------------------------------------------------

    def panels(self, code: str) -> Panels:
        """Everything that the frame of a wall must hold."""
        if code not in self._panels:
            self._panels[code] = expected(self.oracle, self.regions.get(code))
        return self._panels[code]

    def may_show(self, wall: str, region: str, metric: str) -> set[str]:
        """What may stand as `data-value` of a region's number on a page of the wall's region;
        nothing when no definition tells."""
        numbers = self.oracle.metrics(region)
        if metric in _MASKED:
            value, low = int(str(numbers[metric])), self.rules.privacy.hide_below
            return {f"<{low}", ""} if 0 < value < low else {str(value), ""}
        if metric in numbers:
            return {_raw(numbers[metric])}
        panels = self.panels(wall)
        found = _at(panels, metric) if region == wall else _of_row(panels, region, metric)
        if found is ... and metric.startswith("whistles.department."):
            return {"0"}  # frames name only departments that have an open one
        return set() if found is ... else {_raw(found)}

    # -- queues ------------------------------------------------------------------------------

    def _here(self, code: str, kind: type[Any]) -> dict[str, Any]:
        """The records of a kind in a region, by key."""
        regions, index = self.regions, self.regions.get(code).index
        found: dict[str, Any] = {key: each for (_, key), each in self.oracle.history.known.items()}
        return {
            key: each
            for key, each in found.items()
            if isinstance(each, kind) and index in regions.get(each.region).chain
        }

    def queues(self, code: str, department: str) -> Mapping[str, int]:
        """How many lie in each queue of a desk (docs/desk.md)."""
        now, today = self.oracle.now, day_of(self.oracle.now)
        cases = list(self._here(code, Case).values())
        whistles = self._here(code, Whistle).values()
        mine = [each for each in whistles if department in {"", each.department}]
        due = [person.due_day(self.rules) for person in self._here(code, Person).values()]
        alerts = self._here(code, Alert)
        told = [key for key, each in alerts.items() if each.acknowledged or key in self.shelved]
        found = {
            **{
                name: [c for c in cases if c.open and c.stage in at] for name, at in _STAGES.items()
            },
            "at_risk": [case for case in cases if case.at_risk(now)],
            "overdue": [case for case in cases if case.overdue(now)],
            "suspended": [case for case in cases if case.open and case.suspended],
            "cases_all": cases,
            **{name: [w for w in mine if w.open and w.leg in on] for name, on in _LEGS.items()},
            "whistles_overdue": [each for each in mine if each.overdue(now)],
            "whistles_all": mine,
            "visits_overdue": [day for day in due if day < today],
            "visits_due_today": [day for day in due if day <= today],
            "alerts_unacknowledged": alerts.keys() - told,
            "alerts_active": [each for each in alerts.values() if each.active],
        }
        return {name: len(each) for name, each in found.items()}

    # -- pages -------------------------------------------------------------------------------

    def faults(self, screen: Screen) -> list[str]:
        """What a page shows otherwise, one line each."""
        shown = screen.page.evaluate(_SHOWN)
        wall = str(shown.get("view", "/")).partition("/")[0]
        if int(shown.get("seq", 0)) < self.last:
            return [f"{screen.name}: at {shown.get('seq')}, the log is at {self.last}"]
        told = [
            (f"{region} {metric}", value, self.may_show(wall, region, metric))
            for region, metric, value in shown["numbers"]
            if not metric.startswith(_APART)
        ]
        queues = self.queues(wall, screen.department) if shown["counts"] else {}
        told += [(name, value, {str(queues[name])}) for _, name, value in shown["counts"]]
        found = [
            f"{screen.name}: {what} is {value!r}, right is {sorted(right)}"
            for what, value, right in told
            if value not in right
        ]
        return (
            found if len(told) >= _LEAST else [*found, f"{screen.name}: only {len(told)} numbers"]
        )


def _at(panels: Any, metric: str) -> Any:
    """The value of a name with dots; `...` when there is none."""
    for step in metric.split("."):
        if not isinstance(panels, dict) or step not in panels:
            return ...
        panels = panels[step]
    return panels


def _of_row(panels: Panels, region: str, metric: str) -> Any:
    """A number that stands in the row of a region below."""
    panel, _, name = metric.rpartition(".")
    row: Panels = next((each for each in panels[panel]["by_child"] if each["region"] == region), {})
    return row.get(name, ...)


def _raw(value: Any) -> str:
    """What `data-value` holds of a value."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
