"""What an unpaired screen shows: the code that an operator enters. assets/js/manage/pair.js asks
for it and waits."""

from dash import html
from dash.development.base_component import Component

from layouts.asked import Asked
from layouts.parts import attributes

PLACES = 6


def layout(asked: Asked) -> Component:
    """The page /pair."""
    texts, district = asked.place.texts, asked.place.regions.district.name
    steps = [html.Li(texts(f"pair.step.{number}")) for number in (1, 2, 3)]
    return html.Main(
        [
            html.Header(html.H1(texts("app.title", district=district)), className="top"),
            html.Section(
                [
                    html.H2(texts("pair.title")),
                    html.Div(
                        [html.Span(className="place") for _ in range(PLACES)],
                        className="code",
                        role="img",
                        **attributes("aria", label=texts("pair.waiting")),
                    ),
                    html.P(texts("pair.waiting"), className="left", role="status"),
                    html.Ol(steps),
                ],
                className="pair-middle",
            ),
            html.Footer(
                [
                    html.Span(texts("pair.person")),
                    html.A(texts("pair.login"), href="/login"),
                ]
            ),
        ],
        className="pairing",
    )


def title(asked: Asked) -> str:
    """Its title."""
    return asked.place.texts("pair.title")
