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

from playwright.sync_api import Error, Page
from redis import Redis

from cockpit.clock import DAY, parse_instant
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.events import decode
from cockpit.domain.meeting import DAYS
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from datasource.archive.recorder import HALF_HOUR
from datasource.geography import load_regions
from datasource.log import stream_entries
from datasource.replay import MILLISECOND
from datasource.site import geography_of
from tests.oracle import Oracle
from tests.oracle.cases import Case
from tests.oracle.history import answered, department, known_at
from tests.oracle.masks import MEASURES
from tests.oracle.people import Alert, Person
from tests.oracle.walls import Panels, expected
from tests.oracle.whistles import Whistle
from tests.support import PREFIX

# Of the machine: judged in other tests. A list's rows are no number.
_APART = ("stream.lag_ms", "whistles.list")
_PAST = ("compare.", "departments.")
_MASKED = {f"{measure}.special" for measure in MEASURES}
_LEAST = 5  # numbers that any screen shows
_SHOWN = """() => {
  const shown = (name) => [...document.querySelectorAll(`[data-${name}]`)]
    .filter((e) => !e.closest("[hidden]"))
    .map((e) => [e.closest("[data-region]")?.dataset.region ?? "", e.dataset[name],
                 e.dataset.value ?? null, e.dataset.at ?? null]);
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
        self._entries = entries
        self.last, self.types = max(told, default=0), set(told.values())
        geography = geography_of(self.rules)
        self.oracle = Oracle(entries, now, self.regions, self.rules, geography)
        self._panels: dict[str, Panels] = {}
        self._before: dict[int, Oracle] = {}

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

    def may_have_been(self, wall: str, metric: str, at: int) -> set[str]:
        """What may stand as `data-value` of a number that the archive counted at an instant."""
        family, name, key = metric.split(".", 2)
        if family == "departments":
            start = day_start(day_of(at - 1)) - (DAYS - 1) * DAY
            known, index = known_at(self._entries, at, self.rules), self.regions.get(wall).index
            mine = answered(known, start, at, lambda code: index in self.regions.get(code).chain)
            return {_raw(department(mine.get(name, []), at)[key])}
        end = at + MILLISECOND  # a half-hour's numbers are those just before it ends
        if end <= self._entries[0].received // HALF_HOUR * HALF_HOUR:
            return {""}
        if end not in self._before:
            heard = [entry for entry in self._entries if entry.received < end]
            geography = geography_of(self.rules)
            self._before[end] = Oracle(heard, end - 1, self.regions, self.rules, geography)
        panel, _, category = key.rpartition(".")
        numbers = self._before[end].metrics(wall)
        summed = self.rules.groups["care"].categories if category == "care" else ()
        value = sum(int(str(numbers[f"{panel}.{c}"])) for c in summed) if summed else numbers[key]
        # What ends before the first case or whistle was not counted, once there is one.
        return {_raw(value)} if self._counted(key, end) else {_raw(value), ""}

    def _counted(self, metric: str, end: int) -> bool:
        known = self.oracle.history.known.values()
        begun = {
            "cases": [each.reported for each in known if isinstance(each, Case)],
            "whistles": [each.blown for each in known if isinstance(each, Whistle)],
        }.get(metric.partition(".")[0], [])
        return end > min(begun, default=end - 1)

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

    def _right(self, wall: str, region: str, metric: str, at: str | None) -> set[str]:
        if metric.startswith(_PAST):
            return self.may_have_been(wall, metric, parse_instant(str(at)))
        return self.may_show(wall, region, metric)

    def faults(self, screen: Screen) -> list[str]:
        """What a page shows otherwise, one line each."""
        try:
            shown = screen.page.evaluate(_SHOWN)
        except Error as error:
            # A page whose first answer was lost loads itself again.
            if "context was destroyed" not in error.message:
                raise
            return [f"{screen.name}: it is being loaded"]
        wall = str(shown.get("view", "/")).partition("/")[0]
        if int(shown.get("seq", 0)) < self.last:
            return [f"{screen.name}: at {shown.get('seq')}, the log is at {self.last}"]
        told = [
            (f"{region} {metric}", value, self._right(wall, region, metric, at))
            for region, metric, value, at in shown["numbers"]
            if not metric.startswith(_APART)
        ]
        queues = self.queues(wall, screen.department) if shown["counts"] else {}
        told += [(name, value, {str(queues[name])}) for _, name, value, _ in shown["counts"]]
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
