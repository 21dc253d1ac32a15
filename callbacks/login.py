"""Signing in and out, and one's own account. Plain forms, so that they work without scripts.

Passwords pass through here on their way to the role `desk` and are kept nowhere.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import flask
import msgspec
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.gates import SESSION_COOKIE, Desk, Gates, peer, tokens
from callbacks.security import csrf_token, set_cookie
from cockpit.domain.access import Account
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import Session
from datasource.desk.demonstration import PASSWORD, demonstrated
from datasource.desk.people_questions import (
    ChangePassword,
    MySessions,
    RevokeSession,
    SignIn,
    SignOut,
)
from layouts.i18n import Texts, language_of
from layouts.screens import login as screens

# A path of ours: one slash, then no second one nor a backslash, which browsers take for one.
_OWN_PATH = re.compile(r"/(?![/\\])[\w\-./?&=%:,;+~@!*()]{0,500}", re.ASCII)
_AGENT = 200


class SignedIn(msgspec.Struct):
    """What the desk answers to a sign-in."""

    token: str
    account: Account
    must_change: bool


class _Sessions(msgspec.Struct):
    sessions: list[dict[str, Any]]


def lead_to(path: str) -> AnyResponse:
    """To where somebody signs in, and back here afterwards."""
    here = request.full_path.rstrip("?")
    words = ["lang=en"] if request.args.get("lang") == "en" else []
    words += [f"next={quote(here, safe='/')}"] if _OWN_PATH.fullmatch(here) else []
    answer = redirect(path + ("?" + "&".join(words) if words else ""))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def own_path(text: str) -> str:
    """A path of this site, '' for anything else."""
    return text if _OWN_PATH.fullmatch(text) else ""


def enter(signed_in: SignedIn, next_path: str) -> AnyResponse:
    """The answer that begins a session; the secret of forms begins anew with it."""
    flask.session.clear()
    home = own_path(next_path) or screens.home_of(signed_in.account)
    answer = redirect("/account" if signed_in.must_change else home, 303)
    set_cookie(answer, SESSION_COOKIE, signed_in.token, None)
    return answer


class LoginPage:
    """Answers the login page of a site. `provider` names the other way to sign in, if any."""

    def __init__(self, regions: Regions, demonstration: bool, provider: str) -> None:
        self._regions, self._provider = regions, provider
        self._shown = [
            screens.Shown(each.name, each.role, each.region, each.department)
            for each in (demonstrated(regions) if demonstration else ())
        ]

    def __call__(
        self, next_path: str, name: str = "", fault: CockpitError | None = None
    ) -> Response:
        """The page; `fault` says why somebody has not been let in."""
        html = screens.login(
            self._regions, _texts(), csrf_token(), next=next_path, name=name, fault=fault,
            provider=self._provider, accounts=self._shown, password=PASSWORD if self._shown else "",
        )  # fmt: skip
        return _html(html, fault)


def create_login(regions: Regions, gates: Gates, desk: Desk, page: LoginPage) -> Blueprint:
    """/login, /logout and /account."""
    login = Blueprint("login", __name__)

    @login.get("/login")
    def get_login() -> AnyResponse:
        next_path = own_path(request.args.get("next", ""))
        session = gates.session()
        if session is not None and not session.must_change:
            return redirect(next_path or screens.home_of(session.account))
        return page(next_path)

    @login.post("/login")
    def post_login() -> AnyResponse:
        name, next_path = _field("name", 64), own_path(_field("next", 600))
        question = SignIn(name, _field("password", 256), peer(), agent_of())
        try:
            signed_in = msgspec.json.decode(desk.ask(question), type=SignedIn)
        except CockpitError as error:
            return page(next_path, name, error)
        return enter(signed_in, next_path)

    @login.post("/logout")
    def post_logout() -> AnyResponse:
        desk.ask(SignOut(tokens().session, address=peer()))
        flask.session.clear()
        answer = redirect("/login", 303)
        set_cookie(answer, SESSION_COOKIE, "", 0)
        return answer

    def my_account(
        session: Session, fault: CockpitError | None = None, done: bool = False
    ) -> Response:
        sessions: list[dict[str, Any]] = []
        if not session.must_change:
            question = MySessions(session.account, tokens().session)
            sessions = msgspec.json.decode(desk.ask(question), type=_Sessions).sessions
        html = screens.account(
            regions, _texts(), csrf_token(), session.account, must_change=session.must_change,
            sessions=[_readable(each) for each in sessions], fault=fault, done=done,
        )  # fmt: skip
        return _html(html, fault)

    @login.get("/account")
    def get_account() -> AnyResponse:
        session = gates.session()
        if session is None:
            return lead_to("/login")
        return my_account(session, done="changed" in request.args)

    @login.post("/account")
    def post_account() -> AnyResponse:
        session = gates.known_session()
        old, new = _field("old", 256), _field("new", 256)
        try:
            if new != _field("again", 256):
                raise CockpitError("access.not_the_same")
            desk.ask(ChangePassword(session.account, tokens().session, old, new, address=peer()))
        except CockpitError as error:
            return my_account(session, error)
        return redirect(_again("changed=1"), 303)

    @login.post("/account/revoke")
    def post_revoke() -> AnyResponse:
        desk.ask(RevokeSession(gates.account(), _field("id", 80), address=peer()))
        return redirect(_again(), 303)

    return login


def _texts() -> Texts:
    asked = request.form.get("lang")
    return Texts(
        language_of(f"lang={asked}" if asked else request.query_string.decode("ascii", "replace"))
    )


def _again(*words: str) -> str:
    """The account page in the language of the form."""
    told = [*words, *(["lang=en"] if _texts().language == "en" else [])]
    return "/account" + ("?" + "&".join(told) if told else "")


def _html(html: str, fault: CockpitError | None) -> Response:
    answer = Response(html, 200 if fault is None else fault.status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _field(name: str, limit: int) -> str:
    """A field of the form. Raises CockpitError `request.invalid` for one that is too long, or that
    no database could look up."""
    text = request.form.get(name, "")
    if "\0" in text:
        raise CockpitError("request.invalid", why=f"there is a character 0 in {name}")
    if len(text) > limit:
        raise CockpitError("request.invalid", why=f"{name} has more than {limit} characters")
    return text


def agent_of() -> str:
    """What the browser calls itself."""
    return (request.user_agent.string or "")[:_AGENT]


_SHANGHAI = ZoneInfo("Asia/Shanghai")


def _readable(session: dict[str, Any]) -> dict[str, Any]:
    """A session with its instants as people read them."""
    told = dict(session)
    for name in ("since", "seen"):
        at = datetime.fromisoformat(session[name]).astimezone(_SHANGHAI)
        told[name] = at.strftime("%Y-%m-%d %H:%M")
    return told
