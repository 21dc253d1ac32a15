"""The pass by which the office's own browser looks at one page at one moment: a session in Redis
alone, for a reader of that region, for seconds, once, ended when the paper is made. What it opens
the web server judges (callbacks/tickets.py)."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from redis import Redis

from cockpit.clock import SECOND, Clock
from cockpit.domain.access import Account
from cockpit.ports import Session, Ticket
from datasource.office.browser import LIMIT_SECONDS
from datasource.redis_client import redis_errors
from datasource.sessions import Places, SessionCopy, digest_of

COOKIE = "cockpit_session"
_SECONDS = int(LIMIT_SECONDS) + 5  # more than any paper may take


@contextmanager
def one_pass(
    client: Redis, prefix: str, clock: Clock, who: Account, region: str, ticket: Ticket
) -> Iterator[tuple[str, str]]:
    """Name and value of the cookie. It reads what the account may read of the ticket's page, whose
    region is named, and changes nothing. Raises CockpitError `redis.*`."""
    token = secrets.token_urlsafe(32)
    place = Places(prefix).session(digest_of(token))
    reader = Account(who.id, "leader", region)
    copy = SessionCopy(Session(reader, ticket=ticket), clock.now() + _SECONDS * SECOND, brief=True)
    with redis_errors(client):
        client.set(place, msgspec.json.encode(copy), ex=_SECONDS)
    try:
        yield COOKIE, token
    finally:
        with redis_errors(client):
            client.delete(place)
