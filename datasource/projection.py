"""The projector's process: the log in, the fold, frames out.

One loop on one thread. It waits in the log's blocking read, so that an event is folded and its
frame published within milliseconds, and wakes by itself for deadlines, beats and time. While
Redis is away nothing is published; then it goes on where it stopped, or from the beginning when
the log is not the one it knew.
"""

import gc
import logging
import time
from collections.abc import Callable

from cockpit.clock import Clock
from cockpit.errors import CockpitError
from cockpit.ports import DeadLetters, FrameBus, Lock, Log, Stats, StopSignal
from datasource.follower import Fold, Follower
from datasource.outage import Outage
from datasource.schedule import Schedule

_logger = logging.getLogger(__name__)

_LONGEST_WAIT = 0.1
_RETRY_SECONDS = 0.1
_PROGRESS_SECONDS = 2.0
# After a round of frames, time for other things, as a multiple of its cost in processor time: a
# pause for the machine's sake, and while entries wait, work on folding them. A few frames cost a
# few milliseconds and nobody notices; frames of all views at once may not crowd out the log.
_PAUSE, _FOLD_FIRST = 0.5, 4.0


class Projection:
    """The one writer of a district's frames.

    Stats of role `projector`, each second: seq, head_at_start, lag_ms, folded, frames,
    dead_letters, caught_up (0 or 1).
    """

    def __init__(
        self,
        make_projector: Callable[[], Fold],
        log: Log,
        dead_letters: DeadLetters,
        bus: FrameBus,
        lock: Lock,
        stats: Stats,
        clock: Clock,
        interval_ms: int,
    ) -> None:
        """`make_projector` makes one that has folded nothing; `interval_ms` is the least time
        between two frames of a view, in real milliseconds."""
        self._make_projector, self._log, self._dead_letters = make_projector, log, dead_letters
        self._bus, self._lock, self._stats, self._clock = bus, lock, stats, clock
        self._interval = interval_ms / 1000
        self._outage = Outage(_logger, "The projector")
        self._follower: Follower | None = None
        self._ended = ""  # epoch whose numbers were found used again
        self._schedule = Schedule((), self._interval, 0.0)
        # No frames before this real time, nor, while entries wait, before this processor time.
        self._not_before = self._not_before_work = 0.0
        self._next_look = self._next_word = 0.0
        self._folded = self._frames = 0
        self._ready = False

    def run(self, stop: StopSignal) -> None:
        """Project until `stop`. Raises CockpitError `projector.already_running`."""
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
        elif error.code.startswith("redis."):
            self._outage.failed(error)
            stop.wait(_RETRY_SECONDS)
        else:
            raise error

    def _step(self) -> None:
        follower = self._follower
        if follower is None:
            self._lock.acquire()
            follower = self._begin()
        else:
            self._lock.keep()
        self._folded += follower.take(self._wait_ms(follower))
        follower.settle(self._clock.now())
        if self._caught_up(follower):
            self._publish(follower)
        self._each_second(follower)
        self._outage.over()

    def _begin(self) -> Follower:
        if self._ended:
            self._log.end_epoch(self._ended)
            self._ended = ""
        follower = Follower(self._make_projector(), self._log, self._dead_letters)
        self._schedule = Schedule(follower.projector.views, self._interval, time.monotonic())
        self._follower = follower
        self._ready = False
        _logger.info("Folding %d entries of the log from the start", follower.target)
        return follower

    def _caught_up(self, follower: Follower) -> bool:
        if not self._ready and follower.caught_up:
            self._ready = True
            _logger.info("Folded all %d entries; frames go out", follower.projector.seq)
            # What was folded so far mostly stays: the collector need not look through it again
            # and again, which would hold up frames.
            gc.freeze()
        return self._ready

    def _wait_ms(self, follower: Follower) -> int:
        if follower.waiting:
            return 0
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
        if not self._bus.publish(frames, self._lock.token):
            self._lock.acquire()  # it ran out: ours again, or somebody else's and the end
            return
        self._schedule.sent(views, begun)
        self._frames += len(views)
        cost = time.thread_time() - worked
        self._not_before = time.monotonic() + _PAUSE * cost
        self._not_before_work = worked + cost + _FOLD_FIRST * cost

    def _each_second(self, follower: Follower) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + 1.0
        if not self._ready and now >= self._next_word:
            self._next_word = now + _PROGRESS_SECONDS
            _logger.info("Folded %d of %d entries", follower.projector.seq, follower.target)
        if self._log.epoch() != follower.epoch:
            _logger.warning("The log began a new epoch; it is folded from the start")
            self._follower = None
            return
        self._stats.write("projector", self._figures(follower))

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
