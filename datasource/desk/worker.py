"""The role `desk` as a service: its families of questions behind one loop.

`serve` asks it through Redis, so that neither SQL nor the hashing of passwords ever runs where
sockets are served. Several may run.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from cockpit.clock import SystemClock
from cockpit.errors import CockpitError
from cockpit.ports import StopSignal
from datasource.answering import Worker
from datasource.asking import Inbox
from datasource.desk.accounts import Accounts
from datasource.desk.audit import Audit
from datasource.desk.beginning import begin_site
from datasource.desk.devices import Devices
from datasource.desk.keys import Keys
from datasource.desk.looking import Looking
from datasource.desk.people import People, people_of
from datasource.desk.playlists import Playlists
from datasource.desk.queues import QueueLists
from datasource.desk.screen_store import ScreenStore
from datasource.desk.sessions import Sessions
from datasource.desk.subject_pages import SubjectPages
from datasource.desk.trail import Trail
from datasource.desk.upkeep import Upkeep
from datasource.desk.work import work_families
from datasource.lately import SAME_REFUSAL_SECONDS, Lately
from datasource.outage import Outage, passes
from datasource.site import Site, geography_of

_logger = logging.getLogger(__name__)

SERVICE = "desk"
_RETRY_SECONDS = 1.0
_REST_AGAIN_SECONDS = 5.0  # after a failure: questions must not wait for it each time


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
    """Implements `datasource.answering.Answers` for all families. What a gate refuses is written
    into the audit here, for all of them; the same again within a minute is the same."""

    def __init__(self, families: Sequence[Family], audit: Audit) -> None:
        self._families, self._audit = families, audit
        self._by_type = {kind: each for each in families for kind in each.questions}
        self.questions: Any = reduce(or_, self._by_type)
        self._outage = Outage(_logger, "What the role desk does by itself")
        self._rest_from = 0.0
        self._told = Lately(SAME_REFUSAL_SECONDS)

    def answer(self, question: Struct) -> bytes:
        try:
            return msgspec.json.encode(self._by_type[type(question)].answer(question))
        except CockpitError as error:
            if error.code == "access.refused":
                self._refused(question, error)
            raise

    def _refused(self, question: Any, error: CockpitError) -> None:
        subject = f"{error.facts['right']} {error.facts['region']}"
        outcome = str(question.__struct_config__.tag)
        address = getattr(question, "address", "")
        refusal = question.who.id, subject, outcome, address
        if not self._told.has(refusal):
            self._audit.append(question.who, "access.refused", subject, outcome, address)
            self._told.note(refusal)

    def rest(self) -> None:
        """A database that is away keeps nobody from asking, who then hears of it at once."""
        if time.monotonic() < self._rest_from:
            return
        try:
            for family in self._families:
                family.rest()
            self._outage.over()
        except CockpitError as error:
            if error.code.startswith("redis.") or not passes(error):
                raise
            self._outage.failed(error)
            self._rest_from = time.monotonic() + _REST_AGAIN_SECONDS

    def figures(self) -> Mapping[str, float]:
        return {}


def people_families(people: People) -> list[Family]:
    """Accounts, sessions, screens, keys, the audit, and their upkeep."""
    screens, keys = ScreenStore(people.database, people.copies), Keys(people)
    return [
        Sessions(people), Accounts(people), Devices(people, screens), Playlists(people, screens),
        keys, Trail(people), Upkeep(people, keys, screens),
    ]  # fmt: skip


def families(site: Site, people: People) -> list[Family]:
    """Everything the desk knows."""
    looking = Looking(site.regions, people.audit)
    return [
        *people_families(people),
        QueueLists(site.database, site.regions, site.clock, looking),
        SubjectPages(site.database, site.regions, geography_of, site.clock, looking),
        *work_families(site, people.audit),
    ]


def answer_desk(site: Site, stop: StopSignal) -> None:
    """Be a worker until `stop`."""
    people = people_of(
        site.database, site.client, site.prefix, site.regions, SystemClock(),
        site.settings["simulate"],
    )  # fmt: skip
    if not _begun(site, people, stop):
        return
    inbox = Inbox(site.client, site.prefix, SERVICE)
    answers = DeskAnswers(families(site, people), people.audit)
    Worker(SERVICE, inbox, answers, site.stats).run(stop)


def _begun(site: Site, people: People, stop: StopSignal) -> bool:
    """Prepare the database and the site as soon as they can be reached; False when told to
    stop before."""
    outage = Outage(_logger, "The start of the role desk")
    while not stop.is_set():
        try:
            site.prepare()
            begin_site(people)
            outage.over()
            return True
        except CockpitError as error:
            if not passes(error):
                raise
            outage.failed(error)
            stop.wait(_RETRY_SECONDS)
    return False
