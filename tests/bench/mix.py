"""A realistic mix of messages: three quarters positions of workers, the rest case steps,
visits, whistles, alerts and signs of life. Seeded; every subject is opened before it is used.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from cockpit.clock import MINUTE, SECOND, to_text
from cockpit.domain.event_types import CHANNELS
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules

GEODATA = Path(__file__).resolve().parents[2] / "datasource" / "geodata"
PERSONS = 47_000
OPEN_CASES = 300
OPEN_WHISTLES = 40

# What happens, in how many of a hundred events.
SHARES = {"ping": 75, "case": 14, "visit": 8, "whistle": 2, "alert": 0.5, "alive": 0.5}
CASE_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("case.accepted", {}),
    ("case.filed", {}),
    ("case.dispatched", {"level": "street", "unit": "街道办"}),
    ("case.handling", {}),
    ("case.handled", {}),
    ("case.verified", {"passed": True}),
    ("case.closed", {}),
    ("case.followed_up", {"responded": True, "resolved": True, "satisfaction": "satisfied"}),
)
WHISTLE_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("whistle.signed", {}),
    ("whistle.arrived", {}),
    ("whistle.resolved", {}),
    ("whistle.confirmed", {}),
)


@dataclass
class Mix:
    """Makes messages of one district. `tag` keeps the ids of several mixes apart."""

    regions: Regions
    rules: Rules
    tag: str = "bench"
    seed: int = 120110
    persons: int = PERSONS
    open_cases: int = OPEN_CASES
    open_whistles: int = OPEN_WHISTLES
    _cases: list[tuple[str, str, int]] = field(default_factory=list)
    _whistles: list[tuple[str, str, int]] = field(default_factory=list)
    _persons: list[tuple[str, str]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._middles = _middles()
        self._grids = [region.code for region in self.regions.at_level("grid")]
        self._minors = sorted(self.rules.minors)

    def opening(self, at: int) -> Iterator[bytes]:
        """The state before the first event: people on the registers, workers in session."""
        groups = [(g, c) for g, row in self.rules.groups.items() for c in row.categories]
        for number in range(self.persons):
            key, grid = f"p{number}", self._dice.choice(self._grids)
            group, category = self._dice.choice(groups)
            self._persons.append((key, grid))
            data = {"group": group, "category": category, "level": "key"}
            yield self._message("person.enrolled", f"person/{key}", grid, at, data)
        for grid in self._grids:
            yield self._message("patrol.started", f"worker/w{grid}", grid, at + MINUTE, {})

    def events(self, count: int, at: int, a_second: float) -> Iterator[bytes]:
        """So many messages from an instant on, at this rate."""
        makers = {name: getattr(self, f"_{name}") for name in SHARES}
        kinds = self._dice.choices(list(SHARES), list(SHARES.values()), k=count)
        for number, kind in enumerate(kinds):
            yield makers[kind](at + int(number * SECOND / a_second))

    def _message(
        self, name: str, subject: str, region: str, at: int, data: dict[str, Any]
    ) -> bytes:
        self._count += 1
        return msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": f"{self.tag}-{self._count}",
                "source": f"/{self.tag}",
                "type": name,
                "subject": subject,
                "time": to_text(at),
                "region": region,
                "sequence": str(self._count),
                **({"data": data} if data else {}),
            }
        )

    def _ping(self, at: int) -> bytes:
        grid = self._dice.choice(self._grids)
        lon, lat = self._middles[grid]
        move = self._dice.uniform(-0.0004, 0.0004)
        data = {"lon": round(lon + move, 6), "lat": round(lat + move, 6)}
        return self._message("patrol.pinged", f"worker/w{grid}", grid, at, data)

    def _case(self, at: int) -> bytes:
        if len(self._cases) < self.open_cases:
            key, grid = f"c{self.tag}{self._count}", self._dice.choice(self._grids)
            self._cases.append((key, grid, 0))
            data = {
                "category": self._dice.choice(self._minors),
                "grade": "general",
                "channel": self._dice.choice(CHANNELS),
            }
            return self._message("case.reported", f"case/{key}", grid, at, data)
        return self._step(self._cases, CASE_STEPS, "case", at)

    def _whistle(self, at: int) -> bytes:
        if len(self._whistles) < self.open_whistles:
            key, grid = f"h{self.tag}{self._count}", self._dice.choice(self._grids)
            self._whistles.append((key, grid, 0))
            data = {
                "kind": self._dice.choice(["emergency", "routine", "tough"]),
                "department": self._dice.choice(["区城管委", "区住建委", "区水务局", "区消防"]),
                "category": self._dice.choice(self._minors),
            }
            return self._message("whistle.blown", f"whistle/{key}", grid, at, data)
        return self._step(self._whistles, WHISTLE_STEPS, "whistle", at)

    def _step(
        self,
        pool: list[tuple[str, str, int]],
        steps: tuple[tuple[str, dict[str, Any]], ...],
        kind: str,
        at: int,
    ) -> bytes:
        place = self._dice.randrange(len(pool))
        key, grid, step = pool[place]
        if step + 1 < len(steps):
            pool[place] = (key, grid, step + 1)
        else:
            pool[place] = pool[-1]
            pool.pop()
        name, data = steps[step]
        return self._message(name, f"{kind}/{key}", grid, at, data)

    def _visit(self, at: int) -> bytes:
        key, grid = self._dice.choice(self._persons)
        return self._message("visit.made", f"person/{key}", grid, at, {"result": "well"})

    def _alert(self, at: int) -> bytes:
        key, grid = f"a{self.tag}{self._count}", self._dice.choice(self._grids)
        data = {"kind": "health", "severity": "warning"}
        return self._message("alert.raised", f"alert/{key}", grid, at, data)

    def _alive(self, at: int) -> bytes:
        return self._message("source.alive", f"/{self.tag}", self.regions.district.code, at, {})


def _middles() -> dict[str, tuple[float, float]]:
    """The mean of each grid's corners: inside it, or within the grace."""
    table = json.loads((GEODATA / "grids.geojson").read_text())
    middles = {}
    for feature in table["features"]:
        corners = feature["geometry"]["coordinates"][0][:-1]
        lons, lats = [c[0] for c in corners], [c[1] for c in corners]
        middles[feature["properties"]["code"]] = (sum(lons) / len(lons), sum(lats) / len(lats))
    return middles
