"""One failure, one line; one recovery, one line."""

import logging
import time
from weakref import WeakSet

from cockpit.errors import CockpitError

_LASTING = {"archive.gap", "database.newer", "database.corrupt", "database.url"}


def passes(error: CockpitError) -> bool:
    """Whether a fault of Redis or the database may be over when it is tried again."""
    family = error.code.partition(".")[0]
    return family in {"redis", "archive", "database"} and error.code not in _LASTING


class _Failure:
    """Something that is away: told by `what` as `code`, and who still misses it."""

    def __init__(self, what: str, code: str) -> None:
        self.what, self.code, self.since = what, code, time.monotonic()
        self.missed_by: WeakSet[Outage] = WeakSet()


# What is away for this process, by the first part of its code. Several parts of a process notice
# that Redis is gone; the operator wants to read it once.
_away: dict[str, _Failure] = {}


class Outage:
    """Logs a failure once and its recovery once, however often it is tried in between and
    however many parts of this process notice: the first tells that something is away, the last
    that it is back, with the code and the duration."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """`what` names in the log line what does not work, for example `The intake`."""
        self._log, self._what = log, what
        self._family = ""

    @property
    def lasting(self) -> bool:
        """True between a failure and the recovery."""
        return bool(self._family)

    def failed(self, error: CockpitError) -> None:
        """Tell of a failure, unless it has been told."""
        family = error.code.partition(".")[0]
        if family == self._family:
            return
        self.over()
        self._family = family
        failure = _away.get(family)
        if failure is None or not failure.missed_by:
            failure = _away[family] = _Failure(self._what, error.code)
            self._log.warning("%s waits: %s", self._what, error)
        failure.missed_by.add(self)

    def over(self) -> None:
        """Tell that it works again, if it was told that it does not."""
        failure = _away.get(self._family)
        self._family = ""
        if failure is None or self not in failure.missed_by:
            return
        failure.missed_by.remove(self)
        if not failure.missed_by:
            seconds = round(time.monotonic() - failure.since, 1)
            known = {"code": failure.code, "seconds": seconds}
            self._log.warning("%s goes on after %.1f s", failure.what, seconds, extra=known)
