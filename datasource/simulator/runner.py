"""Plays the world by the clock: the past through the door of the SDK, the present by PUBLISH.

Every door is handed in. Nothing is told before its time, nothing twice with another number, and
what nobody hears is kept and told again, in order.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from cockpit.clock import MINUTE, SECOND, Clock
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.working_days import date_of
from cockpit.errors import CockpitError
from cockpit.ports import StopSignal
from datasource.outage import Outage
from datasource.simulator.disorder import Shaker
from datasource.simulator.messages import Made, alive, numbered
from datasource.simulator.state import State, Store
from datasource.simulator.world import World

log = logging.getLogger(__name__)

# Takes messages in order; answers how many of them, from the first on, somebody heard.
Publish = Callable[[Sequence[bytes]], int]
# Keeps a batch, or raises and may be called again with the same.
Append = Callable[[Sequence[bytes]], object]

TICK_SECONDS = 0.1
RETRY_SECONDS = 0.5
BATCH = 400  # messages a tick, so that catching up floods no subscriber's buffer
CHUNK = 1000  # messages an append
GAP = 15 * MINUTE  # further behind than this, positions are thinned and appended
# Of the past, each so-manieth position: one in 70 minutes; of today one in 20, so that who is
# on duty can be told.
PAST_EACH, TODAY_EACH = 140, 40
ALIVE_EVERY = 10 * SECOND
# Of today's past, so that no source looks dead when a wall is asked what was at ten o'clock: a
# little more often than the rules call late. The days before do without: a million entries.
TODAY_ALIVE_EVERY = 25 * SECOND
_PROGRESS = 50_000


class _Ahead:
    """An iterator of events whose next one can be looked at."""

    def __init__(self, events: Iterator[Made]) -> None:
        self._events = events
        self.next = next(events, None)

    def take(self) -> Made:
        event = self.next
        assert event is not None
        self.next = next(self._events, None)
        return event


class Simulator:
    """One run. Events before `_edge` have been taken from the world: they are told, or wait in
    the outbox; the state is saved only when the outbox is empty."""

    def __init__(
        self, world: World, state: State, publish: Publish, append: Append, clock: Clock,
        store: Store, stop: StopSignal,
    ) -> None:  # fmt: skip
        self._world, self._state = world, state
        self._publish, self._append, self._store = publish, append, store
        self._clock, self._stop = clock, stop
        self._edge = world.beginning if state.until is None else state.until
        # Before the first start nobody was there to raise what was late: the world tells it.
        self._unattended = state.until is None
        self._numbers = list(state.numbers)
        self._outbox: deque[bytes] = deque()
        self._stream: _Ahead | None = None
        self._shaker = Shaker(world.seed, world.scenario.disorder)
        self._outage = Outage(log, "The simulator")
        self._unheard = False
        self._beat = 0
        self._signed = 0  # signs of life of the past have been told up to here

    def run(self) -> None:
        """Until `stop`: fill what is missing, then go with the clock."""
        while not self._stop.is_set():
            self.step()
            self._stop.wait(TICK_SECONDS)
        self._outbox.extend(self._shaker.due(None))
        self._send(len(self._outbox))

    def step(self) -> None:
        """Tell what is due by now."""
        now = self._clock.now()
        if now - self._edge > GAP:
            self._catch_up(now)
        else:
            self._go_on(now)
        self._live(now)

    def _go_on(self, now: int) -> None:
        if self._stream is None:
            self._stream = _Ahead(self._world.events(self._edge))
        if not self._outbox:
            self._take(self._stream, now, BATCH, shaken=True)
            self._outbox.extend(self._shaker.due(now))
        if self._outbox:
            self._send(BATCH)
        if not self._outbox:
            self._commit()

    def _take(
        self, events: _Ahead, end: int, limit: int, *, shaken: bool, signs: bool = False
    ) -> None:
        """Put events before `end` into the outbox, about `limit`, never half of an instant;
        `signs`: with signs of life of the sources among them."""
        taken, last = 0, 0
        while events.next and events.next.time < end:
            if taken >= limit and events.next.time > last:
                self._edge = events.next.time
                return
            event = events.take()
            if not self._unattended and event.escalates:
                continue
            if signs:
                self._sign(event.time)
            message = numbered(event, self._numbers[event.source])
            self._numbers[event.source] += 1
            self._outbox.extend(self._shaker.shake(event, message) if shaken else (message,))
            taken, last = taken + 1, event.time
        self._edge = max(self._edge, end)

    def _send(self, limit: int) -> None:
        batch = [self._outbox[i] for i in range(min(limit, len(self._outbox)))]
        try:
            heard = self._publish(batch)
        except CockpitError as error:
            self._outage.failed(error)
            self._stop.wait(RETRY_SECONDS)
            return
        self._outage.over()
        for _ in range(heard):
            self._outbox.popleft()
        if self._unheard != (heard < len(batch)):
            self._unheard = not self._unheard
            log.warning("Nobody hears the sources" if self._unheard else "The sources are heard")
        if self._unheard:
            self._stop.wait(RETRY_SECONDS)

    def _commit(self) -> None:
        """Remember how far all is told. Failing is no harm: more is told again after a crash."""
        if self._state.until == self._edge:
            return
        self._state.until, self._state.numbers = self._edge, list(self._numbers)
        try:
            self._store.save(self._state.texts())
        except CockpitError as error:
            self._outage.failed(error)

    def _catch_up(self, now: int) -> None:
        """The past, and gaps: everything, but positions thinned."""
        self._stream = None
        self._append_outbox()
        told = 0
        log.info("The simulated district tells what has been so far")
        today = day_start(day_of(now))
        for end, each in ((today, PAST_EACH), (now, TODAY_EACH)):
            if self._edge >= end or self._stop.is_set():
                continue
            events = _Ahead(self._world.events(self._edge, end, each))
            self._signed = self._edge
            while self._edge < end and not self._stop.is_set():
                self._take(events, end, CHUNK, shaken=False, signs=end > today)
                before, told = told, told + len(self._outbox)
                self._append_outbox()
                if told // _PROGRESS > before // _PROGRESS:
                    log.info("%s: %s events", date_of(day_of(self._edge)), f"{told:,}")
        if self._edge >= now:
            self._unattended = False
            log.info("Up to the clock: %s events", f"{told:,}")

    def _sign(self, end: int) -> None:
        """Put the signs of life before `end` into the outbox that are not there yet."""
        first = self._signed + -self._signed % TODAY_ALIVE_EVERY
        self._signed = max(self._signed, end)
        for instant in range(first, end, TODAY_ALIVE_EVERY):
            for source in self._world.sources(instant):
                self._outbox.append(alive(source, instant, self._world.district))

    def _append_outbox(self) -> None:
        """Append all of it, however long Redis is away; the state says so afterwards."""
        while self._outbox and not self._stop.is_set():
            try:
                self._append(list(self._outbox))
                self._outbox.clear()
                self._outage.over()
            except CockpitError as error:
                self._outage.failed(error)
                self._stop.wait(RETRY_SECONDS)
        if not self._outbox:
            self._commit()

    def _live(self, now: int) -> None:
        """Each source's sign of life; one that is not heard is worth nothing later."""
        beat = now // ALIVE_EVERY
        if beat <= self._beat:
            return
        self._beat = beat
        region = self._world.district
        signs = [alive(source, now, region) for source in self._world.sources(now)]
        try:
            self._publish(signs)
        except CockpitError as error:
            self._outage.failed(error)
