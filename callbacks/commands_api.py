"""The HTTP door to what desks do: commands, and the duty lists (docs/commands.md).

`POST /api/v1/commands` takes `{"commands": [...]}`, one to a hundred, and answers each by itself:
200 also when some were refused. `GET /api/v1/duties/<region>?name=&version=` reads the lists in
force there, `PUT` with `{"name", "version", "rows"}` makes a new version of one.
"""

from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request
from msgspec import Struct

from callbacks.gates import Desk, Gates, peer
from cockpit.errors import CockpitError
from datasource.desk.work_questions import Command, DutyLists, Give, SaveDutyList

Body = TypeVar("Body", bound=Struct)
# After these nobody knows whether the role desk has heard the question.
_UNSURE = ("redis.unreachable", "redis.refused", "query.slow")


class Given(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request to give commands."""

    commands: list[Command]


class NewList(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request to change a duty list; `version` as it was read."""

    name: str
    version: int
    rows: list[dict[str, Any]]


def create_commands_api(desk: Desk, gates: Gates) -> Blueprint:
    """The routes. Raise CockpitError `access.*`, `request.invalid`, `command.unsure`, and what the
    desk raises."""
    api = Blueprint("commands_api", __name__, url_prefix="/api/v1")

    @api.post("/commands")
    def give() -> Response:
        who = gates.account()
        language = "zh" if request.args.get("lang") == "zh" else "en"
        question = Give(who, _body(Given).commands, peer(), language)
        try:
            return _json(desk.ask(question))
        except CockpitError as error:
            if error.code in _UNSURE:
                raise CockpitError("command.unsure") from error
            raise

    @api.get("/duties/<region>")
    def read(region: str) -> Response:
        name, version = request.args.get("name", ""), request.args.get("version", "0")
        if not (version.isascii() and version.isdigit() and len(version) <= 9):
            raise CockpitError("request.invalid", why="version is not a whole number")
        question = DutyLists(gates.account(), region, name, int(version), address=peer())
        return _json(desk.ask(question))

    @api.put("/duties/<region>")
    def save(region: str) -> Response:
        who = gates.account()
        new = _body(NewList)
        question = SaveDutyList(who, region, new.name, new.version, new.rows, address=peer())
        return _json(desk.ask(question))

    return api


def _body(shape: type[Body]) -> Body:
    try:
        return msgspec.json.decode(request.get_data(cache=False), type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CockpitError("request.invalid", why=str(error)[:200]) from None


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})
