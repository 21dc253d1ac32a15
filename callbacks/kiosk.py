"""Walls that nobody touches: a rotation by address, pairing, and what a paired screen shows.

`/wall/rotate?pages=120110,120110001&seconds=20` leads to the first of these walls; the rest of
the address goes along, so that the page knows where to go next (assets/js/kiosk/rotation.js).

A screen that is not paired has a secret of its own in a cookie. `POST /api/v1/pairing` answers
its code, `GET` whether an operator has entered it: then the device's token takes the secret's
place. No script sees either.
"""

import re
import secrets
from urllib.parse import urlencode

import flask
import msgspec
from flask import Blueprint, Response, jsonify, redirect, request
from msgspec import Struct

from callbacks.gates import DEVICE_COOKIE, Desk, Gates, peer, tokens
from callbacks.security import YEAR, set_cookie
from cockpit.domain.regions import WALL_LEVELS, Regions
from cockpit.errors import CockpitError
from cockpit.ports import Screen
from datasource.desk.people_questions import BeginPairing, PairingState

SECRET_COOKIE = "cockpit_pairing"
_SECRET = re.compile(r"[0-9a-f]{64}")
_SECRET_SECONDS = 3600
MOST_PAGES = 60
SECONDS = range(5, 3601)
# How long a screen that shows one wall stays elsewhere, if it ever came there.
_BACK_SECONDS = 60


class _State(Struct):
    """What the desk says of a screen that waits: once it is paired its token, and where its
    first page is."""

    paired: bool
    token: str = ""
    first: str = ""


class _Code(Struct):
    """What the desk answers to a screen that asks for a code."""

    code: str


def create_kiosk(gates: Gates, desk: Desk, regions: Regions) -> Blueprint:
    """The routes."""
    kiosk = Blueprint("kiosk", __name__)

    @kiosk.get("/wall/rotate")
    def rotate() -> flask.typing.ResponseReturnValue:
        codes = _codes(regions, request.args.get("pages", ""))
        words = {**request.args.to_dict(), "pages": ",".join(codes), "seconds": str(_seconds())}
        # Commas may stand in a query, and an address is for people to read.
        return redirect(f"/wall/{codes[0]}?{urlencode(words, safe=',')}")

    @kiosk.get("/api/v1/device")
    def device() -> Response:
        screen = gates.screen()
        if screen is None:
            raise CockpitError("access.login")
        answer = _json(name=screen.name, pages=_pages_of(screen))
        # A browser forgets a cookie that is not renewed after a year or so.
        set_cookie(answer, DEVICE_COOKIE, tokens().device, YEAR)
        return answer

    @kiosk.get("/api/v1/pairing")
    def get_pairing() -> Response:
        return _paired(_state(desk, _secret())) or _json(paired=False)

    @kiosk.post("/api/v1/pairing")
    def post_pairing() -> Response:
        secret = _secret()
        if answer := _paired(_state(desk, secret)):
            return answer
        secret = secret or secrets.token_hex(32)
        code = desk.ask(BeginPairing(secret, peer()))
        answer = _json(paired=False, code=msgspec.json.decode(code, type=_Code).code)
        set_cookie(answer, SECRET_COOKIE, secret, _SECRET_SECONDS)
        return answer

    return kiosk


def first_page(gates: Gates) -> str:
    """Where the paired screen that makes this request begins; '' when it is none."""
    screen = gates.screen()
    return "" if screen is None else f"/wall/{_pages_of(screen)[0]['region']}"


def _pages_of(screen: Screen) -> list[dict[str, object]]:
    """What a paired screen shows, as a playlist's pages: {"region", "seconds", "begin", "end"}."""
    if screen.playlist is not None:
        return list(screen.playlist["pages"])
    regions = sorted(view.partition("/")[0] for view in screen.device.views)
    return [{"region": code, "seconds": _BACK_SECONDS, "begin": "", "end": ""} for code in regions]


def _secret() -> str:
    """The screen's own secret, '' when it has none yet."""
    secret = request.cookies.get(SECRET_COOKIE, "")
    return secret if _SECRET.fullmatch(secret) else ""


def _state(desk: Desk, secret: str) -> _State:
    if not secret:
        return _State(False)
    return msgspec.json.decode(desk.ask(PairingState(secret)), type=_State)


def _paired(state: _State) -> Response | None:
    """The answer that makes a screen a device, once it is one."""
    if not state.paired:
        return None
    answer = _json(paired=True, first=state.first)
    set_cookie(answer, DEVICE_COOKIE, state.token, YEAR)
    set_cookie(answer, SECRET_COOKIE, "", 0)
    return answer


def _json(**values: object) -> Response:
    answer = jsonify(values)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _codes(regions: Regions, text: str) -> list[str]:
    """The regions of a rotation. Raises CockpitError `request.invalid` or `screen.unknown`."""
    codes = [code for code in text.split(",") if code]
    if not 1 <= len(codes) <= MOST_PAGES:
        raise CockpitError("request.invalid", why=f"pages needs 1 to {MOST_PAGES} regions")
    for code in codes:
        index = regions.index.get(code)
        if index is None or regions.all[index].level not in WALL_LEVELS:
            raise CockpitError("screen.unknown", region=code[:20], screen="wall")
    return codes


def _seconds() -> int:
    text = request.args.get("seconds", "20")
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or int(text) not in SECONDS:
        why = f"seconds must be from {SECONDS.start} to {SECONDS.stop - 1}"
        raise CockpitError("request.invalid", why=why)
    return int(text)
