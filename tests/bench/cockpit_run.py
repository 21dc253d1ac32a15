"""The real program for the length of a measurement."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
from redis import Redis

from cockpit.clock import SystemClock
from datasource.log import RedisLog
from datasource.redis_client import connect
from datasource.start_clock import anchored_clock
from tests.program import Program
from tests.support import wait_for

PREFIX = "grid:{120110}"
DISTRICT = "120110/wall"
_TOLD = "Up to the clock: "  # what the simulator logs once the past is in the log


@contextmanager
def running(seconds: float = 120, **options: object) -> Iterator[Program]:
    """`app.py run` in a folder of its own, ready; ended afterwards whatever happened."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), **options)
        try:
            yield program.wait_ready(seconds)
        finally:
            program.stop()


@contextmanager
def district(**options: object) -> Iterator[Program]:
    """`running` with the simulated district, its two weeks of past told and folded."""
    with running(**options) as program:
        wait_for(lambda: _TOLD in program.errors, 300, pause=0.1)
        with redis_of(program) as client:
            head = RedisLog(client, PREFIX).head()
        wait_for(lambda: (program.frame(DISTRICT) or {"seq": 0})["seq"] >= head, 300)
        yield program


@contextmanager
def redis_of(program: Program) -> Iterator[Redis]:
    """A client of the program's embedded Redis."""
    with closing(connect(f"redis://127.0.0.1:{program.redis_port}/0")) as client:
        yield client


def clock_of(program: Program, speed: float = 1.0) -> SystemClock:
    """The clock that the program's processes share."""
    clock = anchored_clock(program.role_process("project").environ(), speed)
    assert clock is not None
    return clock


class CpuUse:
    """How much of a core the program's processes use from now on, by role."""

    def __init__(self, program: Program, *roles: str) -> None:
        self._processes = {role: program.role_process(role) for role in roles}
        self._processes["this process"] = psutil.Process()
        self._begun = self._spent()

    def _spent(self) -> dict[str, float]:
        return {role: sum(p.cpu_times()[:2]) for role, p in self._processes.items()}

    def shares(self, seconds: float) -> dict[str, float]:
        """Percent of a core, over the seconds since the start."""
        now = self._spent()
        return {role: 100 * (now[role] - before) / seconds for role, before in self._begun.items()}
