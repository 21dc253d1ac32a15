"""Open cases by stage and by how long ago they were reported."""

from dash.development.base_component import Component

from layouts.parts import panel, table_of
from layouts.place import Place

AGES = ("h4", "h24", "d3", "more")


def layout(place: Place) -> Component:
    texts = place.texts
    columns = [
        (texts("panel.ages.stage"), "name"),
        *((texts(f"panel.ages.{age}"), "heat") for age in AGES),
        (texts("panel.ages.sum"), "n"),
    ]
    return panel("ages", texts("panel.ages.title"), table_of(columns), texts("panel.ages.note"))
