"""The projector's process: the log in, the fold, frames out.

One loop on one thread. It waits in the log's blocking read, so that an event is folded and its
frame published within milliseconds, and wakes by itself for deadlines, beats and time. While
Redis is away nothing is published; then it goes on where it stopped, or from a checkpoint when
the log is not the one it knew.
"""

import gc
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from cockpit.clock import Clock
from cockpit.errors import CockpitError
from cockpit.ports import (
    Archive,
    DeadLetters,
    FrameBus,
    Lock,
    LogReader,
    ProcessState,
    Stats,
    StopSignal,
)
from datasource.complete_log import CompleteDeadLetters, CompleteLog
from datasource.follower import Follower
from datasource.outage import Outage, passes
from datasource.resume import Resume
from datasource.schedule import Schedule

_logger = logging.getLogger(__name__)

_LONGEST_WAIT = 0.1
_RETRY_SECONDS = 0.1
_PROGRESS_SECONDS = 2.0
_ADOPT_SECONDS = 1.0
# After a round of frames, time for other things, as a multiple of its cost in processor time: a
# pause for the machine's sake, and while entries wait, work on folding them. A few frames cost a
# few milliseconds and nobody notices; frames of all views at once may not crowd out the log.
_PAUSE, _FOLD_FIRST = 0.5, 4.0


class Projection:
    """The one writer of a district's frames, or one that waits to be it.

    It begins at the archive's newest checkpoint and folds along; once it has caught up it asks
    for the lock, and goes on asking as standby while another holds it. Who gets the lock
    publishes all views at once; who loses it goes on as standby.

    Stats of role `projector`, each second: seq, head_at_start, lag_ms, folded, frames,
    dead_letters, caught_up (0 or 1). Its state there is `active` with the lock, `waiting` while
    the archive does not answer, else `standby`.
    """

    def __init__(
        self,
        resume: Resume,
        log: LogReader,
        dead_letters: DeadLetters,
        archive: Archive,
        mend_log: Callable[[], object],
        bus: FrameBus,
        lock: Lock,
        stats: Stats,
        clock: Clock,
        interval_ms: int,
    ) -> None:
        """`mend_log` makes the log go on where the archive ends, if it does not; `interval_ms`
        is the least time between two frames of a view, in real milliseconds."""
        self._resume, self._log, self._dead_letters = resume, log, dead_letters
        self._archive, self._mend_log = archive, mend_log
        self._bus, self._lock, self._stats, self._clock = bus, lock, stats, clock
        self._interval = interval_ms / 1000
        self._outage = Outage(_logger, "The projector")
        self._rules_outage = Outage(_logger, "The projector's rules")
        self._follower: Follower | None = None
        self._ended = ""  # epoch whose numbers were found used again
        self._schedule = Schedule((), self._interval, 0.0)
        self._token = ""  # of the lock, when it was taken over and everything is ours to tell
        self._next_adoption: float | None = None  # None: our rules are in force
        # No frames before this real time, nor, while entries wait, before this processor time.
        self._not_before = self._not_before_work = 0.0
        self._next_look = self._next_word = 0.0
        self._folded = self._frames = 0
        self._ready = False

    def run(self, stop: StopSignal) -> None:
        """Project, or wait as standby, until `stop`. Raises CockpitError `ledger.unreadable`
        when this process's rules lack what is in use, and what will not pass of the database."""
        try:
            while not stop.is_set():
                try:
                    self._step()
                except CockpitError as error:
                    self._mend(error, stop)
        finally:
            self._lock.release()

    def _mend(self, error: CockpitError, stop: StopSignal) -> None:
        if error.code == "log.changed":
            _logger.warning("%s", error)
            self._ended = self._follower.epoch if self._follower else ""
            self._follower = None
        elif passes(error):
            self._outage.failed(error)
            if not error.code.startswith("redis."):
                self._say_that_it_waits()
            stop.wait(_RETRY_SECONDS)
        else:
            raise error

    def _say_that_it_waits(self) -> None:
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + 1.0
        with suppress(CockpitError):
            self._stats.write("projector", {}, "waiting")

    # -- a step --------------------------------------------------------------------------

    def _step(self) -> None:
        follower = self._follower or self._begin()
        active = self._holds(follower)
        self._folded += follower.take(self._wait_ms(follower, active))
        follower.settle(self._clock.now(), active)
        self._look_whether_ready(follower)
        if active and follower.caught_up:
            self._publish(follower)
        self._outage.over()
        self._each_second(follower, active)

    def _begin(self) -> Follower:
        self._mend_log()
        if self._ended:
            self._log.end_epoch(self._ended)
            self._ended = ""
        log = CompleteLog(self._log, self._archive)
        dead_letters = CompleteDeadLetters(self._dead_letters, self._archive)
        gc.unfreeze()  # what an earlier beginning has left
        start = self._resume.begin(log.head())
        follower = Follower(
            start.projector, log, dead_letters, start.letters, start.changes, start.adopt
        )
        self._follower, self._ready, self._token = follower, False, ""
        at = start.projector.seq
        _logger.info("Folding from number %d on; the log ends at %d", at + 1, follower.target)
        return follower

    def _look_whether_ready(self, follower: Follower) -> None:
        if self._ready or not follower.caught_up:
            return
        self._ready = True
        _logger.info("Folded up to number %d", follower.projector.seq)
        # What was folded so far mostly stays: the collector need not look through it again
        # and again, which would hold up frames.
        gc.freeze()

    def _holds(self, follower: Follower) -> bool:
        """Whether this is the one that publishes. Who has not caught up does not ask to be."""
        if not self._ready or not self._lock.keep():
            self._token = ""
            return False
        if self._token != self._lock.token:
            # Our predecessor may have shown more than we have folded: never go back behind it.
            follower.aim()
            self._schedule = Schedule(follower.projector.views, self._interval, time.monotonic())
            self._next_adoption = self._next_look = 0.0
            self._token = self._lock.token
            _logger.info("Frames go out from number %d on", follower.target)
        if self._next_adoption is not None and time.monotonic() >= self._next_adoption:
            return self._adopt(follower)
        return True

    def _adopt(self, follower: Follower) -> bool:
        """Put our rules in force. An archive that is away is no reason not to publish by those
        in force; that other rules came into force unheard is one to begin again."""
        try:
            changes = self._resume.put_in_force(follower.projector, self._log.head())
        except CockpitError as error:
            if error.code.startswith("redis.") or not passes(error):
                raise
            self._rules_outage.failed(error)
            self._next_adoption = time.monotonic() + _ADOPT_SECONDS
            return True
        self._rules_outage.over()
        self._next_adoption = None
        if changes is None:
            _logger.info("Other rules came into force meanwhile; it begins again")
            self._follower, self._ready = None, False
            return False
        follower.expect(changes)
        return True

    def _wait_ms(self, follower: Follower, active: bool) -> int:
        if follower.waiting:
            return 0
        if not active:
            return int(_LONGEST_WAIT * 1000)
        now = time.monotonic()
        due = self._not_before if now < self._not_before else self._schedule.next()
        left = min(due - now, _LONGEST_WAIT)
        return max(1, int(left * 1000)) if left > 0 else 0

    def _publish(self, follower: Follower) -> None:
        begun, worked = time.monotonic(), time.thread_time()
        if begun < self._not_before or (follower.waiting and worked < self._not_before_work):
            return
        # Only now: to find what changed is work too, the same for one entry and for a thousand.
        self._schedule.touch(follower.projector.take_dirty())
        views = self._schedule.due(begun)
        if not views:
            return
        lag = follower.lag_ms(self._clock.now())
        frames = {view: follower.projector.frame(view, follower.epoch, lag) for view in views}
        if not self._bus.publish(frames, self._token):
            self._lock.try_acquire()  # it ran out: ours again, or somebody else's
            return
        self._schedule.sent(views, begun)
        self._frames += len(views)
        cost = time.thread_time() - worked
        self._not_before = time.monotonic() + _PAUSE * cost
        self._not_before_work = worked + cost + _FOLD_FIRST * cost

    def _each_second(self, follower: Follower, active: bool) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + 1.0
        if not self._ready and now >= self._next_word:
            self._next_word = now + _PROGRESS_SECONDS
            _logger.info("Folded %d of %d entries", follower.projector.seq, follower.target)
        if self._log.epoch() != follower.epoch:
            _logger.warning("The log began a new epoch; it is folded anew")
            self._follower = None
            return
        state: ProcessState = "active" if active else "standby"
        self._stats.write("projector", self._figures(follower), state)

    def _figures(self, follower: Follower) -> dict[str, float]:
        return {
            "seq": follower.projector.seq,
            "head_at_start": follower.target,
            "lag_ms": follower.lag_ms(self._clock.now()),
            "folded": self._folded,
            "frames": self._frames,
            "dead_letters": follower.dead_letters,
            "caught_up": int(self._ready),
        }
