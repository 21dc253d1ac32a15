"""The role `desk` as a service: its families of questions behind one loop.

`serve` asks it through Redis, so that neither SQL nor the hashing of passwords ever runs where
sockets are served. Several may run.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from cockpit.ports import StopSignal
from datasource.answering import Worker
from datasource.asking import Inbox
from datasource.site import Site

SERVICE = "desk"


class Family(Protocol):
    """Questions that belong together."""

    @property
    def questions(self) -> Sequence[type[Struct]]:
        """The types that it answers."""

    def answer(self, question: Any) -> object:
        """The answer, as what JSON can say. Raises CockpitErrors."""

    def rest(self) -> None:
        """Called before each question and at least each half second."""


class DeskAnswers:
    """Implements `datasource.answering.Answers` for all families."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self._by_type = {kind: each for each in families for kind in each.questions}
        self.questions: Any = reduce(or_, self._by_type)

    def answer(self, question: Struct) -> bytes:
        return msgspec.json.encode(self._by_type[type(question)].answer(question))

    def rest(self) -> None:
        for family in self._families:
            family.rest()

    def figures(self) -> Mapping[str, float]:
        return {}


def families(_: Site) -> list[Family]:
    """Everything the desk knows."""
    return []


def answer_desk(site: Site, stop: StopSignal) -> None:
    """Be a worker until `stop`."""
    inbox = Inbox(site.client, site.prefix, SERVICE)
    site.prepare()
    Worker(SERVICE, inbox, DeskAnswers(families(site)), site.stats).run(stop)
