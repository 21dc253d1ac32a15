"""Starts the role processes of `run`, watches them, and ends them all.

A member that dies is started again, at once the first time and then after ever longer pauses.
One that ends with exit code 2 as soon as it was first started has said that a setting is
wrong: starting it again cannot help, so everything ends with that code. Members die with the
supervisor even when it is killed.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from cockpit.errors import CockpitError
from cockpit.ports import StopSignal

log = logging.getLogger(__name__)

BAD_SETTING = 2
_LOOK_SECONDS = 0.2
_STOP_SECONDS = 6.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# A member that has lived for so long has its next death counted as its first.
_HEALTHY_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1


class Member(Protocol):
    """A process that the supervisor looks after."""

    @property
    def name(self) -> str: ...

    def start(self) -> None:
        """Start the process. Raises CockpitError when it cannot run."""

    def exit_code(self) -> int | None:
        """None while it runs."""

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if it runs."""

    def stop(self, seconds: float) -> None:
        """Wait so long for its end, then kill it."""


class Child:
    """What every member does with its process, once `start` has made one."""

    _process: "subprocess.Popen[bytes] | None" = None

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if it runs."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def stop(self, seconds: float) -> None:
        """Wait so long for its end, then kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Role(Child):
    """A role of the program, as a process of its own session, so that a Ctrl-C at the terminal
    reaches the supervisor alone. It writes to the supervisor's stderr."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name, self._command, self._environment = name, list(command), dict(environment)

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads yet fork
        )


@lru_cache(maxsize=1)
def _libc() -> Any:
    return ctypes.CDLL(None)


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` by which the kernel sends the child this signal when its parent dies, in
    whatever way. None where the system has no such thing (only Linux has)."""
    if sys.platform != "linux":
        return None
    libc, parent = _libc(), os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


class _Watched:
    """A member with the history of its deaths."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.started = time.monotonic()
        self.deaths = 0
        self.due: float | None = None

    def look(self) -> int | None:
        """Notice a death, start again when it is time. Answers the exit code of a death that
        starting again cannot mend."""
        now = time.monotonic()
        if self.due is not None:
            if now >= self.due:
                self._start_again(now)
            return None
        code = self.member.exit_code()
        if code is None:
            return None
        if code == BAD_SETTING and self.deaths == 0:
            return code
        if now - self.started >= _HEALTHY_SECONDS:
            self.deaths = 0
        self._plan(now, f"ended with code {code}")
        return None

    def _plan(self, now: float, what: str) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self.deaths) if self.deaths else 0.0
        self.deaths += 1
        self.due = now + pause
        log.warning("%s %s; it is started again in %.1f s", self.member.name, what, pause)

    def _start_again(self, now: float) -> None:
        self.due = None
        try:
            self.member.start()
            self.started = now
        except CockpitError as error:
            self._plan(now, f"did not start ({error})")


class Supervisor:
    """Looks after members. The first ones are started first and stopped last."""

    def __init__(self) -> None:
        self._watched: list[_Watched] = []

    def start(self, member: Member) -> None:
        """Start a member and look after it from now on. Raises what its start raises."""
        member.start()
        self._watched.append(_Watched(member))

    def watch(self, stop: StopSignal, each_look: Callable[[], None]) -> int:
        """Look after the members until `stop`; calls `each_look` at every look. Answers the
        exit code for the whole: 0, or that of a member whose settings are wrong."""
        while not stop.wait(_LOOK_SECONDS):
            for watched in self._watched:
                code = watched.look()
                if code is not None:
                    return code
            each_look()
        return 0

    def stop(self) -> None:
        """End all members, the last started first, so that each can still say to those before
        it what it must; who needs too long is killed."""
        deadline = time.monotonic() + _STOP_SECONDS
        for watched in reversed(self._watched):
            watched.member.ask_to_stop()
            watched.member.stop(deadline - time.monotonic())
        self._watched.clear()
