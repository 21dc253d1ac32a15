"""The way of the data as seven stages, each with its state, its lag and the figures that matter:
sources, intake, log, projector, archive, serve, screens."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from callbacks.health import Readiness
from callbacks.sources import Source
from cockpit.ports import Process
from cockpit.watching import ConnectedScreen, LogState

State = Literal["good", "risk", "late", "none"]

# Lags in ms from which a stage is at risk, and late. The archive may lag: the log keeps for it.
_PROJECTOR_MS = (1_000, 3_000)
_ARCHIVE_MS = (5_000, 60_000)
_FRAMES_MS = (2_000, 3_000)
# Share of Redis's memory limit from which the log is at risk, and late.
_MEMORY = (0.7, 0.9)


class Stage(Struct):
    """A stage: `none` when it has never been here; `lag_ms` None where none can be told."""

    name: str
    state: State
    lag_ms: float | None
    figures: dict[str, float]


def stages_of(
    processes: Sequence[Process],
    log: LogState,
    sources: Sequence[Source],
    screens: Mapping[str, Sequence[ConnectedScreen]],
    readiness: Readiness,
) -> list[Stage]:
    """The seven, in the order in which an event passes them."""
    return [
        _sources(sources),
        _intake(processes, readiness),
        _log(log),
        _projector(processes),
        _archive(processes, readiness),
        _serve(processes, readiness),
        _screens([screen for each in screens.values() for screen in each]),
    ]


def _level(value: float, marks: tuple[float, float]) -> State:
    return "late" if value >= marks[1] else "risk" if value >= marks[0] else "good"


def _of(processes: Sequence[Process], role: str) -> tuple[dict[str, float], dict[str, float]]:
    """The active one's figures, and how many there are and how many of them stand by."""
    there = [each for each in processes if each.role == role]
    active = [each for each in there if each.state == "active"]
    values = max(active, key=lambda each: each.at).values if active else {}
    standby = sum(each.state == "standby" for each in there)
    return values, {"processes": len(there), "active": len(active), "standby": standby}


def _some(values: Mapping[str, float], *names: str) -> dict[str, float]:
    return {name: values[name] for name in names if name in values}


def _sources(sources: Sequence[Source]) -> Stage:
    late = sum(each.late for each in sources)
    state: State = "none" if not sources else "risk" if late else "good"
    if late and late == len(sources):
        state = "late"
    newest = min((each.silent_seconds for each in sources), default=None)
    figures = {"count": len(sources), "late": late, "missed": sum(s.missed for s in sources)}
    return Stage("sources", state, None if newest is None else newest * 1000, dict(figures))


def _intake(processes: Sequence[Process], readiness: Readiness) -> Stage:
    values, counts = _of(processes, "intake")
    state: State = "good" if counts["active"] and not readiness.faults else "late"
    return Stage("intake", state, None, {
        **counts, **_some(values, "received", "accepted", "rejected", "gaps", "refusing"),
    })  # fmt: skip


def _log(log: LogState) -> Stage:
    state = _level(log.memory / log.limit, _MEMORY) if log.limit else "good"
    figures = {"length": log.length, "head": log.head, "memory": log.memory, "limit": log.limit}
    return Stage("log", state, None, dict(figures))


def _projector(processes: Sequence[Process]) -> Stage:
    values, counts = _of(processes, "projector")
    lag = values.get("lag_ms")
    state = "late" if lag is None else _level(lag, _PROJECTOR_MS)
    if state == "good" and not values.get("caught_up"):
        state = "risk"
    return Stage("projector", state, lag, {**counts, **_some(values, "seq", "frames")})


def _archive(processes: Sequence[Process], readiness: Readiness) -> Stage:
    values, counts = _of(processes, "archive")
    lag = values.get("lag_ms")
    state: State = "late" if "archive" in readiness.missing else "none"
    if lag is not None:
        state = _level(lag, _ARCHIVE_MS)
    return Stage("archive", state, lag, {
        **counts, **_some(values, "seq", "lag_entries", "commit_ms", "trimmed"),
    })  # fmt: skip


def _serve(processes: Sequence[Process], readiness: Readiness) -> Stage:
    _values, counts = _of(processes, "serve")
    all_of_them = [each.values for each in processes if each.role == "serve"]
    sums = {
        name: sum(values.get(name, 0) for values in all_of_them)
        for name in ("sockets", "relayed", "skipped")
    }
    age = readiness.frame_age_seconds
    lag = None if age is None else age * 1000
    state: State = "late" if lag is None else _level(lag, _FRAMES_MS)
    return Stage("serve", state, lag, {**counts, **sums})


def _screens(screens: Sequence[ConnectedScreen]) -> Stage:
    reports = [screen.report for screen in screens if screen.report]
    dead = sum(report.live != "live" for report in reports)
    state: State = "none" if not screens else "risk" if dead else "good"
    if dead and dead == len(screens):
        state = "late"
    oldest = max((report.age_ms for report in reports), default=None)
    figures = {
        "total": len(screens), "not_live": dead, "skipped": sum(s.skipped for s in screens),
    }  # fmt: skip
    return Stage("screens", state, oldest, dict(figures))
