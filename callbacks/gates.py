"""Who asks, and whether they may: the one way from a request to the two gates (access.py).

A page, an answer of the API, a socket: each calls `look` before it shows anything and `act`
before it changes anything. Who asks is told by a cookie: a session's or a paired screen's token.
Both are read in Redis; what is not there the role `desk` is asked for. Nothing here knows SQL.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Literal, Protocol

import flask
from flask import request
from flask_login import LoginManager, UserMixin, current_user
from msgspec import Struct

from callbacks.open_walls import OpenWalls, Walls
from callbacks.strangers import Strangers
from callbacks.tickets import opens
from cockpit.domain import access
from cockpit.domain.access import Account, Anybody, Identity, Place, Right
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import Screen, Session, Sessions

SESSION_COOKIE, DEVICE_COOKIE = "cockpit_session", "cockpit_device"
# What a screen needs that needs no right.
Need = Literal["account", "free"]
# What nobody could have got from us is not asked about.
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{20,128}")


class Desk(Protocol):
    """Asks the role `desk`."""

    def ask(self, question: Struct) -> bytes:
        """The answer as JSON. Raises CockpitErrors."""


class Refusal(Struct, frozen=True):
    """A look or an act that was refused. `who` None: nobody known."""

    who: Account | None
    right: Right
    region: str
    address: str


class Tokens(Struct, frozen=True):
    """What a request says of who asks: two tokens, each may be empty."""

    session: str = ""
    device: str = ""


class _User(UserMixin):
    """Somebody signed in, as Flask-Login wants it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_id(self) -> str:
        return self.session.account.id


class Gates:
    """The gates as requests meet them. `refused` is told of every refusal and does not wait."""

    def __init__(
        self,
        regions: Regions,
        sessions: Sessions,
        desk: Desk,
        walls: Walls,
        demonstration: bool,
        refused: Callable[[Refusal], None],
    ) -> None:
        self._regions, self._sessions, self._refused = regions, sessions, refused
        self._strangers = Strangers(desk.ask)
        self.open_walls = OpenWalls(sessions, walls, demonstration)

    def attach(self, server: flask.Flask) -> None:
        """Let Flask-Login know who makes a request; nothing but the token says so."""
        manager = LoginManager()
        manager.session_protection = None  # it would bind a session to an address and a browser
        manager.init_app(server, add_context_processor=False)

        @manager.request_loader
        def load(_: flask.Request) -> _User | None:
            session = self._session(tokens().session, _is_use())
            return None if session is None else _User(session)

    # -- who ----------------------------------------------------------------------------

    def who(self) -> Identity:
        """Who makes this request. Raises CockpitError `access.must_change` for somebody whose
        password is a one-time one."""
        return self._identity(self.session(), tokens().device)

    def _identity(self, session: Session | None, device: str) -> Identity:
        if session is not None:
            if session.must_change:
                raise CockpitError("access.must_change")
            return session.account
        screen = self._screen(device)
        return Anybody() if screen is None else screen.device

    def account(self) -> Account:
        """The account that makes this request. Raises CockpitError `access.login`, and as
        `who`."""
        who = self.who()
        if not isinstance(who, Account):
            raise CockpitError("access.login")
        return who

    def session(self) -> Session | None:
        """The session of this request, also one whose password must be changed first."""
        flask.g.private = True  # what follows is for whoever this is
        return current_user.session if current_user.is_authenticated else None

    def known_session(self) -> Session:
        """As `session`. Raises CockpitError `access.login` when there is none."""
        session = self.session()
        if session is None:
            raise CockpitError("access.login")
        return session

    def screen(self) -> Screen | None:
        """The paired screen that makes this request."""
        return self._screen(tokens().device)

    def _session(self, token: str, used: bool) -> Session | None:
        if not _TOKEN.fullmatch(token):
            return None
        found = self._sessions.session(token, used)
        if found is None:
            return self._strangers.session(token)
        return found if opens(found, partial(self._sessions.first_use, token)) else None

    def _screen(self, token: str) -> Screen | None:
        if not _TOKEN.fullmatch(token):
            return None
        address = (request.remote_addr or "") if flask.has_request_context() else ""
        return self._sessions.screen(token, address) or self._strangers.screen(token, address)

    # -- may they -------------------------------------------------------------------------

    def enter(self, right: Right | Need, region: str, view: str = "") -> Account | None:
        """The gate before a screen of a region, '' for one that is of none: then the right is
        needed somewhere. Answers the account as far as it is known. Raises as `look`."""
        if right == "free" or self._is_open(right):
            return self._seen_account()
        if right == "account":
            return self.account()
        who = self.who()
        account = who if isinstance(who, Account) else None
        home = account.region if account else self._regions.district.code
        self.look(right, region or home, view, account.department if account else "")
        return account

    def _is_open(self, right: Right | Need) -> bool:
        return isinstance(right, Right) and access.is_open(right, Place("", open=self.open_walls()))

    def _seen_account(self) -> Account | None:
        """The account that Redis tells of, where nobody need be known; never raises."""
        try:
            told = tokens().session
            session = self._sessions.session(told, _is_use()) if told else None
        except CockpitError:
            return None
        if session is None or session.must_change or session.ticket:
            return None
        flask.g.private = True
        return session.account

    def look(self, right: Right, region: str, view: str = "", department: str = "") -> None:
        """Before anything of a region is shown; `view` (`<region>/wall`) where it is one that a
        paired screen may have. Raises CockpitError `access.login`, `access.refused`,
        `access.must_change`."""
        place = Place(region, department, view, open=self.open_walls())
        if access.is_open(right, place):
            return
        self._pass(access.look, self.who(), right, place)

    def act(self, right: Right, region: str, department: str = "") -> None:
        """Before anything of a region is changed. Raises as `look`."""
        self._pass(access.act, self.who(), right, Place(region, department))

    def refused_elsewhere(self, error: CockpitError) -> None:
        """A role that only answers has refused this request (`access.refused`): told like all."""
        right, region = Right(str(error.facts["right"])), str(error.facts["region"])
        self._refused(Refusal(self.account(), right, region, peer()))

    def may_watch(self, told: Tokens, right: Right | Need, region: str, view: str) -> bool:
        """Whether who has these tokens may go on looking; the audit hears nothing of it, and it is
        no use of a session. Raises CockpitError `redis.*`, `query.*` when nobody can tell."""
        if right == "free" or self._is_open(right):
            return True
        try:
            who = self._identity(self._session(told.session, used=False), told.device)
            if not isinstance(right, Right):
                return isinstance(who, Account)
            department = who.department if isinstance(who, Account) else ""
            access.look(self._regions, who, right, Place(region, department, view))
        except CockpitError as error:
            if error.code.startswith("access."):
                return False
            raise
        return True

    def sees_wall(self, region: str, view: str) -> bool:
        """Whether whoever makes this request may see a wall; the audit hears nothing of it."""
        return self.may_watch(tokens(), Right.LOOK_WALL, region, view)

    def _pass(
        self,
        gate: Callable[[Regions, Identity, Right, Place], None],
        who: Identity,
        right: Right,
        place: Place,
    ) -> None:
        try:
            gate(self._regions, who, right, place)
        except CockpitError:
            account = who if isinstance(who, Account) else None
            self._refused(Refusal(account, right, place.region, peer()))
            raise


def _is_use() -> bool:
    """Whether somebody makes this request, not a page by itself (assets/js/core/hand.js)."""
    by_itself = "X-Unattended" in request.headers or request.path.startswith("/socket.io")
    return not by_itself


def peer() -> str:
    """Where this request comes from, as the trusted proxies say (security.py)."""
    return request.remote_addr or ""


def tokens() -> Tokens:
    """The tokens of this request's cookies."""
    return Tokens(request.cookies.get(SESSION_COOKIE, ""), request.cookies.get(DEVICE_COOKIE, ""))
