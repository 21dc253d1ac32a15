"""What has just happened, in sentences made from the kind of event, never from free text."""

from dash import html
from dash.development.base_component import Component

from layouts.parts import data, late_source
from layouts.place import Place


def layout(place: Place) -> Component:
    sentences = html.Div(className="sentences", **data(empty=place.texts("panel.ticker.empty")))
    return html.Footer([sentences, late_source()], className="panel-ticker", **data(panel="ticker"))
