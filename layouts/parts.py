"""The small parts every panel is made of. Numbers are empty elements that name their metric;
the scripts fill them from the frame."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.i18n import Texts


def data(**values: str) -> dict[str, Any]:
    """The `data-*` attributes of an element: `data(map_metric="open")` is `data-map-metric`."""
    return attributes("data", **values)


def attributes(prefix: str, **values: str) -> dict[str, Any]:
    """Attributes with a prefix, such as `aria`, as keyword arguments of a component."""
    return {f"{prefix}-{name.replace('_', '-')}": value for name, value in values.items()}


def metric(name: str, form: str = "count", class_name: str = "n", tag: Any = html.B) -> Component:
    """An empty element for a metric of the frame. `form` is how it is written: `count`, `percent`
    (one decimal) or `share` (whole percent)."""
    element: Component = tag(className=class_name, **data(metric=name, form=form))
    return element


def derived(name: str, class_name: str = "n") -> Component:
    """An empty element for a number that a panel's script works out from several metrics."""
    return html.B(className=class_name, **data(derived=name))


def sentence(texts: Texts, key: str, forms: dict[str, str] | None = None) -> list[Any]:
    """A text whose facts are metrics: `{cases.at_risk}` becomes the element of that metric and
    `{=name}` one of a derived number."""
    children: list[Any] = []
    for words, name in texts.parts(key):
        if words:
            children.append(words)
        if name and name.startswith("="):
            children.append(derived(name[1:], ""))
        elif name:
            children.append(metric(name, (forms or {}).get(name, "count"), ""))
    return children


def late_source(*feeds: str) -> Component:
    """Where the scripts name a late source that feeds the panel; of a part of one: what of the
    stream feeds that part."""
    part = data(feeds=" ".join(feeds)) if feeds else {}
    return html.Span(className="late-source", hidden=True, **part)


def standing(texts: Texts) -> list[Component]:
    """What ends the header of every screen: the shift, how live the page is, date and clock."""
    shift, lag = (texts(f"desk.means.{name}") for name in ("shift", "lag"))
    return [
        html.Span(className="shift", title=shift, **data(metric="patrols.shift")),
        html.Span(
            texts("live.waiting"), className="live", title=lag, **data(metric="stream.lag_ms")
        ),
        html.Span(className="date"),
        html.Span(className="clock"),
    ]


def panel(stem: str, title: str, body: Any, note: Any = None, tools: Any = None) -> Component:
    """A panel's frame: title, tools, note, body."""
    head = [
        html.H2(title),
        tools,
        late_source(),
        html.Span(note, className="note") if note is not None else None,
    ]
    return html.Section(
        [
            html.Header([part for part in head if part is not None], className="panel-head"),
            html.Div(body, className="panel-body"),
        ],
        className=f"panel panel-{stem}",
        **data(panel=stem),
    )


def table_of(columns: list[tuple[str, str]], empty: str = "") -> Component:
    """A table: heading cells (text, class), rows that the scripts make, a text when empty."""
    head = html.Div(
        [html.Span(text, className=name) for text, name in columns], className="row head"
    )
    return html.Div([head, list_of(empty)], className="table")


def list_of(empty: str = "") -> Component:
    """A list whose rows the scripts make."""
    return html.Div(className="rows", **data(empty=empty))
