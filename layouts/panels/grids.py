"""Each grid of a community: its patrol in both shifts, its cases, its visits due."""

from dash import html
from dash.development.base_component import Component

from layouts.parts import data, panel, table_of
from layouts.place import Place

KEYS = ("completed", "covered", "started", "waiting", "missed")


def layout(place: Place) -> Component:
    texts = place.texts
    columns = [
        (texts("level.grid"), "name"),
        (texts("shift.morning"), ""),
        (texts("shift.afternoon"), ""),
        (texts("panel.grids.open"), "n"),
        (texts("panel.grids.overdue"), "n"),
        (texts("panel.grids.visits"), "n"),
    ]
    keys = html.Div([html.Span(**data(state_key=state)) for state in KEYS], className="keys")
    return panel("grids", texts("panel.grids.title"), table_of(columns), None, keys)
