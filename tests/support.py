"""What the tests with a real Redis share: a server to start, stop, kill and pause, and a poller.

Nothing here sleeps for a fixed time: `wait_for` looks until something is true.
"""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from redis import Redis

from cockpit.errors import CockpitError
from datasource.redis_client import connect

PREFIX = "grid:{120110}"
Answer = TypeVar("Answer")


def wait_for(look: Callable[[], Answer], deadline: float = 15.0, pause: float = 0.02) -> Answer:
    """Look until the answer is true and answer it; AssertionError after `deadline` seconds.

    A Redis that is away counts as not true yet.
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


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """A redis-server on a free port, append-only file in `folder`."""

    def __init__(self, folder: Path, binary: str = "redis-server") -> None:
        self._folder, self._binary = folder, binary
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RedisServer":
        """Start, again after an end; answers when it has loaded its files."""
        self._process = subprocess.Popen(
            [
                self._binary,
                *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)),
                *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--enable-debug-command", "yes"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with Redis(port=self.port, socket_timeout=1.0) as client:
            wait_for(lambda: _answers(client))
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
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(10)
        self._process = None


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
