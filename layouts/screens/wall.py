"""Which panels each level's wall is made of. Where they stand is in assets/css/4-screens.css."""

from dash.development.base_component import Component

from layouts import shell
from layouts.panels import PANELS
from layouts.place import Place

WALLS = {
    "district": (
        "loop",
        "trend",
        "channels",
        "map",
        "patrol",
        "compare",
        "whistles",
        "departments",
        "alerts",
        "people",
        "rates",
    ),
    "street": (
        "loop",
        "trend",
        "channels",
        "compare",
        "map",
        "patrol",
        "whistles",
        "departments",
        "alerts",
        "people",
        "rates",
    ),
    "community": (
        "ages",
        "trend",
        "channels",
        "grids",
        "map",
        "whistles",
        "alerts",
        "people",
    ),
}


def layout(place: Place) -> Component:
    """The wall of a district, street or community."""
    main = [PANELS[stem](place) for stem in WALLS[place.level]]
    return shell.wall(place, PANELS["headline"](place), main, PANELS["ticker"](place))
