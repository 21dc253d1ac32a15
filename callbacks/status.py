"""The state of the whole site for operators: `GET /api/v1/status`, what the page /status shows.

Everything in it is what the parts say of themselves; nothing is kept here but the last answer,
for a second, so that many operators cost no more than one. Ages are real seconds, whatever the
speed of the cockpit's clock.
"""

import time
from collections import Counter
from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response
from msgspec import Struct

from callbacks.gates import Gates
from callbacks.health import GatewayMetrics, read_readiness
from callbacks.sources import Source, SourcesNow
from callbacks.stages import Stage, stages_of
from cockpit.clock import SECOND, Clock, to_text
from cockpit.domain.access import Right
from cockpit.domain.regions import Regions
from cockpit.ports import DeadLetters, Process, Sessions, Stats
from cockpit.watching import ConnectedScreen, LogGauge, LogState, ScreensBoard

_KEPT_SECONDS = 1.0
MOST_CODES, MOST_SCREENS = 50, 200


class ProcessNow(Struct):
    """A process with the age of its last word."""

    role: str
    instance: str
    state: str
    since: str
    age_seconds: float
    build: str
    figures: dict[str, float]


class CodeNow(Struct):
    """A code of dead letters."""

    code: str
    count: int
    last: str


class ScreenNow(Struct):
    """A screen: the region it shows by name, at which server, and its last report if any;
    `picture_seconds` is the age its picture had when it reported. `device`: the id of a paired
    one."""

    view: str
    name: str
    server: str
    since: str
    sent: int
    skipped: int
    live: str
    picture_seconds: float | None = None
    reported_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    device: str = ""


class ScreensNow(Struct):
    """All screens by what they show themselves as (`unheard`: no report yet), and the worst of
    them, at most 200."""

    total: int
    servers: int
    live: dict[str, int]
    skipped: int
    list: list[ScreenNow]


class Status(Struct):
    """The whole answer. `missing` and `faults` are those of /readyz."""

    at: str
    build: str
    missing: list[str]
    faults: list[str]
    stages: list[Stage]
    processes: list[ProcessNow]
    sources: list[Source]
    dead_letters: list[CodeNow]
    screens: ScreensNow
    log: LogState


@dataclass(frozen=True)
class Watched:
    """Whom the status asks."""

    clock: Clock
    regions: Regions
    build: str
    metrics: GatewayMetrics
    sessions: Sessions
    stats: Stats
    gauge: LogGauge
    dead_letters: DeadLetters
    board: ScreensBoard
    sources: SourcesNow


def create_status(watched: Watched, gates: Gates) -> Blueprint:
    """The one route. It answers `redis.unreachable` while the parts cannot be asked."""
    status = Blueprint("status", __name__, url_prefix="/api/v1")
    kept: list[tuple[float, bytes]] = []

    @status.get("/status")
    def get_status() -> Response:
        gates.enter(Right.LOOK_STATUS, "")
        now = time.monotonic()
        if not kept or now - kept[0][0] > _KEPT_SECONDS:
            kept[:] = [(now, msgspec.json.encode(read_status(watched)))]
        headers = {"Cache-Control": "no-store"}
        return Response(kept[0][1], mimetype="application/json", headers=headers)

    return status


def read_status(watched: Watched) -> Status:
    """As things are now. Raises CockpitError `redis.unreachable` or `redis.refused`."""
    processes, log = watched.stats.all(), watched.gauge.read()
    sources, screens = watched.sources.read(), watched.board.all()
    readiness = read_readiness(watched.metrics, watched.stats, watched.sessions)
    return Status(
        at=to_text(watched.clock.now()),
        build=watched.build,
        missing=readiness.missing,
        faults=readiness.faults,
        stages=stages_of(processes, log, sources, screens, readiness),
        processes=[_process(watched, each) for each in processes],
        sources=sources,
        dead_letters=[
            CodeNow(each.code, each.count, to_text(each.last))
            for each in watched.dead_letters.counts()[:MOST_CODES]
        ],
        screens=_screens(watched, screens),
        log=log,
    )


def _age(watched: Watched, instant: int) -> float:
    return round(max(0, watched.clock.now() - instant) / SECOND / watched.clock.speed, 1)


def _process(watched: Watched, each: Process) -> ProcessNow:
    age = _age(watched, each.at)
    since = to_text(each.since)
    return ProcessNow(each.role, each.instance, each.state, since, age, each.build, each.values)


def _screens(watched: Watched, board: dict[str, list[ConnectedScreen]]) -> ScreensNow:
    placed = [(server, screen) for server, screens in board.items() for screen in screens]
    placed.sort(key=lambda each: _trouble(each[1]), reverse=True)
    live = Counter(screen.report.live if screen.report else "unheard" for _, screen in placed)
    return ScreensNow(
        total=len(placed),
        servers=len(board),
        live=dict(live),
        skipped=sum(screen.skipped for _, screen in placed),
        list=[_screen(watched, server, screen) for server, screen in placed[:MOST_SCREENS]],
    )


def _trouble(screen: ConnectedScreen) -> tuple[bool, int, float]:
    """What makes a screen worth looking at, worst highest."""
    report = screen.report
    offered = screen.sent + screen.skipped
    share = screen.skipped / offered if offered else 0.0
    if report is None:
        return (False, 0, share)
    return (report.live != "live", report.age_ms if report.live != "live" else 0, share)


def _screen(watched: Watched, server: str, screen: ConnectedScreen) -> ScreenNow:
    report = screen.report
    shown = ScreenNow(
        view=screen.view,
        name=watched.regions.get(screen.view.partition("/")[0]).name,
        server=server,
        since=to_text(screen.since),
        sent=screen.sent,
        skipped=screen.skipped,
        live=report.live if report else "unheard",
        device=screen.device,
    )
    if report:
        shown.picture_seconds = round(report.age_ms / 1000, 1)
        shown.reported_seconds = _age(watched, report.at)
        shown.width, shown.height = report.width, report.height
    return shown
