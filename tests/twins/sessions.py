"""Who asks, and roles that answer or do not."""

import msgspec
from msgspec import Struct

from cockpit.errors import CockpitError
from cockpit.ports import Screen, Session, SourceKey


class MemoryPeople:
    """Implements `cockpit.ports.Sessions`, and asks a desk that knows nobody else. `asked` is
    what the desk was asked; `answers` what it says to a type of question instead of null."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.screens: dict[str, Screen] = {}
        self.keys: dict[str, SourceKey] = {}
        self.administrator = False
        self.changes = 0
        self.used: list[str] = []
        self.marked: list[str] = []  # sessions whose use kept them alive
        self.down = False
        self.told = True  # the desk has said what the site asks for
        self.asked: list[Struct] = []
        self.answers: dict[type[Struct], object] = {}

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="memory")

    def session(self, token: str, used: bool = True) -> Session | None:
        self._check()
        self.marked += [token] * (used and token in self.sessions)
        return self.sessions.get(token)

    def first_use(self, token: str) -> bool:
        self._check()
        self.used = [*self.used, token]
        return self.used.count(token) == 1

    def screen(self, token: str, address: str = "") -> Screen | None:
        self._check()
        return self.screens.get(token)

    def screen_changes(self) -> int:
        self._check()
        return self.changes

    def key(self, key: str) -> SourceKey | None:
        self._check()
        return self.keys.get(key)

    def _check_told(self) -> None:
        self._check()
        if not self.told:
            raise CockpitError("query.unavailable", service="desk")

    def administered(self) -> bool:
        self._check_told()
        return self.administrator

    def keys_exist(self) -> bool:
        self._check_told()
        return bool(self.keys)

    def ask(self, question: Struct, worker: str = "") -> bytes:
        self._check()
        self.asked.append(question)
        answer = self.answers.get(type(question))
        if isinstance(answer, CockpitError):
            raise answer
        return msgspec.json.encode(answer)


class NoQueries:
    """Nobody answers questions about the past, as when the role `query` does not run."""

    def ask(self, question: object, worker: str = "") -> bytes:
        raise CockpitError("query.unavailable", service="query")
