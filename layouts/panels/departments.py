"""Departments by their overdue and open whistles."""

from dash.development.base_component import Component

from layouts.parts import panel, sentence, table_of
from layouts.place import Place


def layout(place: Place) -> Component:
    texts = place.texts
    columns = [
        (texts("panel.departments.name"), "name"),
        (texts("panel.departments.open"), "n"),
        (texts("panel.departments.overdue"), "n"),
    ]
    body = table_of(columns, texts("panel.departments.empty"))
    forms = {"whistles.on_time_arrival_rate": "percent"}
    note = sentence(texts, "panel.departments.note", forms)
    return panel("departments", texts("panel.departments.title"), body, note)
