"""The shapes of the trend: three lines over 48 half-hours, and days of the last weeks. The scripts
put the numbers in."""

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.figures.tokens import tokens
from layouts.i18n import Texts

NO_COLOUR = "rgba(0,0,0,0)"


def graphs(texts: Texts) -> list[Component]:
    """The empty figures as Dash components; the style sheet shows one of them."""
    return [
        html.Div(_graph(ids.TREND, today(texts)), className="of-today"),
        html.Div(_graph(ids.HISTORY, days()), className="of-days"),
    ]


def _graph(name: str, figure: go.Figure) -> Component:
    return dcc.Graph(
        id=name,
        figure=figure,
        responsive=True,
        config={"staticPlot": True, "displayModeBar": False},
    )


def today(texts: Texts) -> go.Figure:
    """Reported, closed, and reported a week ago; hours along the foot. The way to the half-hour
    that is not over is dotted and ends in a hollow point, so that nobody takes it for a fall."""
    colour = tokens()
    hours = range(0, 25, 6)
    x_axis = {
        "range": [0, 48],
        "tickvals": [hour * 2 for hour in hours],
        "ticktext": [texts("panel.trend.hour", hour=hour) for hour in hours],
    }
    return _figure(
        [
            _line("last_week", colour["text-3"], dash="dot", width=2),
            _line("reported", colour["blue"], fill="tozeroy", fillcolor=colour["blue-wash"]),
            _line("closed", colour["teal"]),
            _unfinished("reported_running", colour["blue"]),
            _unfinished("closed_running", colour["teal"]),
        ],
        x_axis,
    )


def days() -> go.Figure:
    """A measure of one or two lines; the way to today's unfinished values is dotted and ends in a
    hollow point."""
    colour = tokens()
    lines = []
    for name in ("first", "second"):
        lines.append(_line(name, colour["blue"], shape="linear"))
        lines.append(_unfinished(f"{name}_today", colour["blue"]))
    return _figure(lines, {})


def _unfinished(name: str, colour: str) -> go.Scatter:
    """From the last step that is over to the one that is not."""
    hollow = {"symbol": "circle-open", "size": [0, 9], "line": {"width": 2}}
    line = _line(name, colour, dash="dot", width=2, shape="linear")
    return line.update(mode="lines+markers", marker=hollow)


def _figure(lines: list[go.Scatter], x_axis: dict[str, Any]) -> go.Figure:
    colour = tokens()
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False, "color": colour["text-note"]}
    ticks = {"showgrid": False, "ticks": "outside", "ticklen": 6, "tickcolor": colour["panel"]}
    return go.Figure(
        data=lines,
        layout={
            "paper_bgcolor": NO_COLOUR,
            "plot_bgcolor": NO_COLOUR,
            "showlegend": False,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "font": {"family": colour["sans"], "color": colour["text-note"]},
            "xaxis": axis | ticks | x_axis,
            "yaxis": axis
            | {"rangemode": "tozero", "gridcolor": colour["hairline"], "nticks": 4, "side": "left"},
        },
    )


def _line(name: str, colour: str, **more: Any) -> go.Scatter:
    line = {"color": colour, "width": more.pop("width", 3), "dash": more.pop("dash", "solid")}
    shape = {"shape": more.pop("shape", "spline")}
    smoothing = {"smoothing": 0.5} if shape["shape"] == "spline" else {}
    return go.Scatter(name=name, mode="lines", line=line | shape | smoothing, **more)
