"""Whether the cockpit lives (/healthz), whether it shows the truth (/readyz), and its figures
for Prometheus (/metrics)."""

import re
from collections.abc import Iterator

import msgspec
from flask import Blueprint, Response, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cockpit.clock import SECOND, Clock, parse_instant
from cockpit.errors import CockpitError
from cockpit.ports import Stats

# Frames come at least each second; after three without one a screen is stale.
FRESH_SECONDS = 3.0
# The roles that write figures of themselves, and are missed when they do not.
ROLES = ("intake", "projector")


class _At(msgspec.Struct):
    at: str


class GatewayMetrics:
    """The figures of one web server, in a registry of its own."""

    def __init__(self, clock: Clock, watched_view: str) -> None:
        self._clock, self.watched_view = clock, watched_view
        self._decode = msgspec.json.Decoder(_At).decode
        self._last_at: int | None = None
        self.registry = CollectorRegistry()
        self.sockets = Gauge(
            "cockpit_sockets", "Screens connected", ["view"], registry=self.registry
        )
        self.relayed = Counter(
            "cockpit_frames_relayed", "Frames handed to screens", registry=self.registry
        )
        self.skipped = Counter(
            "cockpit_frames_skipped",
            "Frames not handed to a screen that had not taken its last one",
            registry=self.registry,
        )
        self.superseded = Counter(
            "cockpit_frames_superseded",
            "Frames that a newer one of their view replaced before they were relayed",
            registry=self.registry,
        )
        self.bad_reports = Counter(
            "cockpit_screen_reports_bad",
            "Answers of screens that were no report of their health",
            registry=self.registry,
        )
        self.requests = Counter(
            "cockpit_requests", "Requests answered", ["route", "status"], registry=self.registry
        )

    def saw_frame(self, frame: bytes) -> None:
        """Note the instant of a frame of the watched view."""
        self._last_at = parse_instant(self._decode(frame).at)

    def frame_age(self) -> float | None:
        """Real seconds since the watched view's last frame was rendered, None before any."""
        if self._last_at is None:
            return None
        return (self._clock.now() - self._last_at) / SECOND / self._clock.speed


class _Roles(Collector):
    """The other roles' figures, fetched when Prometheus asks."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            roles = {role: self._stats.read(role) for role in ROLES}
        except CockpitError:
            return
        for role, figures in roles.items():
            for name, value in sorted(figures.items()):
                metric = re.sub(r"\W", "_", f"cockpit_{role}_{name}")
                yield GaugeMetricFamily(metric, f"{name} as the {role} says", value=value)


def create_health(metrics: GatewayMetrics, stats: Stats) -> Blueprint:
    """The three routes; requests are counted from here on."""
    health = Blueprint("health", __name__)
    metrics.registry.register(_Roles(stats))

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "alive"})

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        missing = _missing(metrics, stats)
        age = metrics.frame_age()
        answer = {
            "status": "waiting" if missing else "ready",
            "missing": missing,
            "frame_age_seconds": None if age is None else round(age, 3),
        }
        return jsonify(answer), 503 if missing else 200

    @health.get("/metrics")
    def figures() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    @health.after_app_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.requests.labels(route, response.status_code).inc()
        return response

    return health


def _missing(metrics: GatewayMetrics, stats: Stats) -> list[str]:
    try:
        missing = [role for role in ROLES if not stats.read(role)]
    except CockpitError:
        missing = ["redis", *ROLES]
    age = metrics.frame_age()
    if age is None or age > FRESH_SECONDS:
        missing.append("frames")
    return missing
