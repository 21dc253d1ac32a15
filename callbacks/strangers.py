"""Whose a token is that Redis does not know: the role `desk` is asked.

Anybody can make up tokens. So a few may be asked about at one time, fewer than a web server may
ask the desk at all: whoever is known finds it free. What the desk does not know it will not come
to know, and is not asked again for a while.
"""

from collections.abc import Callable
from hashlib import sha256
from threading import BoundedSemaphore

import msgspec
from msgspec import Struct

from cockpit.errors import CockpitError
from cockpit.ports import Screen, Session
from datasource.desk.people_questions import Who, WhoDevice
from datasource.lately import Lately

_AT_ONCE, _PATIENCE_SECONDS = 4, 2.0
_UNKNOWN_SECONDS = 60.0


class Strangers:
    """`ask` asks the desk. The methods raise CockpitErrors, `query.busy` among them."""

    def __init__(self, ask: Callable[[Struct], bytes]) -> None:
        self._ask, self._places = ask, BoundedSemaphore(_AT_ONCE)
        self._unknown = Lately(_UNKNOWN_SECONDS)

    def session(self, token: str) -> Session | None:
        """The session of a token."""
        return msgspec.json.decode(self._asked(token, Who(token)), type=Session | None)

    def screen(self, token: str, address: str) -> Screen | None:
        """The paired screen of a token."""
        asked = self._asked(token, WhoDevice(token, address))
        return msgspec.json.decode(asked, type=Screen | None)

    def _asked(self, token: str, question: Struct) -> bytes:
        known_as = type(question), sha256(token.encode()).digest()
        if self._unknown.has(known_as):
            return b"null"
        if not self._places.acquire(timeout=_PATIENCE_SECONDS):
            raise CockpitError("query.busy", limit=_AT_ONCE, service="desk")
        try:
            answer = self._ask(question)
        finally:
            self._places.release()
        if answer == b"null":
            self._unknown.note(known_as)
        return answer
