"""What desks ask for: queues, their rows, and one subject (docs/desk.md).

`GET /api/v1/desk/<region>/queues`, `GET /api/v1/desk/<region>/rows?queue=&start=&end=&sort=
due:asc,…&filter=<json>&search=`, `GET /api/v1/desk/subjects/<kind>/<key>`. The role `desk` answers,
who alone knows where a subject lies; it passes whoever asks through the gate.
"""

from typing import Any, cast, get_args

import msgspec
from flask import Blueprint, Response, request

from callbacks.gates import Desk, Gates, peer
from cockpit.errors import CockpitError
from datasource.desk.work_questions import Kind, Queue, QueueCounts, Rows, Subject

_LONGEST_FILTER = 16_000
_LONGEST_KEY = 256


def create_desk_api(desk: Desk, gates: Gates) -> Blueprint:
    """The routes under /api/v1/desk that show. Raise CockpitError `access.*`, `request.invalid`,
    and what the desk raises."""
    api = Blueprint("desk_api", __name__, url_prefix="/api/v1/desk")

    @api.get("/<region>/queues")
    def queues(region: str) -> Response:
        return _json(desk.ask(QueueCounts(gates.account(), region, address=peer())))

    @api.get("/<region>/rows")
    def rows(region: str) -> Response:
        question = Rows(
            who=gates.account(),
            region=region,
            queue=cast(Queue, _one_of("queue", get_args(Queue))),
            start=_number("start"),
            end=_number("end"),
            sort=_sort(),
            filters=_filters(),
            search=request.args.get("search", "")[:_LONGEST_KEY],
            address=peer(),
        )
        return _json(desk.ask(question))

    @api.get("/subjects/<kind>/<path:key>")
    def subject(kind: str, key: str) -> Response:
        if kind not in get_args(Kind) or len(key) > _LONGEST_KEY:
            raise CockpitError("subject.unknown", subject=f"{kind}/{key}"[:80])
        return _json(desk.ask(Subject(gates.account(), cast(Kind, kind), key, address=peer())))

    return api


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _invalid(why: str) -> CockpitError:
    return CockpitError("request.invalid", why=why)


def _one_of(name: str, allowed: tuple[str, ...]) -> str:
    text = request.args.get(name, "")
    if text not in allowed:
        raise _invalid(f"{name} is none of {', '.join(allowed)}")
    return text


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _invalid(f"{name} is not a whole number")
    return int(text)


def _sort() -> list[tuple[str, str]]:
    """`due:asc,key:desc` as pairs."""
    parts = [part for part in request.args.get("sort", "").split(",") if part]
    return [(name, way or "asc") for name, _, way in (part.partition(":") for part in parts)]


def _filters() -> dict[str, Any]:
    text = request.args.get("filter", "")
    if not text:
        return {}
    if len(text) > _LONGEST_FILTER:
        raise _invalid("the filter is too long")
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid(f"the filter is not JSON: {error}") from None
