"""Reported and closed over the day, or a measure day by day over the last weeks."""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.i18n import Texts
from layouts.parts import attributes, data, panel
from layouts.place import Place

PERIODS = ("today", "7", "30", "90")
MEASURES = ("cases", "on_time", "coverage", "overdue")
LINES = (("reported", ""), ("closed", "closed"), ("last_week", "last-week"), ("running", "running"))


def layout(place: Place) -> Component:
    texts = place.texts
    slot = html.Div(id=ids.TREND_SLOT, className="trend-slot", **data(metric="cases.trend"))
    words = html.Div(className="trend-words empty", hidden=True)
    legend = html.Div([_line(texts, *line) for line in LINES], className="legend")
    measures = [_chip(texts, "measure", name) for name in MEASURES]
    periods = [_chip(texts, "period", name) for name in PERIODS]
    body = [slot, words, legend, html.Div(measures, className="measures chips")]
    tools = html.Div(periods, className="periods chips")
    note = [
        html.Span(texts("panel.trend.note"), className="of-today"),
        html.Span(texts("panel.trend.daily"), className="of-days"),
    ]
    return panel("trend", texts("panel.trend.title"), body, note, tools)


def _line(texts: Texts, name: str, class_name: str) -> Component:
    title = texts("panel.trend.running.title") if name == "running" else None
    return html.Span(texts(f"panel.trend.{name}"), className=class_name, title=title)


def _chip(texts: Texts, kind: str, name: str) -> Component:
    """A choice; that of both numbers of cases is the legend of their lines, too."""
    lines = [_line(texts, *line) for line in LINES[:2]]
    return html.Button(
        html.Span(lines, className="legend") if name == "cases" else texts(f"panel.trend.{name}"),
        type="button",
        className="chip",
        **data(**{f"trend_{kind}": name}),
        **attributes("aria", pressed="false"),
    )
