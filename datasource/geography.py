"""The district's geometry: which positions lie in a grid, and the shapes that a map draws.

Coordinates are WGS-84 degrees. Distances are measured on a plane laid at the grid's own
latitude (equirectangular), which is true to a few millimetres over the size of a grid.
"""

import json
from functools import lru_cache
from importlib import resources
from math import cos, radians
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry import shape

from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError

METRES_PER_DEGREE = 111_195.0
_ARC_STEPS = 64  # of a quarter circle: a rounded corner is true to 8 mm at 100 m
_LAYERS = ("district", "streets", "communities", "grids")

Feature = dict[str, Any]


def load_regions() -> Regions:
    """The region tree of `geodata/regions.csv`. Raises CockpitError `regions.invalid`."""
    return Regions.from_csv(_text("regions.csv").splitlines())


@lru_cache(maxsize=1)
def _shapes() -> dict[str, Feature]:
    """The GeoJSON feature of each region that has an area, by code. Functional zones have none:
    they overlay the streets."""
    features = [f for layer in _LAYERS for f in json.loads(_text(f"{layer}.geojson"))["features"]]
    return {f["properties"]["code"]: f for f in features}


def _text(name: str) -> str:
    return (resources.files("datasource") / "geodata" / name).read_text("utf-8")


def features(code: str) -> dict[str, Any]:
    """What the map of a region draws, as a GeoJSON FeatureCollection: the regions right below
    it (streets, communities or grids) and its own outline.

    Properties: `code`, `name`, `level`, `role` (`child` or `outline`). Raises CockpitError
    `region.unknown` for a code without an area.
    """
    shapes = _shapes()
    if code not in shapes:
        raise CockpitError("region.unknown", region=code)
    below = [f for f in shapes.values() if f["properties"]["parent"] == code]
    drawn = [_drawn(f, "child") for f in below] + [_drawn(shapes[code], "outline")]
    return {"type": "FeatureCollection", "features": drawn}


def _drawn(feature: Feature, role: str) -> Feature:
    properties = {key: feature["properties"][key] for key in ("code", "name", "level")}
    return {
        "type": "Feature",
        "properties": {**properties, "role": role},
        "geometry": feature["geometry"],
    }


class PolygonGeography:
    """Implements `cockpit.ports.Geography` by the grids' polygons."""

    def __init__(self, grace_metres: float) -> None:
        """`grace_metres`: how far outside its polygon a position still counts as inside."""
        self._grids: dict[str, _Area] = {}
        for code, feature in _shapes().items():
            if feature["properties"]["level"] == "grid":
                self._grids[code] = _area(feature["geometry"], grace_metres)

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        """True when the position lies in the grid or within the grace; False for a grid without
        a polygon."""
        found = self._grids.get(grid)
        if found is None:
            return False
        x, y = lon * found.metres_per_lon, lat * METRES_PER_DEGREE
        if (x - found.x) ** 2 + (y - found.y) ** 2 < found.radius_squared:
            return True
        return bool(shapely.intersects_xy(found.shape, x, y))


class _Area(NamedTuple):
    """A grid with its grace, on the plane: metres. The circle lies wholly inside; most positions
    lie in it, and it is asked ten times faster than the shape."""

    shape: shapely.Geometry
    metres_per_lon: float
    x: float
    y: float
    radius_squared: float


def _area(geometry: dict[str, Any], grace: float) -> _Area:
    polygon = shape(geometry)
    metres_per_lon = METRES_PER_DEGREE * cos(radians(polygon.centroid.y))
    scale = np.array([metres_per_lon, METRES_PER_DEGREE])
    area = shapely.transform(polygon, lambda points: points * scale)
    area = area.buffer(grace, quad_segs=_ARC_STEPS)
    shapely.prepare(area)
    middle = area.centroid
    radius = area.boundary.distance(middle) if area.contains(middle) else 0.0
    return _Area(area, metres_per_lon, middle.x, middle.y, radius**2 * (1 - 1e-9))
