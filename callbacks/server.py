"""The web server: pages, API, health and sockets behind one address.

`build_server` puts the parts together from what it is handed; callbacks/listening.py runs the
result.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask
from flask import Blueprint, Flask, redirect, request

from callbacks.account import create_account
from callbacks.api import Receiver, create_api
from callbacks.audit import AuditTrail
from callbacks.commands_api import create_commands_api
from callbacks.compression import compress
from callbacks.desk_api import create_desk_api
from callbacks.drill import create_drill
from callbacks.families import address_of
from callbacks.figures import SiteFigures
from callbacks.gates import Desk, Gates
from callbacks.gateway import Gateway
from callbacks.guard import install_guard
from callbacks.health import GatewayMetrics, create_health
from callbacks.kiosk import create_kiosk, first_page
from callbacks.limits import Limits
from callbacks.login import LoginPage, create_login, lead_to
from callbacks.oidc import create_oidc
from callbacks.pages import create_pages
from callbacks.papers import Office, create_papers
from callbacks.past import Queries, create_past
from callbacks.people_api import create_people_api
from callbacks.security import SAFE, behind_proxies, content_policy, install_security, set_headers
from callbacks.shapes import create_shapes
from callbacks.sources import SourcesNow
from callbacks.status import Watched, create_status
from callbacks.word import ServerWord
from cockpit.clock import Clock
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import DeadLetters, FrameBus, Sessions, Stats
from cockpit.watching import LogGauge, ScreensBoard

# Dash answers every path that nobody else does by this rule.
_PAGES_RULE = "/<path:path>"
# Changes over HTTP that no account makes: a source by its key, a screen by its own secret.
_FREE_CHANGES = ("/api/v1/events", "/api/v1/pairing")


@dataclass(frozen=True)
class Parts:
    """What the web server is made from. `features(code)` is a region's GeoJSON collection of
    its children's polygons; `board` shows this server's screens to all servers; `queries` and
    `desk` ask the roles of these names; `secret` signs what a page sends back;
    `limits` is where requests are counted, `memory://` or a Redis."""

    regions: Regions
    rules: Rules
    clock: Clock
    bus: FrameBus
    receiver: Receiver
    stats: Stats
    board: ScreensBoard
    queries: Queries
    desk: Desk
    office: Office
    sessions: Sessions
    gauge: LogGauge
    dead_letters: DeadLetters
    features: Callable[[str], dict[str, Any]]
    settings: Mapping[str, Any]
    build: str
    secret: str
    limits: str


def build_server(parts: Parts) -> tuple[Flask, Gateway]:
    """The WSGI application with everything mounted, and its gateway, not yet started."""
    server = Flask("cockpit", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    metrics = GatewayMetrics(parts.clock, f"{parts.regions.district.code}/wall")
    install_guard(server)
    csrf = install_security(server, parts.secret)
    compress(server)
    settings = parts.settings
    gates = _gates(parts)
    gates.attach(server)
    _check_addresses(server, parts.regions, gates)
    limits = Limits(server, parts.limits, settings["prefix"])
    for door in _own_power(parts, gates, limits):
        csrf.exempt(door)
        server.register_blueprint(door)
    for door in _doors(parts, gates, metrics):
        server.register_blueprint(door)
    _let_in(server, parts, gates)
    limits.guard(server)
    word = ServerWord(parts.stats, parts.board, parts.sessions, metrics)
    pages = create_pages(
        server, parts.regions, parts.rules, parts.features, settings, parts.build, gates
    )
    csrf.exempt("dash.dash.dispatch")  # draws, and changes nothing
    set_headers(server, content_policy(pages.csp_hashes(), settings))
    gateway = Gateway(
        server=server,
        bus=parts.bus,
        regions=parts.regions,
        clock=parts.clock,
        build=parts.build,
        metrics=metrics,
        gates=gates,
        notices=word.notices,
        screen_changes=word.screen_changes,
        report=word,
    )
    behind_proxies(server, settings["trusted_proxies"])
    return server, gateway


def _gates(parts: Parts) -> Gates:
    settings = parts.settings
    return Gates(
        parts.regions, parts.sessions, parts.desk, settings["walls"], settings["simulate"],
        AuditTrail(parts.desk).refused,
    )  # fmt: skip


def _own_power(parts: Parts, gates: Gates, limits: Limits) -> Iterator[Blueprint]:
    """The doors that no session's cookie opens: a source comes with its key, and a screen that
    asks for its code with its own secret."""
    yield create_api(
        parts.receiver, parts.bus, parts.regions, parts.queries, gates, parts.sessions, limits
    )
    yield create_kiosk(gates, parts.desk, parts.regions)


def _doors(parts: Parts, gates: Gates, metrics: GatewayMetrics) -> Iterator[Blueprint]:
    yield create_past(parts.queries, parts.regions, parts.clock, gates)
    yield create_desk_api(parts.desk, gates)
    yield create_drill(parts.queries, parts.desk, parts.regions, parts.rules, gates)
    yield create_papers(parts.office, parts.desk, gates)
    yield create_shapes(parts.features, parts.regions, gates)
    yield create_commands_api(parts.desk, gates)
    yield create_health(metrics, parts.stats, parts.sessions)
    yield create_status(_watched(parts, metrics), gates)
    yield create_people_api(parts.desk, gates, parts.board)


def _let_in(server: Flask, parts: Parts, gates: Gates) -> None:
    """The ways to sign in, and one's own account."""
    settings = parts.settings
    provider = settings["oidc_name"] if settings["oidc_issuer"] else ""
    page = LoginPage(parts.regions, settings["simulate"], provider)
    server.register_blueprint(create_login(gates, parts.desk, page))
    server.register_blueprint(create_account(parts.regions, gates, parts.desk))
    if provider:
        refuse = partial(page, "", "")
        server.register_blueprint(create_oidc(server, settings, parts.desk, refuse))


def _watched(parts: Parts, metrics: GatewayMetrics) -> Watched:
    """Whom operators see: on /status as a page, on /metrics as figures."""
    sources = SourcesNow(parts.bus, metrics.watched_view, parts.clock)
    asked = parts.stats, parts.gauge, parts.dead_letters, parts.board, sources
    metrics.registry.register(SiteFigures(*asked))
    site = parts.clock, parts.regions, parts.build, metrics, parts.sessions
    return Watched(*site, *asked)


def _check_addresses(server: Flask, regions: Regions, gates: Gates) -> None:
    @server.before_request
    def check() -> flask.typing.ResponseReturnValue | None:
        if request.path == "/":
            query = "?" + request.query_string.decode() if request.query_string else ""
            home = first_page(gates) or f"/wall/{regions.district.code}"
            return redirect(f"{home}{query}")
        rule = request.url_rule.rule if request.url_rule else ""
        if request.method not in SAFE and rule.startswith("/api/") and rule not in _FREE_CHANGES:
            gates.account()  # before anything of the request is read
        if rule != _PAGES_RULE:
            return None
        address = address_of(regions, request.path)
        try:
            gates.enter(address.family.right, address.region, address.frames)
        except CockpitError as error:
            if error.code == "access.login":
                return lead_to(address.family.unknown)
            if error.code == "access.must_change":
                return lead_to("/account")
            home = first_page(gates)
            if home and home != request.path:  # a screen that came to another wall than its own
                return redirect(home)
            raise
        return None
