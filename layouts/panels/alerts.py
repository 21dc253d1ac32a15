"""Alerts as counts: active by severity, and those nobody has acknowledged."""

from dash import html
from dash.development.base_component import Component

from cockpit.domain.event_types import SEVERITIES
from layouts.parts import metric, panel
from layouts.place import Place


def layout(place: Place) -> Component:
    names = [*(f"alerts.active.{severity}" for severity in SEVERITIES), "alerts.unacknowledged"]
    cells = [
        html.Div(
            [metric(name), html.Span(place.texts("panel.alerts." + name), className="label")],
            className="severity",
        )
        for name in names
    ]
    title, note = place.texts("panel.alerts.title"), place.texts("panel.alerts.note")
    return panel("alerts", title, html.Div(cells, className="severities"), note)
