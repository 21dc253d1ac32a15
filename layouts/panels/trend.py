"""Reported and closed over the day, against the same weekday last week."""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.parts import data, panel
from layouts.place import Place


def layout(place: Place) -> Component:
    slot = html.Div(id=ids.TREND_SLOT, className="trend-slot", **data(metric="cases.trend"))
    legend = html.Div(
        [
            html.Span(place.texts("panel.trend.reported")),
            html.Span(place.texts("panel.trend.closed"), className="closed"),
            html.Span(place.texts("panel.trend.last_week"), className="last-week"),
        ],
        className="legend",
    )
    title, note = place.texts("panel.trend.title"), place.texts("panel.trend.note")
    return panel("trend", title, [slot, legend], note)
