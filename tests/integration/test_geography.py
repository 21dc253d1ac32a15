"""The geometry that is shipped: whole, and judged right at its edges."""

import json
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path
from typing import Any

import pytest

from cockpit.errors import CockpitError
from datasource.geography import features, load_regions
from datasource.polygons import PolygonGeography

GRACE = 100.0
EARTH = 6_371_008.8
FILE = Path("datasource/geodata/grids.geojson")
GRIDS: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["features"]


@pytest.fixture(scope="module")
def geography() -> PolygonGeography:
    return PolygonGeography(GRACE)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance (haversine): another way than the product's."""
    lon1, lat1, lon2, lat2 = (radians(x) for x in (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(h))


def edge_points(ring: list[list[float]]) -> list[tuple[float, float, float, float]]:
    """The middle of each edge and a unit vector, in metres, across it."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(ring):
        lat = (y1 + y2) / 2
        dx, dy = (x2 - x1) * cos(radians(lat)), y2 - y1
        length = hypot(dx, dy)
        found.append(((x1 + x2) / 2, lat, -dy / length, dx / length))
    return found


def moved(lon: float, lat: float, east: float, north: float) -> tuple[float, float]:
    degree = EARTH * radians(1)
    return lon + east / (degree * cos(radians(lat))), lat + north / degree


def area(ring: list[list[float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


def test_the_tree_is_that_of_the_district() -> None:
    regions = load_regions()
    counts = {
        level: len(regions.at_level(level)) for level in ("street", "zone", "community", "grid")
    }
    assert counts == {"street": 11, "zone": 2, "community": 103, "grid": 1147}
    assert regions.district.name == "东丽区"


def test_every_grid_of_the_tree_has_an_area(geography: PolygonGeography) -> None:
    for grid in load_regions().at_level("grid"):
        (*_, outline) = features_of(grid.code)
        lon, lat = outline["geometry"]["coordinates"][0][0]
        assert geography.inside(grid.code, lon, lat)


def features_of(code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = features(code)["features"]
    return found


@pytest.mark.parametrize("place", range(0, 1147, 97))
def test_the_grace_ends_at_its_distance(geography: PolygonGeography, place: int) -> None:
    code = GRIDS[place]["properties"]["code"]
    ring = GRIDS[place]["geometry"]["coordinates"][0]
    outward = -1 if area(ring) > 0 else 1
    for lon, lat, east, north in edge_points(ring):
        for distance in (0.0, 99.0, 101.0, 5000.0):
            at = moved(lon, lat, east * distance * outward, north * distance * outward)
            assert metres((lon, lat), at) == pytest.approx(distance, rel=1e-3, abs=0.01)
            # Beyond this edge it may be nearer to another one.
            assert geography.inside(code, *at) is (_to_ring(at, ring) <= GRACE)


def _to_ring(at: tuple[float, float], ring: list[list[float]]) -> float:
    """Distance in metres from a position outside to the ring, edge by edge on a local plane."""
    shrink, degree = cos(radians(at[1])), EARTH * radians(1)
    points = [((x - at[0]) * shrink * degree, (y - at[1]) * degree) for x, y in ring]
    best = float("inf")
    for (x1, y1), (x2, y2) in pairwise(points):
        dx, dy = x2 - x1, y2 - y1
        t = max(0.0, min(1.0, -(x1 * dx + y1 * dy) / (dx * dx + dy * dy)))
        best = min(best, hypot(x1 + t * dx, y1 + t * dy))
    return best


def test_a_position_far_off_and_an_unknown_grid(geography: PolygonGeography) -> None:
    assert not geography.inside("120110001005001", 0.0, 0.0)
    assert not geography.inside("120110001005001", -180.0, 90.0)
    assert not geography.inside("120110403", 117.372, 39.075)
    assert not geography.inside("nowhere", 117.3, 39.1)


@pytest.mark.parametrize(
    ("code", "level", "count"),
    [("120110", "street", 11), ("120110001", "community", 5), ("120110001005", "grid", None)],
)
def test_a_map_draws_children_and_outline(code: str, level: str, count: int | None) -> None:
    regions = load_regions()
    *children, outline = features_of(code)
    expected = [r.code for r in regions.children_of(regions.get(code)) if r.level == level]
    assert [f["properties"]["code"] for f in children] == expected
    assert count is None or len(children) == count
    assert {f["properties"]["role"] for f in children} == {"child"}
    assert {f["properties"]["level"] for f in children} == {level}
    assert (outline["properties"]["role"], outline["properties"]["code"]) == ("outline", code)
    assert outline["geometry"]["type"] == "Polygon"


def test_every_wall_has_a_map() -> None:
    regions = load_regions()
    for level in ("district", "street", "community"):
        for region in regions.at_level(level):
            assert len(features_of(region.code)) > 1


def test_a_code_without_an_area() -> None:
    with pytest.raises(CockpitError) as caught:
        features("120110403")
    assert caught.value.code == "region.unknown"
