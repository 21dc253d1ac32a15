"""The regions below side by side, the ones with most overdue first."""

from dash import html
from dash.development.base_component import Component

from layouts.parts import data, panel, table_of
from layouts.place import Place

COLUMNS = ("open", "overdue", "whistles", "coverage", "due", "visits_overdue")


def layout(place: Place) -> Component:
    texts = place.texts
    below = texts(f"level.{'street' if place.level == 'district' else 'community'}")
    columns = [(below, "name"), *((texts(f"panel.compare.{name}"), "n") for name in COLUMNS)]
    title = texts(f"panel.compare.title.{place.level}")
    walls = " ".join(child.code for child in place.children)
    body = html.Div(table_of(columns), className="walls", **data(walls=walls))
    return panel("compare", title, body, texts("panel.compare.note"))
