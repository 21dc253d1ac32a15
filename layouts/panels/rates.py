"""The three rates, ranked: the first ones and the last."""

from dash.development.base_component import Component

from layouts.parts import panel, table_of
from layouts.place import Place


def layout(place: Place) -> Component:
    texts = place.texts
    columns = [
        ("", "rank"),
        (texts(f"level.{'community' if place.level == 'street' else 'street'}"), "name"),
        (texts("panel.rates.response"), "n"),
        (texts("panel.rates.resolution"), "n"),
        (texts("panel.rates.satisfaction"), "n"),
    ]
    body = table_of(columns, texts("panel.rates.empty"))
    return panel("rates", texts("panel.rates.title"), body, texts("panel.rates.note"))
