"""The intake: takes what sources PUBLISH on `<prefix>:events` and appends it to the log.

Pub/sub forgets, so the one thing that counts here is to be listening: the intake takes whatever
waits, keeps it, and holds it in its hands while Redis is away. A message that was published
while nobody could hear it shows as a hole in its source's `sequence`.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

from redis import Redis

from cockpit.errors import CockpitError
from cockpit.ports import Lock, Stats, StopSignal
from datasource.outage import Outage
from datasource.receive import Judged, Receiver
from datasource.subscription import Subscription

log = logging.getLogger(__name__)

CANARY = b"cockpit.canary"
_BATCH = 2000
_WAIT_SECONDS = 0.25
_RETRY_SECONDS = 0.2
_COUNTERS = ("received", "accepted", "duplicates", "rejected", "dropped")

Answer = TypeVar("Answer")


class Intake:
    """One subscriber of a district's channel. Counters, written each second for role `intake`:
    received, accepted, duplicates, rejected, dropped (in hand when it was told to stop),
    gaps (times messages may have been lost), reconnections."""

    def __init__(
        self, client: Redis, prefix: str, receiver: Receiver, lock: Lock, stats: Stats
    ) -> None:
        self._channel = f"{prefix}:events"
        self._receiver, self._lock, self._stats = receiver, lock, stats
        self._client = client
        self._subscription = Subscription(client, self._channel, "The intake", self._sing)
        self._outage = Outage(log, "The intake")
        self._counts: Counter[str] = Counter(dict.fromkeys(_COUNTERS, 0))
        self._next_round = 0.0

    def run(self, stop: StopSignal) -> None:
        """Take messages until `stop`. Raises CockpitError `intake.already_running`."""
        self._persist(self._lock.acquire, stop)
        try:
            while not stop.is_set():
                waiting = self._subscription.receive(_BATCH, _WAIT_SECONDS)
                messages = [data for _, data in waiting if data != CANARY]
                if messages:
                    self._keep(messages, stop)
                self._each_second()
        finally:
            self._subscription.close()
            self._lock.release()

    def _sing(self) -> None:
        self._client.publish(self._channel, CANARY)

    def _keep(self, messages: list[bytes], stop: StopSignal) -> None:
        judged = self._receiver.judge(messages)
        once = uuid4().hex
        self._counts["received"] += len(messages)
        self._counts["rejected"] += len(judged.rejected)
        appended = self._persist(lambda: self._receiver.append(judged), stop)
        if appended is None:
            self._drop(len(messages), judged)
            return
        self._counts["accepted"] += appended.accepted
        self._counts["duplicates"] += appended.duplicates
        self._persist(lambda: self._receiver.put(judged, once), stop)

    def _drop(self, count: int, judged: Judged) -> None:
        self._counts["dropped"] += len(judged.events)
        log.error("Stopped with %d messages in hand that Redis would not take", count)

    def _persist(self, call: Callable[[], Answer], stop: StopSignal) -> Answer | None:
        """Repeat until Redis takes it; None when told to stop before that."""
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

    def _each_second(self) -> None:
        now = time.monotonic()
        if now < self._next_round:
            return
        self._next_round = now + 1.0
        counts: dict[str, float] = dict(self._counts)
        counts["gaps"] = self._subscription.breaks
        counts["reconnections"] = self._subscription.reconnections
        try:
            self._lock.keep()
            self._stats.write("intake", counts)
            self._outage.over()
        except CockpitError as error:
            if not error.code.startswith("redis."):
                raise
            self._outage.failed(error)
