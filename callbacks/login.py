"""Signing in and out, with plain forms that work without scripts.

Passwords pass through here on their way to the role `desk` and are kept nowhere.
"""

import re
from urllib.parse import quote

import flask
import msgspec
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.forms import filled, form_field, form_page, form_texts
from callbacks.gates import SESSION_COOKIE, Desk, Gates, peer, tokens
from callbacks.security import csrf_token, set_cookie
from cockpit.domain.access import Account
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.desk.demonstration import PASSWORD, demonstrated
from datasource.desk.people_questions import (
    SignIn,
    SignOut,
)
from layouts.screens import login as screens

# A path of ours: one slash, then no second one nor a backslash, which browsers take for one.
_OWN_PATH = re.compile(r"/(?![/\\])[\w\-./?&=%:,;+~@!*()]{0,500}", re.ASCII)
_AGENT = 200


class SignedIn(msgspec.Struct):
    """What the desk answers to a sign-in."""

    token: str
    account: Account
    must_change: bool


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
            self._regions, form_texts(), csrf_token(), next=next_path, name=name, fault=fault,
            provider=self._provider, accounts=self._shown, password=PASSWORD if self._shown else "",
        )  # fmt: skip
        return form_page(html, fault)


def create_login(gates: Gates, desk: Desk, page: LoginPage) -> Blueprint:
    """/login and /logout."""
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
        name, next_path = form_field("name", 64), own_path(form_field("next", 600))
        password, carried = form_field("password", 256), tokens().session
        question = SignIn(name, password, peer(), agent_of(), carried)
        try:
            filled(name, password)
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

    return login


def agent_of() -> str:
    """What the browser calls itself."""
    return (request.user_agent.string or "")[:_AGENT]
