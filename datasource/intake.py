"""The intake: takes what sources PUBLISH on `<prefix>:events` and appends it to the log.

Pub/sub forgets, so the one thing that counts here is to be listening: the intake takes whatever
waits, keeps it, and holds it in its hands while Redis is away. A message that was published
while nobody could hear it shows as a hole in its source's `sequence`.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import uuid4

from redis import Redis

from cockpit.errors import CockpitError
from cockpit.ports import Appended, DeadLetter, Lock, ProcessState, Stats, StopSignal
from datasource.outage import Outage
from datasource.receive import Judged, Receiver
from datasource.subscription import Message, Subscription

log = logging.getLogger(__name__)

CANARY = b"cockpit.canary"
_BATCH = 2000
_WAIT_SECONDS = 0.25
_RETRY_SECONDS = 0.2
# The part of its limit below which a full log has room again: no line for each event that fits.
_ROOM_AGAIN = 0.9
_ROUND_SECONDS = 0.5
_COUNTERS = (
    "received", "accepted", "duplicates", "rejected", "refused", "dropped", "gaps",
    "reconnections",
)  # fmt: skip

Answer = TypeVar("Answer")


class Intake:
    """One subscriber of a district's channel, or one that waits as standby: it subscribes once it
    holds the lock. What it still hears when it has lost the lock it keeps, and leaves.

    Stats of role `intake`, each second: received, accepted, duplicates, rejected, refused (by a
    full log; they are dead letters), dropped (in hand when it was told to stop), gaps (times
    messages may have been lost), reconnections, refusing (1 while the log is full).
    """

    def __init__(
        self, client: Redis, prefix: str, receiver: Receiver, lock: Lock, stats: Stats
    ) -> None:
        self._channel = f"{prefix}:events"
        self._receiver, self._lock, self._stats = receiver, lock, stats
        self._client = client
        self._subscription: Subscription | None = None
        self._outage = Outage(log, "The intake")
        self._full = Outage(log, "The log")
        self._counts: Counter[str] = Counter(dict.fromkeys(_COUNTERS, 0))
        self._next_round = 0.0

    def run(self, stop: StopSignal) -> None:
        """Take messages, or wait as standby, until `stop`."""
        try:
            while not stop.is_set():
                self._look_round(stop)
                if self._subscription is None:
                    stop.wait(_WAIT_SECONDS)
                else:
                    self._keep(self._subscription.receive(_BATCH, _WAIT_SECONDS), stop)
        finally:
            self._leave(stop)
            self._lock.release()

    # -- duty ----------------------------------------------------------------------------

    def _look_round(self, stop: StopSignal) -> None:
        """Each half second: is it our turn, and what is there to tell."""
        now = time.monotonic()
        if now < self._next_round:
            return
        self._next_round = now + _ROUND_SECONDS
        try:
            if self._lock.keep():
                self._subscription = self._subscription or self._subscribe()
            else:
                self._leave(stop)
            self._look_at_the_log()
            self._stats.write("intake", self._figures(), self._state())
            self._outage.over()
        except CockpitError as error:
            if not error.code.startswith("redis."):
                raise
            self._outage.failed(error)

    def _look_at_the_log(self) -> None:
        """Whether it is full, also while nothing is published: others append to it too."""
        room = self._receiver.room()
        if room is None or room.taken < _ROOM_AGAIN * room.limit:
            self._full.over()
        elif room.taken >= room.limit:
            self._full.failed(CockpitError("log.full", limit=room.limit))

    def _subscribe(self) -> Subscription:
        return Subscription(self._client, self._channel, "The intake", self._sing)

    def _sing(self) -> None:
        self._client.publish(self._channel, CANARY)

    def _leave(self, stop: StopSignal) -> None:
        """Keep what was heard: nobody else may have been listening yet. Then listen no more."""
        subscription, self._subscription = self._subscription, None
        if subscription is None:
            return
        for waiting in subscription.farewell(_BATCH):
            self._keep(waiting, stop)
        self._counts["gaps"] += subscription.breaks
        self._counts["reconnections"] += subscription.reconnections
        subscription.close()

    def _state(self) -> ProcessState:
        return "standby" if self._subscription is None else "active"

    def _figures(self) -> dict[str, float]:
        figures: dict[str, float] = dict(self._counts)
        if self._subscription is not None:
            figures["gaps"] += self._subscription.breaks
            figures["reconnections"] += self._subscription.reconnections
        figures["refusing"] = int(self._full.lasting)
        return figures

    # -- messages ------------------------------------------------------------------------

    def _keep(self, heard: list[Message], stop: StopSignal) -> None:
        messages = [data for _, data in heard if data != CANARY]
        if not messages:
            return
        judged = self._receiver.judge(messages)
        once = uuid4().hex
        self._counts["received"] += len(messages)
        self._counts["rejected"] += len(judged.rejected)
        try:
            kept = self._persist(partial(self._receiver.append, judged), stop)
        except CockpitError as error:
            self._full.failed(error)
            kept = self._keep_each(judged, stop)
        if kept is None:
            self._drop(len(messages), judged)
            return
        self._counts["accepted"] += kept.accepted
        self._counts["duplicates"] += kept.duplicates
        self._persist(lambda: self._receiver.put(judged, once), stop)

    def _keep_each(self, judged: Judged, stop: StopSignal) -> Appended | None:
        """Append one by one while the log is full. A publisher cannot be told to wait: what
        there is no room for becomes a dead letter of the batch."""
        accepted = duplicates = last = 0
        for event in judged.events:
            alone = Judged(judged.received, [event], [], [])
            try:
                kept = self._persist(partial(self._receiver.append, alone), stop)
            except CockpitError as error:
                self._counts["refused"] += 1
                letter = DeadLetter(event.raw, error.code, error.text(), judged.received)
                judged.letters.append(letter)
                continue
            if kept is None:
                return None
            accepted, duplicates = accepted + kept.accepted, duplicates + kept.duplicates
            last = kept.last
        return Appended(accepted, duplicates, last)

    def _drop(self, count: int, judged: Judged) -> None:
        self._counts["dropped"] += len(judged.events)
        log.error("Stopped with %d messages in hand that Redis would not take", count)

    def _persist(self, call: Callable[[], Answer], stop: StopSignal) -> Answer | None:
        """Repeat until Redis takes it; None when told to stop before that. Raises CockpitError
        `log.full`."""
        while True:
            try:
                answer = call()
            except CockpitError as error:
                if not error.code.startswith("redis."):
                    raise
                self._outage.failed(error)
                if stop.wait(_RETRY_SECONDS):
                    return None
            else:
                self._outage.over()
                return answer
