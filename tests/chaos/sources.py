"""Three sources of the district, in a process of their own, as the systems of other offices are:
one POSTs over HTTP and one appends by the SDK, each until it is acknowledged; one can only PUBLISH.
"""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from cockpit.clock import Clock
from cockpit.config import CLOCK_ANCHOR
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from datasource.geography import load_regions
from datasource.log import append, event_mark
from datasource.start_clock import anchored_clock
from tests.bench.mix import Mix
from tests.support import PREFIX

_SIZE = (1500, 40, 8)  # persons, open cases and whistles of each source
_BEAT = 0.1  # seconds between two batches
_MOST = 500  # messages of a batch
_BAD_EACH = 150  # of so many messages one is of no region
_RETRY = 0.2
_PATIENCE = 300.0


@dataclass(frozen=True)
class Door:
    """Where the sources send to, by which clock, and how many events a second together."""

    http: str
    network: str  # Redis as the SDK sees it
    redis: str  # Redis as the publisher sees it
    anchor: str
    rate: float
    seed: int


@dataclass
class Sent:
    """What a source has sent so far: ids `<tag>-<first>` to `<tag>-<last>`, their numbers being
    their `sequence`; `bad` are those that are no events of this district. `acknowledged`: each was,
    but for the bad ones; else it was only published. `fault`: what stopped the source."""

    tag: str
    acknowledged: bool
    first: int
    last: int = 0
    bad: set[int] = field(default_factory=set)
    fault: str = ""

    @property
    def source(self) -> str:
        return f"/{self.tag}"

    def good(self) -> set[str]:
        """Ids of the events."""
        numbers = range(self.first, self.last + 1)
        return {f"{self.tag}-{n}" for n in numbers if n not in self.bad}


class _Source:
    """A source that sends at a pace; what it could not send it sends again."""

    acknowledged = True
    opens = False  # whether it tells of what was before the others begin

    def __init__(self, tag: str, seed: int, clock: Clock, rate: float) -> None:
        rules = Rules.from_toml(Path("rules.toml").read_text("utf-8"))
        self._mix = Mix(load_regions(), rules, tag, seed, *_SIZE)
        self._clock, self._rate = clock, rate
        self._opening = list(self._mix.opening(clock.now()))
        self._number = 0 if self.opens else len(self._opening)
        self.sent = Sent(tag, self.acknowledged, self._number + 1)

    def run(self, rest: threading.Event) -> None:
        """Send until told to rest; then see to it that all has arrived."""
        begun, made = time.monotonic(), 0
        try:
            while not rest.is_set():
                due = int((time.monotonic() - begun) * self._rate) - made
                if due > 0:
                    self._send(list(self._make(min(due, _MOST))))
                    made += min(due, _MOST)
                rest.wait(_BEAT)
            self._settle()
        except Exception as fault:  # whatever it is, it is a finding
            self.sent.fault = repr(fault)

    def open(self) -> None:
        """People on the registers, workers in session."""
        for start in range(0, len(self._opening), _MOST):
            self._send(self._told(self._opening[start : start + _MOST]))

    def _make(self, count: int) -> Iterator[bytes]:
        yield from self._told(list(self._mix.events(count, self._clock.now(), 1e6)))

    def _told(self, messages: Sequence[bytes]) -> list[bytes]:
        """The messages, numbered on; now and then one that is no event of the district."""
        told = list(messages)
        for place in range(len(told)):
            self._number += 1
            if self._number % _BAD_EACH == 0:
                told[place] = told[place].replace(b'"region":"120110', b'"region":"999999')
                self.sent.bad.add(self._number)
        self.sent.last = self._number
        return told

    def _send(self, messages: list[bytes]) -> None:
        give_up = time.monotonic() + _PATIENCE
        while not self._taken(messages):
            if time.monotonic() > give_up:
                raise TimeoutError(f"{self.sent.source}: nobody took {len(messages)} messages")
            time.sleep(_RETRY)

    def _taken(self, messages: list[bytes]) -> bool:
        """Try once; True when they are acknowledged."""
        raise NotImplementedError

    def _settle(self) -> None:
        return


def _complete(answer: Any, messages: Sequence[bytes]) -> bool:
    """Whether an answer tells of each message; all that was rejected must be the bad ones."""
    told = answer["accepted"] + answer["duplicates"] + len(answer["rejected"])
    codes = {each["code"] for each in answer["rejected"]}
    if told != len(messages) or not codes <= {"region.unknown"}:
        raise ValueError(f"an answer for {len(messages)} messages: {answer}")
    return True


class _Http(_Source):
    opens = True

    def __init__(self, url: str, *rest: Any) -> None:
        super().__init__("http", *rest)
        self._url = url

    def _taken(self, messages: list[bytes]) -> bool:
        body = b"[" + b",".join(messages) + b"]"
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return _complete(json.load(answer), messages)
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 503:
                    raise
            return False
        except (OSError, HTTPException):
            return False  # nobody there, or gone while it answered


class _Sdk(_Source):
    def __init__(self, url: str, *rest: Any) -> None:
        super().__init__("sdk", *rest)
        self._url = url

    def _taken(self, messages: list[bytes]) -> bool:
        try:
            receipt = append(messages, self._url)
        except CockpitError as error:
            if error.code not in {"redis.unreachable", "redis.refused", "log.full"}:
                raise
            return False
        rejected = [{"code": each.code} for each in receipt.rejected]
        facts = {"accepted": receipt.accepted, "duplicates": receipt.duplicates}
        return _complete(facts | {"rejected": rejected}, messages)


class _Publisher(_Source):
    """Sends and forgets; at its end it publishes until it sees that it is heard again."""

    acknowledged = False

    def __init__(self, url: str, *rest: Any) -> None:
        super().__init__("channel", *rest)
        self._client = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)

    def _taken(self, messages: list[bytes]) -> bool:
        pipe = self._client.pipeline(transaction=False)
        for message in messages:
            pipe.publish(f"{PREFIX}:events", message)
        try:
            pipe.execute()
        except RedisError:
            return True  # whether it was heard or not, it is forgotten
        return True

    def _settle(self) -> None:
        give_up = time.monotonic() + _PATIENCE
        while True:
            good = (n for n in range(self.sent.last, 0, -1) if n not in self.sent.bad)
            mark = event_mark(PREFIX, self.sent.source, f"{self.sent.tag}-{next(good)}")
            try:
                if self._client.exists(mark):
                    return
            except RedisError:
                pass
            if time.monotonic() > give_up:
                raise TimeoutError("the channel is not heard any more")
            time.sleep(_RETRY)
            self._send(list(self._make(1)))


def _run(orders: Connection, door: Door) -> None:
    """The process of the sources."""
    os.environ[CLOCK_ANCHOR] = door.anchor  # the SDK asks for the clock there
    clock = anchored_clock(os.environ, 1.0)
    assert clock is not None
    each = (clock, door.rate / 3)
    sources: list[_Source] = [
        _Http(f"{door.http}/api/v1/events", door.seed * 3, *each),
        _Sdk(door.network, door.seed * 3 + 1, *each),
        _Publisher(door.redis, door.seed * 3 + 2, *each),
    ]
    for source in sources:
        if source.opens:
            source.open()
    orders.send("opened")
    while orders.recv() == "go":
        rest = threading.Event()
        threads = [threading.Thread(target=source.run, args=(rest,)) for source in sources]
        for thread in threads:
            thread.start()
        orders.recv()
        rest.set()
        for thread in threads:
            thread.join()
        orders.send([source.sent for source in sources])


class Sources:
    """The process from outside; a context manager."""

    def __init__(self, door: Door) -> None:
        context = get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, door), daemon=True)
        self._process.start()
        theirs.close()
        self._running = False
        assert self._orders.recv() == "opened"

    def __enter__(self) -> "Sources":
        return self

    def go(self) -> None:
        """Send from now on."""
        self._orders.send("go")
        self._running = True

    def rest(self) -> list[Sent]:
        """Send no more; answers once all that must be acknowledged is, what was sent since the
        beginning."""
        self._orders.send("rest")
        sent: list[Sent] = self._orders.recv()
        self._running = False
        return sent

    def __exit__(self, *_: object) -> None:
        if self._running:
            self._process.kill()
        else:
            with suppress(OSError):  # it was ended by the same signal as we
                self._orders.send("end")
        self._process.join()
        self._orders.close()
