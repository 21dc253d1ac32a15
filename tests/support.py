"""What the tests with a real Redis share: a server to start, stop, kill and pause, and a poller.

Nothing here sleeps for a fixed time: `wait_for` looks until something is true.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import psutil
import pytest
from redis import Redis

from cockpit.clock import parse_instant
from cockpit.domain.events import Event, decode
from cockpit.errors import CockpitError
from datasource.redis_client import connect

PREFIX = "grid:{120110}"
NOW = parse_instant("2026-11-23T15:00:00+08:00")
Answer = TypeVar("Answer")


def event(number: int, source: str = "/dongli/terminal") -> Event:
    """A small event; its id is its number."""
    return decode(
        msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": f"e{number}",
                "source": source,
                "type": "case.closed",
                "subject": f"case/{number}",
                "time": "2026-11-23T15:00:00+08:00",
                "region": "120110",
            }
        )
    )


def wait_for(look: Callable[[], Answer], deadline: float = 60.0, pause: float = 0.02) -> Answer:
    """Look until the answer is true and answer it; AssertionError after `deadline` seconds.

    A Redis that is away counts as not true yet. The deadline is for what never comes: on a full
    machine what comes may take long.
    """
    until = time.monotonic() + deadline
    while True:
        try:
            answer = look()
        except CockpitError as error:
            if not error.code.startswith("redis."):
                raise
        else:
            if answer:
                return answer
        assert time.monotonic() < until, f"still not so after {deadline} s: {look}"
        time.sleep(pause)


# Below those that the kernel lends to connections: one of these could otherwise stand where a
# server wants to begin, or to begin again. Each worker of xdist gives out every so manieth.
_PORTS, _WORKERS = range(12_000, 32_000), 16
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % _WORKERS
_given: set[int] = set()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that no other test is given."""
    while True:
        port = secrets.choice(_PORTS[_WORKER::_WORKERS])
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if port not in _given:
                probe.bind(("127.0.0.1", port))
                _given.add(port)
                return port


def stop_process(pid: int) -> None:
    """SIGSTOP; answers when it has stopped, for until then it may still do something."""
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)


class RedisServer:
    """A redis-server on a free port, append-only file in `folder`.

    It leaves to the kernel when that gets to the disk: a killed process loses nothing by it, and
    no slow disk holds up who writes (with `everysec`, beyond the product's timeouts).
    """

    def __init__(self, folder: Path, binary: str = "redis-server") -> None:
        self.folder, self._binary = folder, binary
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RedisServer":
        """Start, again after an end; answers when it has loaded its files."""
        self._process = subprocess.Popen(
            [
                self._binary,
                *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
                *("--appendonly", "yes", "--appendfsync", "no", "--save", ""),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with Redis(port=self.port, socket_timeout=1.0) as client:
            wait_for(lambda: self._runs() and _answers(client))
        return self

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; nothing when it has ended."""
        if self._process is not None:
            self.resume()
            self._end(signal.SIGTERM)

    def pause(self) -> None:
        """It answers nobody, its connections stay open: half-open, seen from the other side."""
        assert self._process is not None
        stop_process(self._process.pid)

    def resume(self) -> None:
        """Go on after `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(120)
        self._process = None

    def _runs(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "redis-server has ended"
        return True


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except Exception:
        return False


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A running server of its own."""
    server = RedisServer(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[Redis]:
    """A client as the product makes it."""
    client = connect(redis_server.url)
    yield client
    client.close()


class Proxy:
    """Stands before a server and passes bytes on, until it is told to swallow them: then its
    open connections stay open and silent, as behind a cut cable. New ones work."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._server.getsockname()[1]}/0"
        self._passing: list[threading.Event] = []
        self._sockets: list[socket.socket] = [self._server]
        self._door = threading.Thread(target=self._accept, daemon=True)
        self._door.start()

    def swallow(self) -> None:
        """From now on nothing passes through the connections that are open."""
        for passing in self._passing:
            passing.clear()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._door.join(60)  # nobody comes in any more
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                self._sockets.append(near)
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:  # nobody there: nobody here
                    near.close()
                    continue
                passing = threading.Event()
                passing.set()
                self._passing.append(passing)
                self._sockets.append(far)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(
                        target=self._pass, args=(source, target, passing), daemon=True
                    ).start()

    def _pass(self, source: socket.socket, target: socket.socket, passing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if passing.is_set():
                    target.sendall(data)
            if passing.is_set():
                target.shutdown(socket.SHUT_WR)
