"""The role `office` as a service: papers of meetings, and scheduled briefs.

`serve` asks it through Redis, so that neither Chromium nor the writing of files ever runs where
sockets are served. It runs at a lower priority, and takes what it needs of the past from the role
`query`.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cockpit.ports import StopSignal
from datasource.answering import Worker
from datasource.asking import Inbox, Queries
from datasource.office.brief_store import BriefStore
from datasource.office.briefs import Briefs
from datasource.office.makers import Makers
from datasource.office.paper import Tables
from datasource.office.questions import ListBriefs, MakePaper, ReadBrief
from datasource.site import Site

SERVICE = "office"
_NICE = 5


class OfficeAnswers:
    """Implements `datasource.answering.Answers`."""

    questions: Any = MakePaper | ListBriefs | ReadBrief

    def __init__(self, makers: Makers, briefs: Briefs) -> None:
        self._makers, self._briefs = makers, briefs
        self._papers = 0

    def answer(self, question: Struct) -> bytes:
        if isinstance(question, ListBriefs):
            return msgspec.json.encode(self._briefs.listed(question))
        if isinstance(question, ReadBrief):
            return msgspec.msgpack.encode(self._briefs.read(question))
        assert isinstance(question, MakePaper)
        self._papers += 1
        return msgspec.msgpack.encode(self._makers.make(question))

    def rest(self) -> None:
        self._briefs.rest()

    def figures(self) -> Mapping[str, float]:
        return {"papers": self._papers}


def answer_office(site: Site, stop: StopSignal, tables: Tables) -> None:
    """Be a worker until `stop`. `tables` are the interface's texts by language."""
    os.nice(_NICE)
    site.prepare()
    asks = Queries(site.client, site.prefix, "query")
    store = BriefStore(site.database, Path(site.settings["data_dir"]) / "briefs", site.clock)
    briefs = Briefs(
        site.regions, site.rules, asks, tables, store, site.lock("briefs"), site.clock,
        site.settings["briefs"],
    )  # fmt: skip
    makers = Makers(
        site.regions, site.rules, asks, tables, site.settings, progress_of(site), site.client
    )
    inbox = Inbox(site.client, site.prefix, SERVICE)
    Worker(SERVICE, inbox, OfficeAnswers(makers, briefs), site.stats).run(stop)


def progress_of(site: Site) -> Callable[[], tuple[int, int]]:
    """Answers how far the log goes, and how far the archive."""
    return lambda: (site.log.head(), site.archive.end().n)
