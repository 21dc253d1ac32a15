"""What comes to Dash's own doors, judged before Dash sees it: what no page of ours could have sent
is answered as such, and is no fault of the server to be written into its log with a trace."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, Response, request
from msgspec import Struct, field

from callbacks.guard import answer
from cockpit.errors import CockpitError
from layouts import ids

_DRAW = "/_dash-update-component"


class _Named(Struct, frozen=True):
    id: str
    property: str


class _Valued(_Named, frozen=True):
    value: Any = None


class _Asked(Struct, frozen=True):
    """What a page sends to have parts of it drawn; of the lists that Dash does not need as they
    are, only their kind matters."""

    output: str
    outputs: _Named | list[_Named]
    inputs: list[_Valued]
    changed: list[str] = field(name="changedPropIds", default_factory=list)
    parsed: list[str] = field(name="parsedChangedPropsIds", default_factory=list)
    state: list[_Valued] = field(default_factory=list)


def guard_dash(server: Flask, app: Dash) -> None:
    """Let nothing through that is none of the app's own callbacks or scripts."""

    @server.before_request
    def check() -> None:
        if request.path == _DRAW and request.method == "POST":
            _check(app.callback_map)

    @server.errorhandler(DependencyException)
    def no_script(_: DependencyException) -> Response:
        return answer(CockpitError("address.unknown", path=request.path[:80]))


def _check(known: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises CockpitError `request.invalid`."""
    try:
        asked = msgspec.json.decode(request.get_data(), type=_Asked)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CockpitError("request.invalid", why=str(error)[:200]) from None
    row = known.get(asked.output)
    outputs = asked.outputs if isinstance(asked.outputs, list) else [asked.outputs]
    told = "...".join(_names(outputs))
    if (
        row is None
        or (f"..{told}.." if isinstance(asked.outputs, list) else told) != asked.output
        or _names(asked.inputs) != [f"{each['id']}.{each['property']}" for each in row["inputs"]]
        or _names(asked.state) != [f"{each['id']}.{each['property']}" for each in row["state"]]
    ):
        raise CockpitError("request.invalid", why="no page asks for this")
    for each in (*asked.inputs, *asked.state):
        if each.id == ids.LOCATION and not isinstance(each.value, str | None):
            raise CockpitError("request.invalid", why="an address is a text")


def _names(parts: Iterable[_Named]) -> list[str]:
    return [f"{each.id}.{each.property}" for each in parts]
