"""The district's regions and the shapes that a map draws. Coordinates are WGS-84 degrees."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError

_LAYERS = ("district", "streets", "communities", "grids")

Feature = dict[str, Any]


def load_regions() -> Regions:
    """The region tree of `geodata/regions.csv`. Raises CockpitError `regions.invalid`."""
    return Regions.from_csv(_text("regions.csv").splitlines())


@lru_cache(maxsize=1)
def shapes() -> dict[str, Feature]:
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
    found = shapes()
    if code not in found:
        raise CockpitError("region.unknown", region=code)
    below = [f for f in found.values() if f["properties"]["parent"] == code]
    drawn = [_drawn(f, "child") for f in below] + [_drawn(found[code], "outline")]
    return {"type": "FeatureCollection", "features": drawn}


def _drawn(feature: Feature, role: str) -> Feature:
    properties = {key: feature["properties"][key] for key in ("code", "name", "level")}
    return {
        "type": "Feature",
        "properties": {**properties, "role": role},
        "geometry": feature["geometry"],
    }
