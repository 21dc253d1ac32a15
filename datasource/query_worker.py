"""The role `query`: answers questions about the past, so that neither pandas nor folding ever
runs where sockets are served or frames are made.

One loop on one thread, at a low priority: live goes first on a busy machine. A second thread only
says each second that this process lives, however long an answer takes. Several may run; each has
its own replays.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import msgspec

from cockpit.errors import CockpitError
from cockpit.ports import Stats, StopSignal
from datasource.database.history import History
from datasource.database.jumps import ArchiveJumps
from datasource.outage import Outage
from datasource.queries import Inbox
from datasource.questions import Asked, FrameAt, Question, Replay
from datasource.replay import Replays
from datasource.site import Site, geography_of

_logger = logging.getLogger(__name__)

_NICE = 10
_WAIT_SECONDS = 0.5
_BEAT_SECONDS = 1.0
_RETRY_SECONDS = 0.2
_COUNTERS = ("answered", "refused", "failures", "busy_ms")


class QueryWorker:
    """One worker. Stats of role `query`, each second: replays (open), answered, refused (known
    faults), failures (unforeseen ones), late (nobody waited any more), busy_ms."""

    def __init__(self, inbox: Inbox, replays: Replays, history: History, stats: Stats) -> None:
        self._inbox, self._replays, self._history = inbox, replays, history
        self._stats = stats
        self._outage = Outage(_logger, "The answering of queries")
        self._counts: Counter[str] = Counter(dict.fromkeys(_COUNTERS, 0))

    def run(self, stop: StopSignal) -> None:
        """Answer until `stop`."""
        os.nice(_NICE)
        ended = Event()
        heart = Thread(target=self._beat, args=(ended,), name="heart", daemon=True)
        heart.start()
        while not stop.is_set():
            try:
                self._step()
                self._outage.over()
            except CockpitError as error:
                self._outage.failed(error)
                stop.wait(_RETRY_SECONDS)
        ended.set()
        heart.join()
        with suppress(CockpitError):  # Redis is away: it forgets this worker by itself
            self._inbox.leave()

    def _beat(self, ended: Event) -> None:
        """Signs of life and figures, until the loop has ended. Failures are the loop's to tell."""
        while not ended.is_set():
            with suppress(CockpitError):
                self._inbox.beat()
                self._stats.write("query", self._figures())
            ended.wait(_BEAT_SECONDS)

    def _figures(self) -> dict[str, float]:
        return {**self._counts, "replays": self._replays.open, "late": self._inbox.late}

    def _step(self) -> None:
        asked = self._inbox.take(_WAIT_SECONDS)
        self._replays.drop_idle()
        if asked is None:
            return
        begun = time.monotonic()
        reply = self._work(asked)
        self._counts["busy_ms"] += round((time.monotonic() - begun) * 1000)
        reply()

    def _work(self, asked: Asked) -> Callable[[], None]:
        """Find the answer; answers how it is to be sent."""
        try:
            body = self._find(asked.question)
        except CockpitError as error:
            self._counts["refused"] += 1
            fault = error
            return lambda: self._inbox.refuse(asked, fault)
        except Exception:
            self._counts["failures"] += 1
            _logger.exception("Unforeseen fault in a query (%s)", type(asked.question).__name__)
            return lambda: self._inbox.refuse(asked, CockpitError("server.fault"))
        self._counts["answered"] += 1
        return lambda: self._inbox.answer(asked, body)

    def _find(self, question: Question) -> bytes:
        if isinstance(question, FrameAt):
            return self._replays.frame(question)
        if isinstance(question, Replay):
            said, frame = self._replays.picture(question)
            return msgspec.json.encode({**said, "frame": msgspec.Raw(frame)})
        return msgspec.json.encode(self._history.answer(question))


def make_worker(site: Site) -> QueryWorker:
    """A worker with all that it needs; opens nothing yet."""
    inbox = Inbox(site.client, site.prefix)
    replays = Replays(
        archive=site.archive,
        jumps=ArchiveJumps(site.database, site.archive, site.regions),
        regions=site.regions,
        geography=geography_of,
        clock=site.clock,
        worker=inbox.worker,
        limit=site.settings["replay_sessions"],
    )
    history = History(site.database, site.regions, site.rules)
    return QueryWorker(inbox, replays, history, site.stats)
