"""People in care and of special groups, as counts only."""

from dash import html
from dash.development.base_component import Component

from layouts.parts import metric, panel
from layouts.place import Place


def layout(place: Place) -> Component:
    texts = place.texts
    head = [
        html.Span(texts(f"panel.people.{name}"), className="name" if name == "category" else "n")
        for name in ("category", "enrolled", "due", "overdue")
    ]
    categories = [*place.rules.groups["care"].categories, "special"]
    rows = [
        html.Div(
            [
                html.Span(texts(f"category.{category}"), className="name"),
                metric(f"people.enrolled.{category}"),
                metric(f"visits.due_today.{category}"),
                metric(f"visits.overdue.{category}"),
            ],
            className="row",
        )
        for category in categories
    ]
    body = html.Div(
        [html.Div(head, className="row head"), html.Div(rows, className="rows")],
        className="table",
    )
    return panel("people", texts("panel.people.title"), body, texts("panel.people.note"))
