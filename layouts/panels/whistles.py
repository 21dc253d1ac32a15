"""The most urgent whistles, each with the time it has left or is over."""

from dash.development.base_component import Component

from layouts.parts import list_of, panel, sentence
from layouts.place import Place


def layout(place: Place) -> Component:
    texts = place.texts
    body = list_of(texts("panel.whistles.empty"))
    note = sentence(texts, "panel.whistles.note")
    return panel("whistles", texts("panel.whistles.title"), body, note)
