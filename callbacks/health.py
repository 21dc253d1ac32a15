"""Whether the cockpit lives (/healthz), whether it shows the truth (/readyz), and its figures
for Prometheus (/metrics)."""

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    generate_latest,
)

from callbacks.readiness import ALWAYS, faults_of, missing_roles
from cockpit.clock import SECOND, Clock, parse_instant
from cockpit.errors import CockpitError
from cockpit.ports import Sessions, Stats

# Frames come at least each second; after three without one a screen is stale.
FRESH_SECONDS = 3.0


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

    def figures(self, sockets: int) -> dict[str, float]:
        """What role `serve` says of itself with so many screens (callbacks/figures.py)."""
        told = {"sockets": float(sockets), "frame_age_ms": round((self.frame_age() or 0) * 1000)}
        for name in ("relayed", "skipped", "superseded"):
            told[name] = self.registry.get_sample_value(f"cockpit_frames_{name}_total") or 0.0
        return told


@dataclass(frozen=True)
class Readiness:
    """What is missing by name (a role, `redis`, `frames`), the codes of what roles cannot do,
    and the real age of the district's last frame, None before any."""

    missing: list[str]
    faults: list[str]
    frame_age_seconds: float | None

    @property
    def ready(self) -> bool:
        return not self.missing and not self.faults


def create_health(metrics: GatewayMetrics, stats: Stats, sessions: Sessions) -> Blueprint:
    """The three routes; requests are counted from here on."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "alive"})

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        state = read_readiness(metrics, stats, sessions)
        answer = {
            "status": "ready" if state.ready else "waiting",
            "missing": state.missing,
            "faults": state.faults,
            "frame_age_seconds": state.frame_age_seconds,
        }
        return jsonify(answer), 200 if state.ready else 503

    @health.get("/metrics")
    def figures() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    @health.after_app_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.requests.labels(route, response.status_code).inc()
        return response

    return health


def read_readiness(metrics: GatewayMetrics, stats: Stats, sessions: Sessions) -> Readiness:
    """As things are now; never raises. The desk is missed also as long as it has not said whether
    walls are open and sources need keys."""
    try:
        processes, ever_seen = stats.all(), stats.roles()
    except CockpitError:
        missing, faults = ["redis", *ALWAYS], list[str]()
    else:
        missing, faults = missing_roles(processes, ever_seen), faults_of(processes)
        if "desk" not in missing and not _told(sessions):
            missing.append("desk")
    age = metrics.frame_age()
    if age is None or age > FRESH_SECONDS:
        missing.append("frames")
    return Readiness(missing, faults, None if age is None else round(age, 3))


def _told(sessions: Sessions) -> bool:
    try:
        sessions.keys_exist()
    except CockpitError:
        return False
    return True
