"""The case loop: open cases by stage, and what was closed today."""

from dash import html
from dash.development.base_component import Component

from layouts.parts import metric, panel
from layouts.place import Place

STAGES = ("reported", "accepted", "filed", "dispatched", "handling", "handled")


def layout(place: Place) -> Component:
    names = [*(f"cases.stage.{stage}" for stage in STAGES), "cases.closed_today"]
    stages = [
        html.Div(
            [metric(name), html.Span(place.texts("panel.loop." + name), className="label")],
            className="stage",
        )
        for name in names
    ]
    body = html.Div(stages, className="stages")
    return panel("loop", place.texts("panel.loop.title"), body, place.texts("panel.loop.note"))
