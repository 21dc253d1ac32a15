"""`GET /api/v1/shapes/<region>`: what a map of a region is drawn from, as GeoJSON: the regions
right below it and its own outline (datasource/geography.py). For desks, which draw where a case
lies."""

from flask import Blueprint, Response, jsonify

from callbacks.gates import Gates
from cockpit.domain.regions import Regions
from layouts.figures.map import Features

_DAY = 24 * 3600


def create_shapes(features: Features, regions: Regions, gates: Gates) -> Blueprint:
    """The route. Raises CockpitError `access.login`, `region.unknown`."""
    api = Blueprint("shapes", __name__, url_prefix="/api/v1")

    @api.get("/shapes/<region>")
    def shapes(region: str) -> Response:
        gates.account()  # the shape of a region is no secret of that region
        answer = jsonify(features(regions.get(region).code))
        answer.headers["Cache-Control"] = f"private, max-age={_DAY}"
        return answer

    return api
