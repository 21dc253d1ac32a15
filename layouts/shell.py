"""What every wall has around its panels: header, veil, the frame of the page."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from cockpit.errors import CockpitError
from layouts import ids, kiosk, time_machine
from layouts.i18n import Texts
from layouts.parts import data, standing
from layouts.place import Place

# The only transport that needs no sticky sessions; a fresh connection each time asked for.
SOCKET_OPTIONS = {"transports": ["websocket"], "forceNew": True}


def root() -> Component:
    """What stays while a person goes from page to page."""
    return html.Div([dcc.Location(id=ids.LOCATION, refresh="callback-nav"), html.Div(id=ids.PAGE)])


def wall(place: Place, headline: Component, main: list[Component], ticker: Component) -> Component:
    """A wall of these parts. Its connection lives and dies with it."""
    return html.Div(
        [
            _header(place),
            html.Div(className="notices", hidden=True, role="status"),
            headline,
            html.Main(main, className="wall-main"),
            ticker,
            kiosk.alarm(place.texts),
            time_machine.bar(place.texts),
            veil(),
            dcc.Store(id=ids.LATE),
        ],
        className=f"wall wall-{place.level}",
        **data(wall=place.region.code, region=place.region.code),
    )


def _header(place: Place) -> Component:
    texts = place.texts
    here: list[Any]
    if place.above:
        title = texts("app.title.below")
        links: list[Any] = []
        for region in place.above:
            # The scripts keep the rest of the address, such as its moment, in these links.
            link = html.A(region.name, href=place.href(region), **data(go=region.code))
            links += [link, html.Span("›")]
        here = [html.Nav([*links, html.B(place.region.name)], className="crumbs")]
    else:
        title = texts("app.title", district=place.region.name)
        here = []
    return html.Header(
        [
            html.H1(title),
            *here,
            html.Span(_facts(place), className="facts"),
            kiosk.tools(texts),
            html.Span(className="spring"),
            *standing(texts),
            time_machine.button(texts),
        ],
        className="top",
        **data(panel="header"),
    )


def _facts(place: Place) -> str:
    levels = {"streets": "street", "zones": "zone", "communities": "community", "grids": "grid"}
    counts = {name: place.count(level) for name, level in levels.items()}
    return place.texts(f"app.facts.{place.level}", **counts)


def veil() -> Component:
    """What goes over a page that is no longer live (assets/css/3-components.css)."""
    return html.Div(html.Div(className="veil-text"), className="veil", **data(beat="a"))


def notice(error: CockpitError, texts: Texts) -> Component:
    """A clear page for a fault, with its code."""
    return html.Div(
        [
            html.H1(error.text(texts.language)),
            html.Code(error.code),
            dcc.Link(texts("unknown.link"), href="/" if texts.language == "zh" else "/?lang=en"),
        ],
        className="notice",
        **data(error=error.code),
    )
