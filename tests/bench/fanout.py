"""Frames to thousands of screens: the real web server beside a bare `websockets` broadcaster of
the same frames, in the same run and to the same screens (`tests/bench/crowd.py`).

Times end when a screen has read a frame whole. They begin when the cockpit's frame is published
on Redis, and when the reference broadcasts.
"""

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import psutil

from cockpit.clock import SECOND, SystemClock
from cockpit.domain.rules import Rules
from cockpit.ports import Entry
from cockpit.projector import Projector
from datasource.frame_bus import RedisFrameBus
from datasource.geography import load_regions
from datasource.lock import RedisLock
from datasource.polygons import PolygonGeography
from datasource.redis_client import connect
from tests.bench.cockpit_run import DISTRICT, PREFIX
from tests.bench.crowd import Crowd, stamped
from tests.bench.mix import Mix
from tests.bench.report import ROOT, Row
from tests.program import Program
from tests.support import RedisServer, free_port, wait_for

Server = TypeVar("Server", RedisServer, Program)
SCREENS, MANY = 2000, 4000
RATES = (4, 10)
SECONDS = 30  # a ping of each screen and its report are among them
SETTLE = 2.0
EVENTS = 20_000


class _Measured(NamedTuple):
    p50: float
    p99: float
    cpu: float  # µs of the server's process for each frame handed over
    missing: float
    memory: float  # kB a screen


def run(_: Namespace) -> list[Row]:
    """Both servers at each rate, then many screens, then all of them reconnecting."""
    frame = district_frame()
    rows = [Row("size of the frame", len(frame) / 1000, "kB")]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "frame").write_bytes(frame)
        for rate in RATES:
            with Site(place, frame, rate) as site:
                ours = _measure(site.servers[0].port, site.servers[0].process.pid, SCREENS)
            with _reference(place / "frame", rate) as (port, pid):
                bare = _measure(port, pid, SCREENS)
            rows += _compared(f"{SCREENS} screens, {rate}/s", ours, bare, rate)
        with Site(place, frame, RATES[0]) as site:
            many = _measure(site.servers[0].port, site.servers[0].process.pid, MANY)
            rows += [
                Row(f"{MANY} screens, {RATES[0]}/s, p99", many.p99, "ms"),
                Row(f"{MANY} screens, {RATES[0]}/s, frames missed", many.missing, "", "0"),
            ]
        with Site(place, frame, RATES[0], servers=2) as site, Crowd() as crowd:
            crowd("connect", site.servers[0].port, SCREENS)
            time.sleep(SETTLE)
            live = crowd.order("follow", site.servers[1].port)
            site.servers[0].process.kill()
            rows.append(
                Row(f"{SCREENS} screens live on another server, all at once", live(), "s", "≤ 10")
            )
    return rows


def district_frame() -> bytes:
    """The district's frame as the projector renders it on a busy afternoon."""
    regions = load_regions()
    rules = Rules.from_toml((ROOT / "rules.toml").read_text("utf-8"))
    projector = Projector(regions, rules, PolygonGeography(rules.patrol.grace_metres))
    mix, now = Mix(regions, rules), SystemClock().now()
    told = [*mix.opening(now), *mix.events(EVENTS, now + SECOND, 20_000)]
    for number, raw in enumerate(told, 1):
        projector.fold(Entry(number, now + number * 100, raw))
    return projector.frame(DISTRICT, "bench", 0)


class Site:
    """A Redis, web servers, and in place of the projector a thread that publishes the frame."""

    def __init__(self, folder: Path, frame: bytes, rate: float, servers: int = 1) -> None:
        self._folder, self._make, self._rate = folder, stamped(frame), rate
        self._count = servers
        self._ended = threading.Event()

    def __enter__(self) -> "Site":
        with contextlib.ExitStack() as stack:
            redis = stack.enter_context(stopped(RedisServer(self._folder).start()))
            self.servers = [
                stack.enter_context(stopped(self._server(number, redis.url)))
                for number in range(self._count)
            ]
            wait_for(lambda: all("serving at" in each.errors for each in self.servers), 60)
            self.redis_url = redis.url
            self.client = stack.enter_context(contextlib.closing(connect(redis.url)))
            self._thread = threading.Thread(target=self._publish)
            self._thread.start()
            stack.callback(self._thread.join)
            stack.callback(self._ended.set)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _server(self, number: int, redis_url: str) -> Program:
        folder = self._folder / str(number)
        folder.mkdir(exist_ok=True)
        (folder / "err").unlink(missing_ok=True)
        return Program(folder, "serve", redis_url=redis_url)

    def _publish(self) -> None:
        bus, lock = (
            RedisFrameBus(self.client, PREFIX),
            RedisLock(self.client, PREFIX, "projector"),
        )
        wait_for(lock.try_acquire)
        begun, number = time.monotonic(), 0
        while not self._ended.wait(max(0.0, begun + number / self._rate - time.monotonic())):
            number += 1
            assert lock.keep()
            assert bus.publish({DISTRICT: self._make(number)}, lock.token)


@contextlib.contextmanager
def stopped(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _reference(frame: Path, rate: float) -> Iterator[tuple[int, int]]:
    """Port and process of a running broadcaster."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.broadcaster", str(port), str(rate), str(frame)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(lambda: psutil.Process(process.pid).net_connections("tcp"), 20)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


def _measure(port: int, pid: int, screens: int) -> _Measured:
    server = psutil.Process(pid)
    with Crowd() as crowd:
        before = server.memory_info().rss
        crowd("connect", port, screens)
        time.sleep(SETTLE)
        memory = (server.memory_info().rss - before) / 1000 / screens
        spent = sum(server.cpu_times()[:2])
        seen = crowd("measure", SECONDS)
        cpu = (sum(server.cpu_times()[:2]) - spent) / seen["frames"] * 1e6
    assert not seen["silent"]
    assert not seen["lost"]
    return _Measured(seen["p50"], seen["p99"], cpu, seen["missing"], memory)


def _compared(what: str, ours: _Measured, bare: _Measured, rate: float) -> list[Row]:
    aim = "≤ 60" if rate == 4 else ""
    return [
        Row(f"{what}, p50", ours.p50, "ms"),
        Row(f"{what}, p50, reference", bare.p50, "ms"),
        Row(f"{what}, p99", ours.p99, "ms", aim),
        Row(f"{what}, p99, reference", bare.p99, "ms"),
        Row(f"{what}, p99, ratio", ours.p99 / bare.p99, "", "≤ 1.5"),
        Row(f"{what}, processor a frame and screen", ours.cpu, "µs"),
        Row(f"{what}, processor, reference", bare.cpu, "µs"),
        Row(f"{what}, processor, ratio", ours.cpu / bare.cpu, "", "≤ 1.5"),
        Row(f"{what}, frames missed", ours.missing, "", "0"),
        Row(f"{what}, memory a screen", ours.memory, "kB"),
        Row(f"{what}, memory a screen, reference", bare.memory, "kB"),
    ]
