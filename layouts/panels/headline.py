"""The eight numbers a reader looks for first, chosen for each level."""

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from layouts.parts import data, metric, sentence
from layouts.place import Place


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with a line below it. Its texts are `panel.headline.<key>` and `….sub`."""

    key: str
    metric: str
    form: str = "count"


REPORTED = Tile("reported", "cases.reported_today")
OPEN = Tile("open", "cases.open")
CLOSED = Tile("closed", "cases.closed_today")
OVERDUE = Tile("overdue", "cases.overdue")
WHISTLES = Tile("whistles", "whistles.open")
COVERAGE = Tile("coverage", "patrols.coverage_rate", "percent")
ON_DUTY = Tile("on_duty", "patrols.on_duty")
OFF_POST = Tile("off_post", "patrols.off_post")
VISITS = Tile("visits", "visits.overdue.care")
DUE = Tile("due", "visits.due_today.care")

TILES = {
    "district": (REPORTED, OPEN, CLOSED, OVERDUE, WHISTLES, COVERAGE, ON_DUTY, VISITS),
    "street": (REPORTED, OPEN, OVERDUE, WHISTLES, COVERAGE, OFF_POST, CLOSED, VISITS),
    "community": (COVERAGE, OFF_POST, REPORTED, OPEN, OVERDUE, WHISTLES, DUE, VISITS),
}
FORMS = {"cases.on_time_rate": "percent"}


def layout(place: Place) -> Component:
    tiles = [_tile(place, tile) for tile in TILES[place.level]]
    return html.Section(tiles, className="panel-headline", **data(panel="headline"))


def _tile(place: Place, tile: Tile) -> Component:
    key = f"panel.headline.{tile.key}"
    return html.Div(
        [
            html.Div([place.texts(key), html.Span(className="symbol")], className="label"),
            metric(tile.metric, tile.form, "hero", html.Div),
            html.Div(sentence(place.texts, f"{key}.sub", FORMS), className="sub"),
        ],
        className="tile",
        **data(tile=tile.key),
    )
