"""The map of the regions below. The page gets the polygons after its first numbers."""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.parts import attributes, data, panel, sentence
from layouts.place import Place

METRICS = ("coverage", "open", "whistles", "visits")


def layout(place: Place) -> Component:
    chips = [
        html.Button(
            place.texts(f"panel.map.{name}"),
            type="button",
            className="chip",
            **data(map_metric=name),
            **attributes("aria", pressed="false"),
        )
        for name in METRICS
    ]
    body = [
        html.Div(id=ids.MAP_SLOT, className="map-slot"),
        html.Div(className="map-labels"),
        html.Div(className="map-legend"),
    ]
    return panel(
        "map",
        place.texts("panel.map.title"),
        body,
        sentence(place.texts, "panel.map.note"),
        html.Div(chips, className="chips"),
    )
