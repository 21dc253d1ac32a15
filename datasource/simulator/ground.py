"""Where workers walk: for each grid a middle, spots that can be reached from it in a straight
line without leaving the polygon, and a place outside.

A walk goes from the middle to a spot and back, spot after spot, so a position needs no walk
before it: it follows from the session's seed and the number of the position alone.
"""

import math
from random import Random
from typing import Any, NamedTuple

import msgspec
import numpy as np
import shapely

from cockpit.domain.regions import Region, Regions
from datasource.simulator.dice import mixed

METRES_A_DEGREE = 111_320.0
_TRIES, _SPOTS, _LEG = 24, 8, 10  # a leg takes ten positions: five minutes
_SHY = 0.92  # stay off the boundary


class Place(NamedTuple):
    """One grid on the ground, in degrees of longitude and latitude."""

    hub: tuple[float, float]
    spots: tuple[tuple[float, float], ...]
    outside: tuple[float, float]


class Ground:
    """The grids of the tree with their places; `grids[i]` lies at `places[i]`."""

    def __init__(self, regions: Regions, geojson: str) -> None:
        """Read the polygons of a GeoJSON FeatureCollection whose features hold the property
        `code`. Grids of the tree without a polygon have no worker."""
        collection = shapely.from_geojson(geojson)
        codes = _codes(geojson)
        polygons = dict(zip(codes, shapely.get_parts(collection), strict=True))
        self.grids: list[Region] = [r for r in regions.at_level("grid") if r.code in polygons]
        shapes = np.array([polygons[grid.code] for grid in self.grids], dtype=object)
        self.places = _places(shapes)

    def position(self, place: int, walk: int, number: int) -> tuple[float, float]:
        """The position with this number of a walk, inside the polygon."""
        hub, spots, _ = self.places[place]
        leg, step = divmod(number, _LEG)
        way = step / _LEG if leg % 2 == 0 else 1 - step / _LEG
        lon, lat = spots[mixed(walk ^ (leg // 2)) % len(spots)]
        return hub[0] + (lon - hub[0]) * way, hub[1] + (lat - hub[1]) * way

    def astray(self, place: int, walk: int, number: int) -> tuple[float, float]:
        """A position well beyond the grid and its grace."""
        lon, lat = self.places[place].outside
        turn = mixed(walk + number) % 628 / 100
        return lon + math.cos(turn) * 2e-4, lat + math.sin(turn) * 2e-4

    def spot(self, place: int, rng: Random) -> tuple[float, float]:
        """Somewhere in the grid."""
        return self.position(place, rng.getrandbits(48), rng.randrange(1, 2 * _LEG))


def _codes(geojson: str) -> list[str]:
    features: list[dict[str, Any]] = msgspec.json.decode(geojson)["features"]
    return [feature["properties"]["code"] for feature in features]


def _places(shapes: Any) -> list[Place]:
    """Vectorised over all polygons: one covers() for each try would take most of a minute."""
    count = len(shapes)
    radii = shapely.maximum_inscribed_circle(shapes, tolerance=1e-5)
    middles = shapely.get_coordinates(shapely.get_point(radii, 0))
    rng = Random(1147)  # the spots belong to the ground, not to a seed
    draws = np.array([rng.random() for _ in range(count * _TRIES * 2)]).reshape(count, _TRIES, 2)
    bounds = shapely.bounds(shapes)[:, None, :]
    tries = bounds[..., :2] + draws * (bounds[..., 2:] - bounds[..., :2])
    hubs = np.broadcast_to(middles[:, None, :], tries.shape)
    lines = shapely.linestrings(np.stack([hubs, tries], axis=2))
    reached = shapely.covers(shapes[:, None], lines)
    lengths = shapely.length(radii)
    return [
        _place(tuple(middles[i]), tries[i][reached[i]], float(lengths[i]), bounds[i, 0])
        for i in range(count)
    ]


def _place(hub: tuple[float, float], found: Any, radius: float, bounds: Any) -> Place:
    x, y = float(hub[0]), float(hub[1])
    spots = [(x + (float(a) - x) * _SHY, y + (float(b) - y) * _SHY) for a, b in found[:_SPOTS]]
    for turn in range(3):  # the inscribed circle always has room
        angle = turn * 2 * math.pi / 3
        spots.append((x + math.cos(angle) * radius * 0.8, y + math.sin(angle) * radius * 0.8))
    # East of everything: 300 m beyond the box, so beyond the grace of 100 m as well.
    squeeze = math.cos(math.radians(y))
    return Place((x, y), tuple(spots), (float(bounds[2]) + 300 / METRES_A_DEGREE / squeeze, y))
