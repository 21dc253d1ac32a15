"""Sessions, accounts, screens, playlists, source keys and the audit over HTTP: parse, ask the
role `desk`, answer. The desk passes whoever asks through the gate.

`GET /api/v1/{sessions,accounts,devices,keys,audit}`; `POST` on accounts, devices (pairs the screen
that shows a code), playlists and keys makes one; `PATCH` on accounts, devices and keys changes one
by its id, `PUT` a playlist; `DELETE` ends a session or a playlist. docs/people.md has the bodies.
"""

from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request
from msgspec import Struct

from callbacks.gates import Desk, Gates, peer, tokens
from cockpit.domain.access import Role
from cockpit.errors import CockpitError
from cockpit.watching import ScreensBoard
from datasource.desk.people_questions import (
    ChangeAccount,
    ChangeDevice,
    ChangeKey,
    CreateAccount,
    CreateKey,
    ListAccounts,
    ListDevices,
    ListKeys,
    MySessions,
    Pair,
    PlaylistPage,
    ReadAudit,
    RevokeSession,
    SavePlaylist,
)

_MOST_ROWS = 500
Body = TypeVar("Body", bound=Struct)


class _Closed(Struct, frozen=True, forbid_unknown_fields=True):
    """A body: a misspelt name is refused."""


class NewAccount(_Closed, frozen=True):
    """An account to be."""

    name: str
    role: Role
    region: str
    department: str = ""
    external: str = ""


class AccountChange(_Closed, frozen=True):
    """What is to be another of an account."""

    role: Role | None = None
    region: str | None = None
    department: str | None = None
    disabled: bool | None = None
    external: str | None = None
    reset: bool = False
    sign_out: bool = False


class NewDevice(_Closed, frozen=True):
    """A screen that shows a code."""

    code: str
    name: str
    view: str = ""
    playlist: str = ""


class DeviceChange(_Closed, frozen=True):
    """What is to be another of a screen."""

    name: str | None = None
    view: str | None = None
    playlist: str | None = None
    revoke: bool = False


class Playlist(_Closed, frozen=True):
    """A playlist as it is to be; `version` as it was read, 0 for a new one."""

    name: str
    pages: list[PlaylistPage]
    version: int = 0


class NewKey(_Closed, frozen=True):
    """A source's key to be."""

    name: str
    source: str
    types: list[str]
    regions: list[str]
    rate: int = 0


class KeyChange(_Closed, frozen=True):
    """What becomes of a key."""

    rotate: bool = False
    revoke: bool = False


def create_people_api(desk: Desk, gates: Gates, board: ScreensBoard) -> Blueprint:
    """The routes; `board` tells which screens are connected. Raise CockpitError `access.*`,
    `request.invalid`, and what the desk raises."""
    api = Blueprint("people_api", __name__, url_prefix="/api/v1")
    _sessions(api, desk, gates)
    _accounts(api, desk, gates)
    _devices(api, desk, gates, board)
    _playlists(api, desk, gates)
    _keys(api, desk, gates)
    return api


def _sessions(api: Blueprint, desk: Desk, gates: Gates) -> None:
    @api.get("/sessions")
    def sessions() -> Response:
        return _json(desk.ask(MySessions(gates.account(), tokens().session)))

    @api.delete("/sessions/<session>")
    def end_session(session: str) -> Response:
        return _json(desk.ask(RevokeSession(gates.account(), session, address=peer())))

    @api.get("/audit")
    def audit() -> Response:
        words = {name: request.args.get(name, "")[:100] for name in ("account", "what", "subject")}
        question = ReadAudit(
            gates.account(),
            _number("offset", 0, 10**9),
            _number("limit", 100, _MOST_ROWS),
            **words,
            address=peer(),
        )
        return _json(desk.ask(question))


def _accounts(api: Blueprint, desk: Desk, gates: Gates) -> None:
    @api.get("/accounts")
    def accounts() -> Response:
        return _json(desk.ask(ListAccounts(gates.account(), address=peer())))

    @api.post("/accounts")
    def new_account() -> Response:
        return _json(desk.ask(CreateAccount(gates.account(), **_told(NewAccount))))

    @api.patch("/accounts/<account>")
    def change_account(account: str) -> Response:
        return _json(desk.ask(ChangeAccount(gates.account(), account, **_told(AccountChange))))


def _devices(api: Blueprint, desk: Desk, gates: Gates, board: ScreensBoard) -> None:
    @api.get("/devices")
    def devices() -> Response:
        found = msgspec.json.decode(desk.ask(ListDevices(gates.account(), address=peer())))
        here = {each.device: each for screens in board.all().values() for each in screens}
        for device in found["devices"]:
            screen = here.get(device["id"])
            device["connected"] = screen is not None
            device["live"] = screen.report.live if screen and screen.report else None
        return _json(msgspec.json.encode(found))

    @api.post("/devices")
    def pair() -> Response:
        return _json(desk.ask(Pair(gates.account(), **_told(NewDevice))))

    @api.patch("/devices/<device>")
    def change_device(device: str) -> Response:
        return _json(desk.ask(ChangeDevice(gates.account(), device, **_told(DeviceChange))))


def _playlists(api: Blueprint, desk: Desk, gates: Gates) -> None:
    @api.post("/playlists")
    def new_playlist() -> Response:
        return _json(desk.ask(SavePlaylist(gates.account(), "", **_told(Playlist))))

    @api.put("/playlists/<playlist>")
    def change_playlist(playlist: str) -> Response:
        return _json(desk.ask(SavePlaylist(gates.account(), playlist, **_told(Playlist))))

    @api.delete("/playlists/<playlist>")
    def remove_playlist(playlist: str) -> Response:
        version = _number("version", 0, 10**9)
        question = SavePlaylist(
            gates.account(), playlist, version, "", [], remove=True, address=peer()
        )
        return _json(desk.ask(question))


def _keys(api: Blueprint, desk: Desk, gates: Gates) -> None:
    @api.get("/keys")
    def keys() -> Response:
        return _json(desk.ask(ListKeys(gates.account(), address=peer())))

    @api.post("/keys")
    def new_key() -> Response:
        return _json(desk.ask(CreateKey(gates.account(), **_told(NewKey))))

    @api.patch("/keys/<key>")
    def change_key(key: str) -> Response:
        return _json(desk.ask(ChangeKey(gates.account(), key, **_told(KeyChange))))


def _told(kind: type[Body]) -> dict[str, Any]:
    """The body of the request by its fields, and where it comes from. Raises CockpitError
    `request.invalid`."""
    try:
        body = msgspec.json.decode(request.get_data(cache=False), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CockpitError("request.invalid", why=str(error)[:200]) from None
    told = {name: getattr(body, name) for name in kind.__struct_fields__}
    return {**told, "address": peer()}


def _number(name: str, default: int, most: int = 10**9) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= most):
        raise CockpitError("request.invalid", why=f"{name} is not a number from 0 to {most}")
    return int(text)


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})
