"""Refused looks on their way into the audit. Nobody waits: no answer may hang on SQL. While the
desk is away they stay here."""

import logging

import gevent
import gevent.queue

from callbacks.gates import Desk, Refusal
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from datasource.desk.people_questions import WriteAudit
from datasource.lately import SAME_REFUSAL_SECONDS, Lately
from datasource.outage import Outage, passes

log = logging.getLogger(__name__)

_MOST_WAITING = 1000
_RETRY_SECONDS = 1.0


class AuditTrail:
    """One task writes what waits, one after the other, while there is something."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: gevent.queue.Queue[WriteAudit] = gevent.queue.Queue(_MOST_WAITING)
        self._told = Lately(SAME_REFUSAL_SECONDS)
        self._writing = False
        self._outage = Outage(log, "The audit of refused looks")

    def refused(self, refusal: Refusal) -> None:
        """Somebody was refused; answers at once."""
        if not self._new(refusal):
            return
        what, subject = str(refusal.right), refusal.region
        row = WriteAudit(refusal.who, what, subject, "access.refused", refusal.address)
        if refusal.who is None:
            row = WriteAudit(None, what, subject, "access.login", refusal.address)
        try:
            self._waiting.put_nowait(row)
        except gevent.queue.Full:
            log.warning("refused looks come faster than the audit takes them; one is not in it")
            return
        if not self._writing:
            self._writing = True
            gevent.spawn(self._write)

    def _new(self, refusal: Refusal) -> bool:
        """Whether it has not been told lately. Of somebody unknown the region does not count,
        else anybody could fill the audit."""
        who = refusal.who
        key = (str(refusal.right), refusal.address, *_of(who, refusal.region))
        if self._told.has(key):
            return False
        self._told.note(key)
        return True

    def _write(self) -> None:
        try:
            while not self._waiting.empty():
                if not self._is_written(self._waiting.peek()):
                    gevent.sleep(_RETRY_SECONDS)
                    continue
                self._waiting.get_nowait()
                self._outage.over()
        finally:
            self._writing = False

    def _is_written(self, row: WriteAudit) -> bool:
        """False: to be tried again. A row whose answer was lost may come twice."""
        try:
            self._desk.ask(row)
        except CockpitError as error:
            if error.code.startswith("query.") or passes(error):
                self._outage.failed(error)
                return False
            log.warning("a refused look is not in the audit: %s", error)
        return True


def _of(who: Account | None, region: str) -> tuple[str, ...]:
    return () if who is None else (who.id, region)
