"""What a ticket opens: the session by which the office's browser looks at one page of a meeting, at
one moment, for the paper that somebody asked for (datasource/office/passes.py)."""

import logging
from collections.abc import Callable

import flask
from flask import request

from cockpit.clock import SECOND, parse_instant
from cockpit.errors import CockpitError
from cockpit.ports import Session, Ticket

log = logging.getLogger(__name__)

# What draws a page and holds no number: its parts, the outlines of its regions, the marks on its
# line of time.
_DRAWING = ("/_dash-update-component", "/api/v1/shapes/{}", "/api/v1/moments/{}")


def opens(session: Session, first: Callable[[], bool]) -> bool:
    """Whether a session is good for the request at hand; one without a ticket always is. `first`
    says whether the page has not been opened with this ticket before."""
    ticket = session.ticket
    if ticket is None:
        return True
    if not flask.has_request_context():  # a socket that is open: no paper has one
        return False
    if "ticket" not in flask.g:  # each request asks more than once
        flask.g.ticket = _opens(ticket, session.account.region, first)
        if not flask.g.ticket:
            log.warning("a paper's ticket does not open %s", request.path[:200])
    return bool(flask.g.ticket)


def _opens(ticket: Ticket, region: str, first: Callable[[], bool]) -> bool:
    path = request.path
    if path == ticket.page:
        return _asks_for(ticket, "at") and first()
    if path == f"/api/v1/replay/{region}/wall":
        return _asks_for(ticket, "at") and "go" not in request.args
    if path == f"/api/v1/history/{region}" or path.startswith(f"/api/v1/history/{region}/"):
        return _ends_by(ticket)
    return path in {each.format(region) for each in _DRAWING}


def _asks_for(ticket: Ticket, name: str) -> bool:
    """Browsers tell milliseconds."""
    return ticket.at - SECOND < _instant(name) <= ticket.at


def _ends_by(ticket: Ticket) -> bool:
    """What was, up to the ticket's moment."""
    ends = [name for name in ("at", "to") if name in request.args]
    return bool(ends) and all(0 <= _instant(name) <= ticket.at for name in ends)


def _instant(name: str) -> int:
    try:
        return parse_instant(request.args.get(name, "")[:60])
    except CockpitError:
        return -1
