"""The map's layers. The scripts colour the polygons and place their labels; no tiles are
needed, a tile address may be set."""

from collections.abc import Callable, Mapping
from typing import Any

import dash_leaflet as dl
from dash.development.base_component import Component

from layouts import ids
from layouts.figures.coordinates import shifted
from layouts.figures.tokens import tokens
from layouts.place import Place, has_wall

# A region's GeoJSON collection of the polygons of its children.
Features = Callable[[str], dict[str, Any]]


def leaflet(place: Place, features: Features, settings: Mapping[str, Any]) -> Component:
    """The map of a place: its children's polygons, thin lines of the level below them."""
    shift = bool(settings["tiles"]) and settings["tiles_crs"] == "gcj02"
    layers = [dl.TileLayer(url=settings["tiles"])] if settings["tiles"] else []
    layers.append(
        dl.GeoJSON(
            id=ids.MAP_REGIONS,
            data=_collection(_children(place, features), shift),
            style=_style("map-none", "map-line", 0.6 if settings["tiles"] else 1.0),
            onEachFeature={"variable": "dashExtensions.cockpit.onEachFeature"},
            interactive=any(has_wall(child) for child in place.children),
        )
    )
    if place.level == "district":
        layers.append(_lines(place, features, shift))
    canvas: Component = dl.MapContainer(
        layers,
        id=ids.MAP,
        className="map-canvas",
        center=[39.1, 117.4],
        zoom=11,
        zoomSnap=0,
        attributionControl=bool(settings["tiles"]),
        zoomControl=False,
        dragging=False,
        scrollWheelZoom=False,
        doubleClickZoom=False,
        boxZoom=False,
        touchZoom=False,
        keyboard=False,
        zoomAnimation=False,
        fadeAnimation=False,
        trackViewport=False,
    )
    return canvas


def _children(place: Place, features: Features) -> list[dict[str, Any]]:
    wanted = {child.code for child in place.children}
    found: list[dict[str, Any]] = features(place.region.code)["features"]
    return [feature for feature in found if feature["properties"]["code"] in wanted]


def _lines(place: Place, features: Features, shift: bool) -> Component:
    fine = [each for child in place.children for each in features(child.code)["features"]]
    lines: Component = dl.GeoJSON(
        data=_collection(fine, shift),
        onEachFeature={"variable": "dashExtensions.cockpit.onEachLine"},
        style=_style("map-none", "map-line-fine", 0.0) | {"weight": 1},
    )
    return lines


def _style(fill: str, line: str, opacity: float) -> dict[str, Any]:
    colour = tokens()
    return {
        "color": colour[line],
        "weight": 2,
        "fillColor": colour[fill],
        "fillOpacity": opacity,
    }


def _collection(found: list[dict[str, Any]], shift: bool) -> dict[str, Any]:
    """A collection with what the page needs of each feature: its code and its polygon."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": feature["properties"]["code"]},
                "geometry": {
                    "type": feature["geometry"]["type"],
                    "coordinates": shifted(feature["geometry"]["coordinates"])
                    if shift
                    else feature["geometry"]["coordinates"],
                },
            }
            for feature in found
        ],
    }
