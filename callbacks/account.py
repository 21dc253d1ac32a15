"""One's own account: where it is signed in, and its password. Plain forms, as for signing in.

Passwords pass through here on their way to the role `desk` and are kept nowhere.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.forms import filled, form_field, form_page, form_texts
from callbacks.gates import Desk, Gates, peer, tokens
from callbacks.login import lead_to
from callbacks.security import csrf_token
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import Session
from datasource.desk.people_questions import ChangePassword, MySessions, RevokeSession
from layouts.screens import login as screens

_SHANGHAI = ZoneInfo("Asia/Shanghai")


class _Sessions(msgspec.Struct):
    sessions: list[dict[str, Any]]


def create_account(regions: Regions, gates: Gates, desk: Desk) -> Blueprint:
    """/account."""
    account = Blueprint("account", __name__)

    def my_account(
        session: Session, fault: CockpitError | None = None, done: bool = False
    ) -> Response:
        html = screens.account(
            regions, form_texts(), csrf_token(), session.account, must_change=session.must_change,
            sessions=_sessions_of(session, desk), fault=fault, done=done,
        )  # fmt: skip
        return form_page(html, fault)

    @account.get("/account")
    def get_account() -> AnyResponse:
        session = gates.session()
        if session is None:
            return lead_to("/login")
        return my_account(session, done="changed" in request.args)

    @account.post("/account")
    def post_account() -> AnyResponse:
        session = gates.known_session()
        old, new, again = (form_field(name, 256) for name in ("old", "new", "again"))
        try:
            filled(old, new, again)
            if new != again:
                raise CockpitError("access.not_the_same")
            desk.ask(ChangePassword(session.account, tokens().session, old, new, address=peer()))
        except CockpitError as error:
            return my_account(session, error)
        return redirect(_again("changed=1"), 303)

    @account.post("/account/revoke")
    def post_revoke() -> AnyResponse:
        desk.ask(RevokeSession(gates.account(), form_field("id", 80), address=peer()))
        return redirect(_again(), 303)

    return account


def _sessions_of(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """Where the account is signed in; nothing before it has a password of its own."""
    if session.must_change:
        return []
    told = desk.ask(MySessions(session.account, tokens().session))
    return [_readable(each) for each in msgspec.json.decode(told, type=_Sessions).sessions]


def _again(*words: str) -> str:
    """The account page in the language of the form."""
    told = [*words, *(["lang=en"] if form_texts().language == "en" else [])]
    return "/account" + ("?" + "&".join(told) if told else "")


def _readable(session: dict[str, Any]) -> dict[str, Any]:
    """A session with its instants as people read them."""
    told = dict(session)
    for name in ("since", "seen"):
        at = datetime.fromisoformat(session[name]).astimezone(_SHANGHAI)
        told[name] = at.strftime("%Y-%m-%d %H:%M")
    return told
