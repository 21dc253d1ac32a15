"""The Dash app: addresses to layouts, and the page around them.

Dash builds structure and navigation; the scripts under assets/js paint. The map and the trend
come in a second step that the scripts ask for once the first numbers are painted, so neither
Leaflet nor Plotly stands before them.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dash_leaflet
import dash_socketio  # noqa: F401 - its script belongs to the page
import flask
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from callbacks.address import is_status, view_of
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from layouts import ids, shell
from layouts.figures import map as map_figure
from layouts.figures import trend as trend_figure
from layouts.i18n import LANGUAGES, Texts, language_of, table
from layouts.place import Place
from layouts.screens import status, wall

ASSETS = Path(__file__).resolve().parents[1] / "assets"
_STATUS_SCRIPTS = "/assets/js/screens/"  # no wall needs them

# The entry runs as soon as it is there: what it reads stands before it.
_INDEX = """<!DOCTYPE html>
<html lang="{lang}" data-view="{view}" data-live="offline">
<head>
{metas}
<title>{title}</title>
{favicon}
{css}
<script type="importmap">{import_map}</script>
{preloads}
<script type="application/json" id="cockpit">{page}</script>
</head>
<body>
<div id="react-entry-point"></div>
<script type="module" async src="{boot}"></script>
<footer>
{config}
{scripts}
{renderer}
</footer>
</body>
</html>
"""


def fingerprints() -> dict[str, str]:
    """The address of each script module with its content's fingerprint, by its plain address."""
    found = {}
    for file in sorted((ASSETS / "js").rglob("*.js")):
        address = "/assets/" + file.relative_to(ASSETS).as_posix()
        found[address] = f"{address}?m={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
    return found


class Pages(Dash):
    """Dash with our own page around the app: the modules of assets/js are imported by their
    fingerprints, and texts and names come with the page."""

    def __init__(self, regions: Regions, rules: Rules, build: str, **options: Any) -> None:
        super().__init__(**options)
        self._regions, self._rules, self._build = regions, rules, build
        self._modules = fingerprints()
        self._import_map = json.dumps({"imports": self._modules})

    def interpolate_index(  # type: ignore[override]  # Dash calls it by these names
        self, **parts: Any
    ) -> str:
        """The HTML of a page, in the language and for the view of the request."""
        path, search = flask.request.path, flask.request.query_string.decode()
        language = language_of(search)
        of_status = is_status(path)
        preloads = "\n".join(
            f'<link rel="modulepreload" href="{named}">'
            for address, named in self._modules.items()
            if address.startswith(_STATUS_SCRIPTS) == of_status
        )
        view = "" if of_status else view_of(self._regions, path)
        entry = f"{_STATUS_SCRIPTS}status.js" if of_status else "/assets/js/boot.js"
        return _INDEX.format(
            lang="zh-CN" if language == "zh" else language,
            view=view,
            metas=parts["metas"],
            title=self._title(view, Texts(language)),
            favicon=parts["favicon"],
            css=parts["css"],
            import_map=self._import_map,
            boot=self._modules[entry],
            preloads=preloads,
            page=json.dumps(self._page(language), ensure_ascii=False).replace("<", "\\u003c"),
            config=parts["config"],
            scripts=parts["scripts"],
            renderer=parts["renderer"],
        )

    def csp_hashes(self, hash_algorithm: str = "sha256") -> list[str]:
        """Hashes of all inline scripts, the import map among them."""
        digest = hashlib.new(hash_algorithm, self._import_map.encode()).digest()
        ours = f"'{hash_algorithm}-{base64.b64encode(digest).decode()}'"
        return [*super().csp_hashes(hash_algorithm), ours]

    def _title(self, view: str, texts: Texts) -> str:
        if not view:
            return texts("status.title")
        region = self._regions.get(view.partition("/")[0])
        if region.level == "district":
            return texts("app.title", district=region.name)
        return f"{region.name} · {texts('app.title.below')}"

    def _page(self, language: str) -> dict[str, Any]:
        """What the scripts must know: texts, names of categories, ids, build."""
        named = {**self._rules.mains, **self._rules.minors}
        return {
            "build": self._build,
            "language": language,
            "texts": table(language, ("wall",)),
            "categories": {code: getattr(name, language) for code, name in named.items()},
            "ids": {"late": ids.LATE},
            "socketOptions": shell.SOCKET_OPTIONS,
            "leaflet": "/_dash-component-suites/dash_leaflet/dash_leaflet.js",
        }


def create_pages(
    server: flask.Flask,
    regions: Regions,
    rules: Rules,
    features: map_figure.Features,
    settings: Mapping[str, Any],
    build: str,
) -> Pages:
    """Mount the Dash app on a Flask server. `features(code)` is the GeoJSON collection of a
    region's children; `build` names the running build."""
    # Served, yet not part of the page: the scripts load it after the first numbers.
    dash_leaflet._js_dist[0]["dynamic"] = True
    app = Pages(
        regions,
        rules,
        build,
        name="cockpit",
        server=server,
        assets_folder=str(ASSETS),
        assets_path_ignore=[r"^js$"],
        update_title=None,
        compress=False,
    )
    app.layout = shell.root()
    app.validation_layout = _validation_layout(regions, rules)  # type: ignore[assignment]
    _register(app, regions, rules, features, settings)
    return app


def _register(
    app: Pages,
    regions: Regions,
    rules: Rules,
    features: map_figure.Features,
    settings: Mapping[str, Any],
) -> None:
    @app.callback(
        Output(ids.PAGE, "children"),
        Input(ids.LOCATION, "pathname"),
        Input(ids.LOCATION, "search"),
    )
    def route(pathname: str | None, search: str | None) -> Component:
        texts = Texts(language_of(search))
        if is_status(pathname or ""):
            return status.layout(texts, regions.district.name)
        try:
            place = _place(regions, rules, pathname, texts)
        except CockpitError as error:
            return shell.notice(error, texts)
        return wall.layout(place)

    @app.callback(
        Output(ids.MAP_SLOT, "children"),
        Output(ids.TREND_SLOT, "children"),
        Input(ids.LATE, "data"),
        State(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def fill(asked: Any, pathname: str | None, search: str | None) -> tuple[Any, Any]:
        if asked is None:
            return no_update, no_update
        texts = Texts(language_of(search))
        place = _place(regions, rules, pathname, texts)
        return map_figure.leaflet(place, features, settings), trend_figure.graphs(texts)


def _place(regions: Regions, rules: Rules, pathname: str | None, texts: Texts) -> Place:
    path = pathname or "/"
    if path == "/":
        path = f"/wall/{regions.district.code}"
    code = view_of(regions, path).partition("/")[0]
    return Place(regions, rules, regions.get(code), texts)


def _validation_layout(regions: Regions, rules: Rules) -> Component:
    """Every id a callback names, so that Dash checks them all at start."""
    texts = Texts(LANGUAGES[0])
    place = Place(regions, rules, regions.district, texts)
    return html.Div(
        [
            shell.root(),
            wall.layout(place),
            status.layout(texts, regions.district.name),
            *trend_figure.graphs(texts),
            dash_leaflet.MapContainer(id=ids.MAP),
        ]
    )
