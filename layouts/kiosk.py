"""What a wall has for those who stand before it: the alarm, and the tools of the rotation, the
sound and the full screen. assets/js/kiosk/ makes them work."""

from dash import html
from dash.development.base_component import Component

from layouts.i18n import Texts
from layouts.parts import attributes, data

TOOLS = (("hold", "Space"), ("sound", "S"), ("full", "F"))


def alarm(texts: Texts) -> Component:
    """The band of an alarm, while there is none."""
    return html.Section(
        [
            html.B(className="alarm-title"),
            html.B(className="alarm-place"),
            html.Span(className="alarm-what"),
            html.Span(className="alarm-more"),
            html.Span(className="spring"),
            html.Button(texts("alarm.sound"), type="button", className="alarm-sound"),
            html.Button(
                [texts("alarm.seen"), html.Kbd("A")], type="button", className="alarm-seen"
            ),
        ],
        className="alarm",
        hidden=True,
        role="alert",
    )


def tools(texts: Texts) -> Component:
    """The tools, out of sight until the pointer moves."""
    buttons = [
        html.Button(
            [html.Span(texts(f"kiosk.{name}.off")), html.Kbd(key)],
            type="button",
            hidden=name == "hold",
            **data(kiosk_do=name),
            **attributes("aria", pressed="false"),
        )
        for name, key in TOOLS
    ]
    return html.Div(buttons, className="kiosk", role="group", title=texts("kiosk.name"))
