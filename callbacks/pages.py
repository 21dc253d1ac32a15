"""The Dash app: addresses to layouts, and the page around them.

Dash builds structure and navigation; the scripts under assets/js paint. The map and the trend
come in a second step that the scripts ask for once the first numbers are painted, so neither
Leaflet nor Plotly stands before them.
"""

import base64
import hashlib
import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dash_leaflet
import dash_socketio  # noqa: F401 - its script belongs to the page
import flask
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.fingerprint import build_fingerprint
from markupsafe import escape

from callbacks.dash_door import guard_dash
from callbacks.families import FAMILIES, Address, address_of
from callbacks.gates import Gates, tokens
from callbacks.modules import ASSETS, fingerprints, preloads
from callbacks.security import csrf_token
from cockpit.domain.access import Account
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from layouts import ids, shell
from layouts.asked import Asked
from layouts.figures import map as map_figure
from layouts.figures import trend as trend_figure
from layouts.i18n import LANGUAGES, Texts, language_of, table
from layouts.place import Place
from layouts.screens import status, wall

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


class Pages(Dash):
    """Dash with our own page around the app: the modules of assets/js are imported by their
    fingerprints, and texts and names come with the page."""

    def __init__(
        self, regions: Regions, rules: Rules, gates: Gates, build: str, **options: Any
    ) -> None:
        super().__init__(**options)
        self._regions, self._rules, self._gates, self._build = regions, rules, gates, build
        self._modules = fingerprints()
        self._import_map = json.dumps({"imports": self._modules})
        packages = {name for family in FAMILIES for name in family.libraries}
        self._libraries = {name: _library(name) for name in sorted(packages)}

    def asked(self, pathname: str, search: str) -> tuple[Address, Asked]:
        """What an address asks for; it has passed the gate. Raises CockpitErrors."""
        address = address_of(self._regions, pathname)
        account = self._gates.enter(address.family.right, address.region, address.frames)
        code = address.region or (account.region if account else self._regions.district.code)
        texts = Texts(language_of(search))
        place = Place(self._regions, self._rules, self._regions.get(code), texts)
        return address, Asked(place, account, address.words, search)

    def interpolate_index(  # type: ignore[override]  # Dash calls it by these names
        self, **parts: Any
    ) -> str:
        """The HTML of a page, in the language and for the view of the request."""
        search = flask.request.query_string.decode(errors="replace")
        address, asked = self.asked(flask.request.path, search)
        family, language = address.family, asked.place.texts.language
        own = "".join(
            f'<script src="{self._libraries[name]}"></script>' for name in family.libraries
        )
        return _INDEX.format(
            lang="zh-CN" if language == "zh" else language,
            view=address.view,
            metas=parts["metas"],
            title=escape(family.title(asked)),
            favicon=parts["favicon"],
            css=parts["css"],
            import_map=self._import_map,
            boot=self._modules[family.entry],
            preloads=preloads(self._modules, family.entry),
            page=json.dumps(self._page(address, asked), ensure_ascii=False).replace("<", "\\u003c"),
            config=parts["config"],
            scripts=parts["scripts"] + own,
            renderer=parts["renderer"],
        )

    def csp_hashes(self, hash_algorithm: str = "sha256") -> list[str]:
        """Hashes of all inline scripts, the import map among them."""
        digest = hashlib.new(hash_algorithm, self._import_map.encode()).digest()
        ours = f"'{hash_algorithm}-{base64.b64encode(digest).decode()}'"
        return [*super().csp_hashes(hash_algorithm), ours]

    def _page(self, address: Address, asked: Asked) -> dict[str, Any]:
        """What the scripts must know: texts, names of categories, ids, build; who is signed in
        and the token that goes with each change."""
        named = {**self._rules.mains, **self._rules.minors}
        language, account = asked.place.texts.language, asked.account
        frames = address.frames
        return {
            "build": self._build,
            "language": language,
            "texts": table(language, address.family.texts),
            "categories": {code: getattr(name, language) for code, name in named.items()},
            "ids": {"late": ids.LATE},
            "socketOptions": shell.SOCKET_OPTIONS,
            "leaflet": "/_dash-component-suites/dash_leaflet/dash_leaflet.js",
            "account": None if account is None else _told(account),
            "csrf": "" if account is None else csrf_token(),
            # Whether it may ask for its wall's frame before its socket brings it.
            "early": bool(frames) and self._gates.sees_wall(address.region, frames),
            # A paired screen asks what it is to show.
            "device": bool(tokens().device),
        }


def _told(account: Account) -> dict[str, str]:
    return {
        "id": account.id,
        "role": account.role,
        "region": account.region,
        "department": account.department,
    }


def _library(package: str) -> str:
    """Take a component package's script out of all pages; the address at which its own get it."""
    module = importlib.import_module(package)
    first: dict[str, Any] = module._js_dist[0]
    first["dynamic"] = True
    path = first["relative_package_path"]
    changed = int((Path(str(module.__file__)).parent / path).stat().st_mtime)
    name: str = build_fingerprint(path, module.__version__, changed)  # type: ignore[no-untyped-call]
    return f"/_dash-component-suites/{package}/{name}"


def create_pages(
    server: flask.Flask,
    regions: Regions,
    rules: Rules,
    features: map_figure.Features,
    settings: Mapping[str, Any],
    build: str,
    gates: Gates,
) -> Pages:
    """Mount the Dash app on a Flask server. `features(code)` is the GeoJSON collection of a
    region's children; `build` names the running build."""
    # Served, yet not part of the page: the scripts load it after the first numbers.
    dash_leaflet._js_dist[0]["dynamic"] = True
    app = Pages(
        regions,
        rules,
        gates,
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
    _register(app, features, settings)
    guard_dash(server, app)
    return app


def _register(app: Pages, features: map_figure.Features, settings: Mapping[str, Any]) -> None:
    @app.callback(
        Output(ids.PAGE, "children"),
        Input(ids.LOCATION, "pathname"),
        Input(ids.LOCATION, "search"),
    )
    def route(pathname: str | None, search: str | None) -> Component:
        try:
            address, asked = app.asked(pathname or "", search or "")
        except CockpitError as error:
            return shell.notice(error, Texts(language_of(search)))
        return address.family.layout(asked)

    @app.callback(
        Output(ids.MAP_SLOT, "children"),
        Output(ids.TREND_SLOT, "children"),
        Input(ids.LATE, "data"),
        State(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def fill(late: Any, pathname: str | None, search: str | None) -> tuple[Any, Any]:
        if late is None:
            return no_update, no_update
        try:
            _, asked = app.asked(pathname or "", search or "")
        except CockpitError:  # it may not be seen any more, or nobody can tell: asked for again
            return no_update, no_update
        place = asked.place
        return map_figure.leaflet(place, features, settings), trend_figure.graphs(place.texts)


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
