"""What the simulator's tests share: the district, its rules, and worlds."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from cockpit.clock import parse_instant
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from datasource.geography import load_regions
from datasource.simulator.ground import Ground
from datasource.simulator.messages import Made
from datasource.simulator.redis_doors import grids_text
from datasource.simulator.scenarios import load_scenario
from datasource.simulator.world import World

BORN = parse_instant("2026-11-23T15:12:00+08:00")  # a Monday
SEED = 120110


@lru_cache(maxsize=1)
def district() -> tuple[Regions, Rules, Ground]:
    """The real tree, rules and polygons."""
    rules = Rules.from_toml(Path("rules.toml").read_text("utf-8"))
    regions = load_regions()
    return regions, rules, Ground(regions, grids_text())


def world(seed: int = SEED, scenario: str = "ordinary", born: int = BORN, **more: Any) -> World:
    """A world of its own."""
    regions, rules, ground = district()
    return World(seed, load_scenario(scenario), regions, rules, ground, born, **more)


def body(event: Made) -> dict[str, Any]:
    """The message of an event, read."""
    found: dict[str, Any] = msgspec.json.decode(f"{{{event.text}")
    return found
