"""The time machine's controls: the button that opens them, and the bar at the foot of a wall.
assets/js/core/replay_bar.js makes them work, and puts in the inputs that Dash has none for."""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.i18n import Texts
from layouts.parts import attributes, data

SPEEDS = (1, 10, 60, 300, 600)
# Buttons that go to what lies next, in the order of time: what the server is asked, its sign.
BACK = (("back_alert", "‹ ◆"), ("back_overdue", "‹ ▲"), ("previous", "‹"))
FORTH = (("next", "›"), ("overdue", "▲ ›"), ("alert", "◆ ›"))


def button(texts: Texts) -> Component:
    """The quiet clock in the header."""
    named = texts("replay.open")
    return html.Button(
        type="button",
        className="time-machine",
        title=named,
        **attributes("aria", label=named, expanded="false", controls=ids.REPLAY_BAR),
    )


def bar(texts: Texts) -> Component:
    """The bar, closed."""
    return html.Section(
        [_day(), _tools(texts)],
        id=ids.REPLAY_BAR,
        className="replay-bar",
        hidden=True,
        **attributes("aria", label=texts("replay.name")),
    )


def _day() -> Component:
    hours = [html.Span(f"{hour:02}", className="hour") for hour in range(0, 25, 3)]
    return html.Div(
        [
            html.Div(html.I(), className="track"),
            html.Div(className="marks"),
            html.Div(className="slot", **data(replay_input="range")),
            html.Div(hours, className="hours", **attributes("aria", hidden="true")),
        ],
        className="day",
    )


def _tools(texts: Texts) -> Component:
    speeds = [
        html.Button(
            f"{speed}×",
            type="button",
            className="chip",
            title=texts("replay.speed", speed=speed),
            **data(replay_speed=str(speed)),
            **attributes("aria", pressed="false"),
        )
        for speed in SPEEDS
    ]
    play = html.Button(type="button", className="tool play", **data(replay_do="play"))
    live = html.Button(
        [texts("replay.live"), html.Kbd("Esc")],
        type="button",
        className="tool back-to-live",
        title=texts("replay.live.title"),
        **data(replay_do="live"),
    )
    date, time = (
        html.Span(className="slot", **data(replay_input=kind)) for kind in ("date", "time")
    )
    inputs = [_days(texts, -1), date, _days(texts, 1), time]
    return html.Div(
        [
            html.Div(inputs, className="group"),
            html.Div([*_steps(texts, BACK), play, *_steps(texts, FORTH)], className="group"),
            html.Div(speeds, className="group speeds", role="group", title=texts("replay.speeds")),
            html.Div(className="counts"),
            html.Div(className="said", role="status"),
            html.Div(className="offers group"),
            live,
        ],
        className="tools",
    )


def _days(texts: Texts, count: int) -> Component:
    """To the same time of another day."""
    title = texts("replay.day.back" if count < 0 else "replay.day.forth")
    return html.Button(
        "−" if count < 0 else "+",
        type="button",
        className="tool of-days",
        title=title,
        **data(replay_days=str(count)),
        **attributes("aria", label=title),
    )


def _steps(texts: Texts, steps: tuple[tuple[str, str], ...]) -> list[Component]:
    return [
        html.Button(
            sign,
            type="button",
            className="tool",
            title=texts(f"replay.go.{go}"),
            **data(replay_go=go),
            **attributes("aria", label=texts(f"replay.go.{go}")),
        )
        for go, sign in steps
    ]
