"""Coverage of both shifts in each region below."""

from dash import html
from dash.development.base_component import Component

from layouts.parts import data, panel
from layouts.place import Place


def layout(place: Place) -> Component:
    title = place.texts("panel.patrol.title")
    note = html.Span(**data(derived="patrol.note"))
    return panel("patrol", title, html.Div(className="columns"), note)
