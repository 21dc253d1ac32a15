"""The district's geometry: which positions lie in a grid.

Distances are measured on a plane laid at the grid's own latitude (equirectangular), which is true
to a few millimetres over the size of a grid. Apart from the rest of the geography because of what
comes with it: numpy and shapely, which only those need who fold positions.
"""

from math import cos, radians
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry import shape

from datasource.geography import shapes

METRES_PER_DEGREE = 111_195.0
_ARC_STEPS = 64  # of a quarter circle: a rounded corner is true to 8 mm at 100 m


class PolygonGeography:
    """Implements `cockpit.ports.Geography` by the grids' polygons."""

    def __init__(self, grace_metres: float) -> None:
        """`grace_metres`: how far outside its polygon a position still counts as inside."""
        self._grids: dict[str, _Area] = {}
        for code, feature in shapes().items():
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
