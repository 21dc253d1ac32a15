"""Eleven seeded days on the real tree, held against the recomputation at their turns."""

import random
from pathlib import Path
from typing import Any

import pytest

from cockpit.clock import DAY, HOUR, MINUTE, SECOND, parse_instant
from cockpit.domain.event_types import CHANNELS, SEVERITIES
from cockpit.domain.regions import Regions
from tests.property.small_world import Bench, FlatGeography, message, rules, text_of

TABLE = Path(__file__).parents[2] / "datasource" / "geodata" / "regions.csv"
START = parse_instant("2026-11-23T08:00:00+08:00")  # Monday; the month ends on the next
DAYS, EVENTS_A_DAY = 11, 160
CASE = [
    "accepted", "filed", *["dispatched"] * 5, "handling", "handled", "verified", "closed",
    "closed", "returned", "extended", "suspended", "suspended", "resumed", "resumed",
    "followed_up", "followed_up", "declined", "cancelled",
]  # fmt: skip
WHISTLE = [
    "signed", "signed", "arrived", "arrived", "refused", "reassigned", "resolved", "confirmed",
    "extended", "withdrawn",
]  # fmt: skip


class Days:
    """Draws a plausible stream of events in a few communities of three streets."""

    def __init__(self, regions: Regions) -> None:
        self.random = random.Random(120110)
        streets = regions.at_level("street")[:3]
        communities = [c for s in streets for c in regions.children_of(s)[:2]]
        grids = [g for c in communities for g in regions.children_of(c)[:3]]
        self.communities, self.grids = communities, [g.code for g in grids]
        self.places = [*self.grids * 4, *(c.code for c in communities), "120110", "120110403"]
        self.opened: dict[str, int] = {"case": 0, "whistle": 0, "person": 0, "alert": 0}

    def event(self, now: int) -> tuple[str, str, int, str, dict[str, Any] | None]:
        """Type, subject, time, region and data of one event."""
        pick = self.random.random()
        time = now - int(self.random.choice([0, 0, 0, 1, 30, 600, -200]) * SECOND)
        place = self.random.choice(self.places)
        for share, draw in (
            (0.40, self._case),
            (0.58, self._whistle),
            (0.75, self._person),
            (0.80, self._alert),
        ):
            if pick < share:
                kind, subject, data = draw(now)
                return kind, subject, time, place, data
        worker = self.random.randrange(len(self.grids))
        if pick > 0.985:
            span = {"from": text_of(now - DAY), "to": text_of(now + 2 * DAY)}
            return "worker.excused", f"worker/{worker}", time, self.grids[worker], span
        kind = self.random.choice(["started", "pinged", "pinged", "ended"])
        where = {"lon": self.random.choice([116.9, 117.2, 117.3]), "lat": 39.1}
        data = where if kind == "pinged" else None
        return f"patrol.{kind}", f"worker/{worker}", time, self.grids[worker], data

    def _subject(self, kind: str, new: bool) -> str:
        if new or not self.opened[kind]:
            self.opened[kind] += 1
            return f"{kind}/{self.opened[kind]}"
        # Now and then of a subject that is opened later, or never.
        last = self.opened[kind]
        return f"{kind}/{self.random.randint(max(1, last - 8), last + self.random.randint(0, 1))}"

    def _case(self, now: int) -> tuple[str, str, dict[str, Any] | None]:
        draw = self.random
        if draw.random() < 0.3:
            grade = draw.choice(["urgent", "general", "routine"])
            category = draw.choice(["0101", "0102", "0105", "0403", "1203"])
            data = {"category": category, "grade": grade, "channel": draw.choice(CHANNELS)}
            return "case.reported", self._subject("case", True), data
        kind = draw.choice(CASE)
        data = {
            "dispatched": {"level": "street", "unit": "街道办"},
            "verified": {"passed": draw.random() < 0.6},
            "extended": {"due": text_of(now + draw.choice([1, 5, 30]) * HOUR)},
            "followed_up": {
                "responded": draw.random() < 0.9,
                "resolved": draw.random() < 0.8,
                "satisfaction": draw.choice(["satisfied", "basically", "unsatisfied", None]),
            },
            **{
                key: {"reason": "说明"}
                for key in ("returned", "suspended", "declined", "cancelled")
            },
        }.get(kind)
        return f"case.{kind}", self._subject("case", False), data

    def _whistle(self, now: int) -> tuple[str, str, dict[str, Any] | None]:
        draw = self.random
        department = {"department": draw.choice(["区城管委", "区住建委", "区水务局"])}
        if draw.random() < 0.3:
            data = {"kind": draw.choice(["emergency", "routine", "tough"]), "category": "0106"}
            return "whistle.blown", self._subject("whistle", True), data | department
        kind = draw.choice(WHISTLE)
        data = {
            "reassigned": department,
            "extended": {"due": text_of(now + draw.choice([1, 20]) * HOUR)},
            **{key: {"reason": "说明"} for key in ("refused", "withdrawn")},
        }.get(kind)
        return f"whistle.{kind}", self._subject("whistle", False), data

    def _person(self, now: int) -> tuple[str, str, dict[str, Any] | None]:
        draw = self.random
        if draw.random() < 0.6:
            group = draw.choice(["special", "care"])
            category = draw.choice(rules().groups[group].categories)
            level = draw.choice(["high", "high", "general"])
            data = {"group": group, "category": category, "level": level}
            kind = draw.choice(["enrolled", "enrolled", "enrolled", "updated"])
            return f"person.{kind}", self._subject("person", kind == "enrolled"), data
        if draw.random() < 0.1:
            return "person.removed", self._subject("person", False), None
        result = {"result": draw.choice(["well", "needs_help", "absent"])}
        return "visit.made", self._subject("person", False), result

    def _alert(self, now: int) -> tuple[str, str, dict[str, Any] | None]:
        if self.random.random() < 0.5:
            data = {"kind": "health", "severity": self.random.choice(SEVERITIES)}
            return "alert.raised", self._subject("alert", True), data
        kind = self.random.choice(["acknowledged", "cleared"])
        return f"alert.{kind}", self._subject("alert", False), {"by": "street-1"}


@pytest.mark.slow
def test_eleven_days_of_the_real_district() -> None:
    regions = Regions.from_csv(TABLE.read_text(encoding="utf-8").splitlines())
    bench, days = Bench(START, regions, rules(), FlatGeography()), Days(regions)
    # What is touched, its ancestors and siblings, and a far corner.
    touched = {i for code in days.places for i in regions.get(code).chain}
    near = {c for i in touched for c in regions.children[i] if regions.all[i].level != "street"}
    far = regions.at_level("community")[-1]
    near |= {far.index, *far.chain, *regions.children[far.index]}
    codes = [regions.all[i].code for i in sorted(touched | near)]
    for day in range(DAYS):
        for number in range(EVENTS_A_DAY):
            kind, subject, time, place, data = days.event(bench.now)
            bench.hear(message(bench.n + 1, kind, subject, time, place, data, sequence=bench.n + 1))
            bench.tick(days.random.randint(0, 2 * DAY // EVENTS_A_DAY))
            if number == day * 12:
                bench.reload()
            if number == 80 and day in {1, 4, 6, 9}:
                assert bench.faults(codes) == []
        bench.hear_refusals()
        bench.tick(7 * MINUTE)
    assert len(bench.refused) > 100
    faults = bench.faults(codes) + bench.not_made_up(codes)
    assert not faults, "\n".join(faults[:50])
