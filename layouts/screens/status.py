"""The state of the site for operators: the way of the data, processes, sources, screens, dead
letters. Structure only; assets/js/screens/status.js paints what `/api/v1/status` answers."""

from dash import html
from dash.development.base_component import Component

from layouts import shell
from layouts.i18n import Texts
from layouts.parts import data, list_of

STAGES = ("sources", "intake", "log", "projector", "archive", "serve", "screens")
# The columns of each list; those in NUMBERS stand at the right of their cells.
LISTS = {
    "processes": ("role", "instance", "state", "since", "heard", "figures"),
    "screens": ("view", "server", "since", "live", "picture", "reported", "skipped", "size"),
    "sources": ("source", "silent", "state", "missed", "feeds"),
    "letters": ("code", "count", "last"),
}
NUMBERS = {"heard", "picture", "reported", "skipped", "size", "silent", "missed", "count", "last"}


def layout(texts: Texts, district: str) -> Component:
    """The page /status of a district's site."""
    return html.Div(
        [
            _header(texts, district),
            html.Div([_stage(texts, name) for name in STAGES], className="way"),
            html.Main([_list(texts, name) for name in LISTS], className="status-main"),
            shell.veil(),
        ],
        className="status",
        **data(status="page"),
    )


def _header(texts: Texts, district: str) -> Component:
    home = "/" if texts.language == "zh" else f"/?lang={texts.language}"
    return html.Header(
        [
            html.H1(texts("status.title")),
            html.A(texts("app.title", district=district), href=home, className="facts"),
            html.Span(className="ready"),
            html.Span(className="spring"),
            html.Span(texts("status.waiting"), className="live"),
            html.Span(className="date"),
            html.Span(className="clock"),
        ],
        className="top",
    )


def _stage(texts: Texts, name: str) -> Component:
    return html.Section(
        [
            html.H2(texts(f"status.stage.{name}")),
            html.Div(className="lag"),
            html.Span(texts(f"status.lag.{name}"), className="lag-of"),
            html.Div(className="facts"),
        ],
        className="hop",
        **data(stage=name, state="unknown"),
    )


def _list(texts: Texts, name: str) -> Component:
    heads = [
        html.Span(texts(f"status.{name}.{column}"), className="n" if column in NUMBERS else "")
        for column in LISTS[name]
    ]
    return html.Section(
        [
            html.Header(
                [html.H2(texts(f"status.{name}")), html.Span(className="note")],
                className="panel-head",
            ),
            html.Div(
                [
                    html.Div(heads, className="row head"),
                    list_of(texts(f"status.{name}.empty")),
                ],
                className="panel-body table",
            ),
        ],
        className=f"panel list-{name}",
        **data(list=name),
    )
