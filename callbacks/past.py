"""The HTTP door to the past: replays, frames of earlier instants, and history.

Every value of an address is checked here; the answer itself is made by the role `query`, so that
nothing here takes longer than passing it on. All instants are RFC 3339.
"""

import re
from typing import Protocol, cast, get_args

from flask import Blueprint, Response, request

from callbacks.address import checked_view
from callbacks.gates import Gates
from cockpit.clock import DAY, HOUR, Clock, parse_instant
from cockpit.domain.access import Right
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.questions import (
    By,
    Compare,
    Departments,
    FrameAt,
    Go,
    Handling,
    Moments,
    Question,
    Replay,
    Series,
)

PERIODS = ("7", "30", "90")
MAX_METRICS = 12
_LONGEST = 400 * DAY
_MOST_INSTANTS = 5000
_STEPS: dict[By, int] = {"half_hour": HOUR // 2, "day": DAY}
_SESSION = re.compile(r"([0-9a-f]{8})-[0-9a-f]{8}")
_METRIC = re.compile(r"[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40}){1,3}")
# A plus sign that was not written as %2B arrives as a space.
_BARE_PLUS = re.compile(r" (\d\d:?\d\d)$")
_PERIOD = ("days", "from", "to")


class Queries(Protocol):
    """Asks the role `query`."""

    def ask(self, question: Question, worker: str = "") -> bytes:
        """The answer as JSON, if it can be of this worker. Raises CockpitErrors."""


def create_past(queries: Queries, regions: Regions, clock: Clock, gates: Gates) -> Blueprint:
    """The routes under /api/v1 that look back. What a wall shows, whoever may see it may see of
    any moment."""
    past = Blueprint("past", __name__, url_prefix="/api/v1")

    @past.get("/replay/<region>/<screen>")
    def replay(region: str, screen: str) -> Response:
        _only("at", "session", "go")
        view = checked_view(regions, region, screen)
        gates.look(Right.LOOK_WALL, region, view)
        session = _session()
        question = Replay(view=view, at=_instant("at"), go=_go(), session=session)
        return _json(queries.ask(question, worker=session.partition("-")[0]))

    _periods(past, queries, regions, clock, gates)
    return past


def _periods(
    past: Blueprint, queries: Queries, regions: Regions, clock: Clock, gates: Gates
) -> None:
    def period(region: str, days: int) -> tuple[str, int, int]:
        return (seen(region), *_period(clock.now(), days))

    def seen(region: str) -> str:
        code = regions.get(region).code
        gates.look(Right.LOOK_WALL, code, f"{code}/wall")
        return code

    @past.get("/moments/<region>")
    def moments(region: str) -> Response:
        _only(*_PERIOD)
        return _json(queries.ask(Moments(*period(region, 7))))

    @past.get("/history/<region>")
    def series(region: str) -> Response:
        _only(*_PERIOD, "metrics", "by", "children")
        by = cast(By, _choice("by", get_args(By), "day"))
        code, start, end = period(region, 7)
        if end - start > _MOST_INSTANTS * _STEPS[by]:
            raise _invalid(f"the period has more than {_MOST_INSTANTS} half-hours")
        children = _choice("children", ("0", "1"), "0") == "1"
        return _json(queries.ask(Series(code, _metrics(), start, end, by, children)))

    @past.get("/history/<region>/compare")
    def compare(region: str) -> Response:
        _only("metrics", "at")
        at = _instant("at") if "at" in request.args else clock.now()
        return _json(queries.ask(Compare(seen(region), _metrics(), at)))

    @past.get("/history/<region>/handling")
    def handling(region: str) -> Response:
        _only(*_PERIOD)
        return _json(queries.ask(Handling(*period(region, 30))))

    @past.get("/history/<region>/departments")
    def departments(region: str) -> Response:
        _only(*_PERIOD)
        return _json(queries.ask(Departments(*period(region, 30))))


def frame_at(queries: Queries, view: str) -> Response:
    """The bare frame of a view at the instant that the request names with `?at=`."""
    _only("at")
    return _json(queries.ask(FrameAt(view, _instant("at"))))


# -- what a request may say ----------------------------------------------------------------


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _invalid(why: str) -> CockpitError:
    return CockpitError("request.invalid", why=why)


def _only(*names: str) -> None:
    """A misspelt name would otherwise be an answer to another question."""
    for name, values in request.args.lists():
        if name not in {*names, "lang"}:
            raise _invalid(f"there is no {name[:20]!r} here, but {', '.join(names)}")
        if len(values) > 1:
            raise _invalid(f"{name} stands {len(values)} times")


def _text(name: str) -> str:
    if name not in request.args:
        raise _invalid(f"{name} is missing")
    return request.args[name]


def _choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    text = request.args.get(name, default)
    if text not in allowed:
        raise _invalid(f"{name} is none of {', '.join(allowed)}")
    return text


def _instant(name: str) -> int:
    return parse_instant(_BARE_PLUS.sub(r"+\1", _text(name)[:60]))


def _go() -> Go | None:
    return cast(Go, _choice("go", get_args(Go), "")) if "go" in request.args else None


def _session() -> str:
    """The name of a replay, '' for a new one."""
    text = request.args.get("session", "")
    if text and not _SESSION.fullmatch(text):
        raise _invalid("session is not one that a replay answered")
    return text


def _metrics() -> list[str]:
    names = list(dict.fromkeys(_text("metrics").split(",")))
    if len(names) > MAX_METRICS:
        raise _invalid(f"more than {MAX_METRICS} metrics")
    for name in names:
        if not _METRIC.fullmatch(name):
            raise CockpitError("metric.unknown", metric=name[:60])
    return names


def _period(now: int, days: int) -> tuple[int, int]:
    """`from` and `to`, else the last so many days up to now, today among them."""
    if "from" not in request.args and "to" not in request.args:
        count = int(_choice("days", PERIODS, str(days)))
        return day_start(day_of(now) - count + 1), now
    if "days" in request.args:
        raise _invalid("days beside from and to")
    start, end = _instant("from"), _instant("to")
    if not 0 < end - start <= _LONGEST:
        raise _invalid(f"from must lie before to, at most {_LONGEST // DAY} days")
    return start, end
