"""The shape of the trend: three lines over 48 half-hours. The scripts put the numbers in."""

from typing import Any

import plotly.graph_objects as go
from dash import dcc
from dash.development.base_component import Component

from layouts import ids
from layouts.figures.tokens import tokens
from layouts.i18n import Texts


def graph(texts: Texts) -> Component:
    """The empty figure as a Dash component."""
    return dcc.Graph(
        id=ids.TREND,
        figure=figure(texts),
        responsive=True,
        config={"staticPlot": True, "displayModeBar": False},
    )


def figure(texts: Texts) -> go.Figure:
    """Reported, closed, and reported a week ago; hours along the foot."""
    colour = tokens()
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False, "color": colour["text-note"]}
    hours = range(0, 25, 6)
    return go.Figure(
        data=[
            _line("last_week", colour["text-3"], dash="dot", width=2),
            _line("reported", colour["blue"], fill="tozeroy", fillcolor=colour["blue-wash"]),
            _line("closed", colour["teal"]),
        ],
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "font": {"family": colour["sans"], "color": colour["text-note"]},
            "xaxis": axis
            | {
                "range": [0, 48],
                "showgrid": False,
                "ticks": "outside",
                "ticklen": 6,
                "tickcolor": colour["panel"],
                "tickvals": [hour * 2 for hour in hours],
                "ticktext": [texts("panel.trend.hour", hour=hour) for hour in hours],
            },
            "yaxis": axis
            | {"rangemode": "tozero", "gridcolor": colour["hairline"], "nticks": 4, "side": "left"},
        },
    )


def _line(name: str, colour: str, **more: Any) -> go.Scatter:
    line = {"color": colour, "width": more.pop("width", 3), "dash": more.pop("dash", "solid")}
    return go.Scatter(
        name=name, mode="lines", line=line | {"shape": "spline", "smoothing": 0.5}, **more
    )
