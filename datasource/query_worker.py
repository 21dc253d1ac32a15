"""The role `query`: answers questions about the past, so that neither pandas nor folding ever
runs where sockets are served or frames are made.

It runs at a low priority: live goes first on a busy machine. Several may run; each has its own
replays.
"""

import os
from collections.abc import Mapping

import msgspec

from cockpit.ports import StopSignal
from datasource.answering import Worker
from datasource.asking import Inbox
from datasource.database.history import History
from datasource.database.jumps import ArchiveJumps
from datasource.departments import DepartmentAnswers
from datasource.member_lists import MemberLists
from datasource.questions import Departments, FrameAt, Members, Question, Replay
from datasource.replay import Replays
from datasource.site import Site, geography_of

SERVICE = "query"
_NICE = 10


class PastAnswers:
    """Implements `datasource.answering.Answers` for replays and history. Tells `replays`, how many
    are open."""

    questions = Question

    def __init__(
        self,
        replays: Replays,
        history: History,
        members: MemberLists,
        departments: DepartmentAnswers,
    ) -> None:
        self._replays, self._history = replays, history
        self._members, self._departments = members, departments

    def answer(self, question: Question) -> bytes:
        if isinstance(question, FrameAt):
            return self._replays.frame(question)
        if isinstance(question, Replay):
            said, frame = self._replays.picture(question)
            return msgspec.json.encode({**said, "frame": msgspec.Raw(frame)})
        if isinstance(question, Members):
            return msgspec.json.encode(self._members.answer(question))
        if isinstance(question, Departments):
            return msgspec.json.encode(self._departments.answer(question))
        return msgspec.json.encode(self._history.answer(question))

    def rest(self) -> None:
        self._replays.drop_idle()

    def figures(self) -> Mapping[str, float]:
        return {"replays": self._replays.open}


def answer_past(site: Site, stop: StopSignal) -> None:
    """Be a worker until `stop`."""
    os.nice(_NICE)
    inbox = Inbox(site.client, site.prefix, SERVICE)
    replays = Replays(
        archive=site.archive,
        jumps=ArchiveJumps(site.database, site.archive, site.regions),
        regions=site.regions,
        geography=geography_of,
        clock=site.clock,
        worker=inbox.worker,
        limit=site.settings["replay_sessions"],
        head=site.log.head,
    )
    history = History(site.database, site.regions, site.rules)
    departments = DepartmentAnswers(replays, site.regions, site.rules, site.clock)
    answers = PastAnswers(replays, history, MemberLists(replays, site.regions), departments)
    Worker(SERVICE, inbox, answers, site.stats).run(stop)
