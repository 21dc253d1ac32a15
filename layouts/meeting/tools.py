"""What stands around a meeting's pages: header, the pages' names, tools, and dialogs."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from cockpit.domain.meeting import pages_of
from layouts import time_machine
from layouts.i18n import Texts
from layouts.meeting.pages import legend, page_title
from layouts.parts import attributes, data, standing
from layouts.place import Place

FORMATS = ("pdf", "png", "xlsx", "pptx")


def header(place: Place) -> Component:
    """Place, state of the stream, clock."""
    texts = place.texts
    links: list[Any] = []
    for region in place.above:
        links += [html.A(region.name, **data(meeting_of=region.code)), html.Span("›")]
    here = html.Nav([*links, html.B(place.region.name)], className="crumbs") if links else None
    return html.Header(
        [
            html.H1(texts("meeting.title", place=place.region.name)),
            here,
            html.Span(className="spring"),
            *standing(texts),
            time_machine.button(texts),
        ],
        className="top",
        **data(panel="header"),
    )


def contents(place: Place, shown: str) -> Component:
    """The pages' names as dots to press."""
    texts = place.texts
    names = [page.name for page in pages_of(place.region)]
    buttons = [
        html.Button(
            [html.Span(str(number), className="dot"), page_title(texts, place.region, name)],
            type="button",
            className="turn-to",
            **data(turn=name),
            **attributes("aria", current="page" if name == shown else "false"),
        )
        for number, name in enumerate(names, 1)
    ]
    return html.Nav(
        [_turn(texts, "previous", "‹"), *buttons, _turn(texts, "next", "›")],
        className="contents",
        **attributes("aria", label=texts("meeting.pages")),
    )


def _turn(texts: Texts, way: str, sign: str) -> Component:
    named = texts(f"meeting.{way}")
    return html.Button(
        sign,
        type="button",
        className="turn",
        title=named,
        **data(turn_by=way),
        **attributes("aria", label=named),
    )


def tools(texts: Texts) -> Component:
    """What one does with a page: freeze, share, take home, look up."""
    return html.Footer(
        [
            _tool(texts, "freeze"),
            _tool(texts, "copy"),
            html.Details(
                [
                    html.Summary(texts("meeting.papers")),
                    html.Div([_papers(texts, "this"), _papers(texts, "all")], className="menu"),
                ],
                className="papers",
            ),
            _tool(texts, "briefs"),
            _tool(texts, "legend"),
            html.Span(className="said", role="status"),
            html.Span(className="frozen"),
            html.Button(type="button", className="tool", **data(do="theme")),
            html.A(texts("meeting.wall"), className="tool", **data(to="wall")),
            html.A(texts("meeting.desk"), className="tool", **data(to="desk")),
        ],
        className="meeting-tools",
    )


def _tool(texts: Texts, name: str) -> Component:
    title = texts("meeting.freeze.title") if name == "freeze" else None
    return html.Button(
        texts(f"meeting.{name}"), type="button", className="tool", title=title, **data(do=name)
    )


def _papers(texts: Texts, which: str) -> Component:
    buttons = [
        html.Button(
            texts(f"meeting.papers.{form}"),
            type="button",
            className="tool",
            **data(paper=form, of=which),
        )
        for form in FORMATS
        if not (form == "png" and which == "all")  # a picture is of one page
    ]
    return html.Div([html.B(texts(f"meeting.papers.{which}")), *buttons])


def dialogs(place: Place) -> list[Component]:
    """What opens over a page: definitions, the list behind a number, a whole table, the briefs."""
    texts = place.texts
    return [
        _dialog(texts, "legend", texts("meeting.legend.title"), legend(place)),
        _dialog(texts, "drill", "", [html.Div(className="list")]),
        _dialog(texts, "rows", "", [html.Div(className="list")]),
        _dialog(texts, "briefs", texts("briefs.title"), [html.Div(className="briefs")]),
    ]


def _dialog(texts: Texts, name: str, title: str, body: list[Component]) -> Component:
    closing = html.Button(
        "✕",
        type="button",
        className="tool",
        title=texts("meeting.close"),
        **data(do="close"),
        **attributes("aria", label=texts("meeting.close")),
    )
    return html.Dialog(
        [
            html.Header([html.H2(title), html.Span(className="count"), closing]),
            html.Div(body, className="dialog-body", tabIndex="0"),
        ],
        className=f"over over-{name}",
        **data(over=name),
    )
