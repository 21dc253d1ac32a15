"""The web server: pages, API, health and sockets behind one address.

`build_server` puts the parts together from what it is handed; `listen` runs the result under
gevent until a signal ends it.
"""

import errno
import gc
import logging
import re
import resource
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flask
import gevent
from flask import Flask, Response, redirect, request
from flask_compress import Compress
from gevent.pywsgi import WSGIServer

from callbacks.address import is_status, view_of
from callbacks.api import Receiver, create_api
from callbacks.figures import SiteFigures
from callbacks.gateway import Gateway
from callbacks.guard import install_guard
from callbacks.health import GatewayMetrics, create_health
from callbacks.outlet import OutletHandler
from callbacks.pages import create_pages
from callbacks.past import Queries, create_past
from callbacks.sources import SourcesNow
from callbacks.status import Watched, create_status
from callbacks.word import ServerWord
from cockpit.clock import Clock
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import DeadLetters, FrameBus, Stats
from cockpit.watching import LogGauge, ScreensBoard

log = logging.getLogger(__name__)

YEAR = 365 * 24 * 3600
# All screens come back at once after a restart; the kernel cuts it to net.core.somaxconn.
BACKLOG = 4096
# Connections taken in one go: a thousand at once would be a queue that frames wait behind.
ACCEPT = 10
# Open files beside the sockets of screens: Redis, pages being loaded, the event loop's own.
_OTHER_FILES = 500
# Dash answers every path that nobody else does by this rule.
_PAGES_RULE = "/<path:path>"
# Not in the page: the trend and the map ask for them after the first numbers.
_LATER = (
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
    "/_dash-component-suites/dash_leaflet/dash_leaflet.js",
)


@dataclass(frozen=True)
class Parts:
    """What the web server is made from. `features(code)` is a region's GeoJSON collection of
    its children's polygons; `board` shows this server's screens to all servers."""

    regions: Regions
    rules: Rules
    clock: Clock
    bus: FrameBus
    receiver: Receiver
    stats: Stats
    board: ScreensBoard
    queries: Queries
    gauge: LogGauge
    dead_letters: DeadLetters
    features: Callable[[str], dict[str, Any]]
    settings: Mapping[str, Any]
    build: str


def build_server(parts: Parts) -> tuple[Flask, Gateway]:
    """The WSGI application with everything mounted, and its gateway, not yet started."""
    server = Flask("cockpit", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    metrics = GatewayMetrics(parts.clock, f"{parts.regions.district.code}/wall")
    install_guard(server)
    _compress(server)
    _check_addresses(server, parts.regions)
    server.register_blueprint(create_api(parts.receiver, parts.bus, parts.regions, parts.queries))
    server.register_blueprint(create_past(parts.queries, parts.regions, parts.clock))
    server.register_blueprint(create_health(metrics, parts.stats))
    server.register_blueprint(create_status(_watched(parts, metrics)))
    word = ServerWord(parts.stats, parts.board, metrics)
    pages = create_pages(
        server, parts.regions, parts.rules, parts.features, parts.settings, parts.build
    )
    _set_headers(server, _content_policy(pages.csp_hashes(), parts.settings["tiles"]))
    gateway = Gateway(
        server=server,
        bus=parts.bus,
        regions=parts.regions,
        clock=parts.clock,
        build=parts.build,
        metrics=metrics,
        notices=word.notices,
        report=word,
    )
    return server, gateway


def _watched(parts: Parts, metrics: GatewayMetrics) -> Watched:
    """Whom operators see: on /status as a page, on /metrics as figures."""
    sources = SourcesNow(parts.bus, metrics.watched_view, parts.clock)
    asked = parts.stats, parts.gauge, parts.dead_letters, parts.board, sources
    metrics.registry.register(SiteFigures(*asked))
    return Watched(parts.clock, parts.regions, parts.build, metrics, *asked)


class _SuiteCache:
    """Compressed component suites, for good: their addresses name their content. Everything
    else has the empty key and is not kept."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        if not key.endswith(";"):
            self._kept[key] = value


def _compress(server: Flask) -> None:
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=6,
        COMPRESS_CACHE_BACKEND=_SuiteCache,
        COMPRESS_CACHE_KEY=lambda r: r.path if "/_dash-component-suites/" in r.path else "",
    )
    Compress(server)


def _check_addresses(server: Flask, regions: Regions) -> None:
    @server.before_request
    def check() -> flask.typing.ResponseReturnValue | None:
        if request.path == "/":
            query = "?" + request.query_string.decode() if request.query_string else ""
            return redirect(f"/wall/{regions.district.code}{query}")
        page = request.url_rule is not None and request.url_rule.rule == _PAGES_RULE
        if page and not is_status(request.path):
            view_of(regions, request.path)
        return None


def _content_policy(script_hashes: list[str], tiles: str) -> str:
    """Only this host is spoken to, and the tile service when one is set."""
    images = "'self' data: blob:"
    if tiles:
        scheme, host = re.match(r"(https?)://([^/]+)", tiles).groups()  # type: ignore[union-attr]
        images += f" {scheme}://" + re.sub(r"^[^.]*\{[^.]*", "*", host)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(script_hashes)}",
            "style-src 'self' 'unsafe-inline'",
            f"img-src {images}",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def _set_headers(server: Flask, policy: str) -> None:
    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        cache = response.cache_control
        if request.path.startswith("/_dash-component-suites/") and cache.max_age:
            cache.public = cache.immutable = True
        elif request.path.startswith("/assets/") and "m" in request.args:
            cache.public = cache.immutable = True
            cache.no_cache, cache.max_age = None, YEAR
        elif not cache:
            cache.no_cache = True
        return response


def warm(server: Flask, page: str) -> None:
    """Compress the scripts of a page before anyone waits for them: Plotly alone would hold
    the event loop for half a second. Browsers ask for brotli only where they trust the
    connection."""
    client = server.test_client()
    html = client.get(page, headers={"Accept-Encoding": "identity"}).get_data(as_text=True)
    scripts = re.findall(r'src="(/_dash-component-suites/[^"]+)"', html)
    for script in (*scripts, *_LATER):
        for encoding in ("br", "gzip"):
            client.get(script, headers={"Accept-Encoding": encoding}).close()


def allow_files(sockets: int) -> None:
    """Let this process open as many files as it may, and warn when those are too few for so
    many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    needed = sockets + _OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < needed:
        error = CockpitError("files.too_few", limit=hard, needed=needed, sockets=sockets)
        log.warning("%s", error)


def listen(server: Flask, gateway: Gateway, host: str, port: int, sockets: int) -> None:
    """Listen and serve until SIGTERM or SIGINT, which end it at once. `sockets` is how many
    screens it is meant to hold.

    Raises CockpitError `port.taken` or `setting.invalid` when it cannot listen there.
    """
    # The handler of sockets writes an access log of its own, whatever `log` says.
    logging.getLogger("geventwebsocket.handler").setLevel(logging.WARNING)
    allow_files(sockets)
    web = WSGIServer(
        (host, port),
        server,
        backlog=BACKLOG,
        handler_class=OutletHandler,
        log=None,
        error_log=log,
    )
    web.max_accept = ACCEPT
    try:
        web.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CockpitError("port.taken", port=port, option="--port") from None
        raise CockpitError("setting.invalid", name="--host, --port", why=error) from None
    # The accepted sockets inherit it: else the end of an answer waits 40 ms for an acknowledgement.
    web.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    gateway.start()
    # What is loaded by now stays: the collector need not look through it again and again while
    # screens come, which would hold up frames by a tenth of a second each time.
    gc.collect()
    gc.freeze()
    ended = gevent.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, ended.set)
    log.info("serving at http://%s:%s", host, web.server_port)
    ended.wait()
    web.stop(timeout=0.2)
