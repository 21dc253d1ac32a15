"""What desks ask about places. No region's shape or name is a secret of that region.

`GET /api/v1/shapes/<region>`: what a map of a region is drawn from, as GeoJSON: the regions right
below it and its own outline (datasource/geography.py), to draw where a case lies.
`GET /api/v1/grids/<region>`: {"grids": [[code, names from the region down], …]}, to choose one.
"""

from flask import Blueprint, Response, jsonify

from callbacks.gates import Gates
from cockpit.domain.regions import Regions
from layouts.figures.map import Features

_DAY = 24 * 3600


def create_shapes(features: Features, regions: Regions, gates: Gates) -> Blueprint:
    """The routes. Raise CockpitError `access.login`, `region.unknown`."""
    api = Blueprint("shapes", __name__, url_prefix="/api/v1")

    @api.get("/shapes/<region>")
    def shapes(region: str) -> Response:
        gates.account()
        return _kept(jsonify(features(regions.get(region).code)))

    @api.get("/grids/<region>")
    def grids(region: str) -> Response:
        gates.account()
        top = regions.get(region)
        inside = [each for each in regions.at_level("grid") if top.index in each.chain]
        names = [[each.code, regions.path_name(each, top)] for each in inside]
        return _kept(jsonify({"grids": names}))

    return api


def _kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"private, max-age={_DAY}"
    return answer
