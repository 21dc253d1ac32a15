"""The loop of a role that answers questions (datasource/asking.py).

One loop on one thread. A second thread only says each second that this worker lives, however long
an answer takes. Several workers of a service may run.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event, Thread
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from cockpit.errors import CockpitError
from cockpit.ports import Stats, StopSignal
from datasource.asking import Asked, Inbox
from datasource.outage import Outage

_logger = logging.getLogger(__name__)

_WAIT_SECONDS = 0.5
_BEAT_SECONDS = 1.0
_RETRY_SECONDS = 0.2
_COUNTERS = ("answered", "refused", "failures", "busy_ms")


class Answers(Protocol):
    """What a service knows. Called on the loop's thread, but for `figures`."""

    questions: Any
    """The type, or union of types, of the questions it understands."""

    def answer(self, question: Any) -> bytes:
        """The answer to a question. Raises CockpitErrors; the asker gets them."""

    def rest(self) -> None:
        """Called before each question and at least each half second."""

    def figures(self) -> Mapping[str, float]:
        """What else to tell each second."""


class Worker:
    """One worker of a service. Stats of the role `service`, each second: answered, refused (known
    faults), failures (unforeseen ones), late (nobody waited any more), busy_ms, and what its
    answers tell."""

    def __init__(self, service: str, inbox: Inbox, answers: Answers, stats: Stats) -> None:
        self._service, self._inbox, self._answers, self._stats = service, inbox, answers, stats
        self._outage = Outage(_logger, f"The answering of the role {service}")
        self._counts: Counter[str] = Counter(dict.fromkeys(_COUNTERS, 0))
        self._decode = msgspec.msgpack.Decoder(answers.questions).decode

    def run(self, stop: StopSignal) -> None:
        """Answer until `stop`."""
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
                self._stats.write(self._service, self._figures())
            ended.wait(_BEAT_SECONDS)

    def _figures(self) -> dict[str, float]:
        return {**self._counts, **self._answers.figures(), "late": self._inbox.late}

    def _step(self) -> None:
        self._answers.rest()
        asked = self._inbox.take(_WAIT_SECONDS)
        if asked is None:
            return
        self._answers.rest()
        begun = time.monotonic()
        reply = self._work(asked)
        self._counts["busy_ms"] += round((time.monotonic() - begun) * 1000)
        reply()

    def _work(self, asked: Asked) -> Callable[[], None]:
        """Find the answer; answers how it is to be sent."""
        question: Struct | None = None
        try:
            question = self._decode(asked.question)
            body = self._answers.answer(question)
        except CockpitError as error:
            self._counts["refused"] += 1
            fault = error
            return lambda: self._inbox.refuse(asked, fault)
        except Exception:
            self._counts["failures"] += 1
            _logger.exception("Unforeseen fault in a question (%s)", type(question).__name__)
            return lambda: self._inbox.refuse(asked, CockpitError("server.fault"))
        self._counts["answered"] += 1
        return lambda: self._inbox.answer(asked, body)
