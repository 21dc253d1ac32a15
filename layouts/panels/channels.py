"""Where today's cases came from."""

from dash import html
from dash.development.base_component import Component

from cockpit.domain.event_types import CHANNELS
from layouts.parts import data, metric, panel
from layouts.place import Place


def layout(place: Place) -> Component:
    rows = [
        html.Div(
            [
                html.Span(place.texts(f"channel.{channel}"), className="name"),
                html.Div(html.I(), className="bar"),
                metric(f"cases.channel.{channel}"),
            ],
            className="row",
            **data(channel=channel),
        )
        for channel in CHANNELS
    ]
    title, note = place.texts("panel.channels.title"), place.texts("panel.channels.note")
    return panel("channels", title, html.Div(rows, className="rows"), note)
