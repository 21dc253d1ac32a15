"""From the death of the projector to frames again that show all there was, with the past of the
simulated district archived: alone, and with a standby."""

import json
import time
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from psutil import Process
from redis import Redis

from datasource.log import RedisLog
from datasource.stats import RedisStats
from tests.bench.cockpit_run import DISTRICT, PREFIX, district, redis_of
from tests.bench.report import Row
from tests.program import CLOCK, Program
from tests.support import wait_for


def run(_: Namespace) -> list[Row]:
    """Kill it as the kernel would, once the archive has caught up; wait for the district's wall."""
    begun = time.monotonic()
    with district(clock=CLOCK) as program, redis_of(program) as client:
        started = time.monotonic() - begun
        wait_for(lambda: RedisStats(client, PREFIX).read("archive").get("lag_entries") == 0, 300)
        head = RedisLog(client, PREFIX).head()
        alone = _killed(program.role_process("project"), client)
        wait_for(lambda: "active" in _states(client), 60)
        with TemporaryDirectory() as folder:
            standby = _standby(Path(folder), program, client)
            try:
                relieved = _killed(program.role_process("project"), client)
            finally:
                standby.stop()
    return [
        Row("first start until the past is made and folded", started, "s"),
        Row("entries in the log", head, ""),
        Row("kill of the projector until frames again", alone, "s", "≤ 5"),
        Row("kill of the projector until frames again, with a standby", relieved, "s", "≤ 5"),
    ]


def _standby(folder: Path, program: Program, client: Redis) -> Program:
    """A second projector of the same district, caught up."""
    standby = Program(
        folder,
        "project",
        redis_url=f"redis://127.0.0.1:{program.redis_port}/0",
        data_dir=program.folder / "var",
        clock=CLOCK,
    )
    wait_for(lambda: "standby" in _states(client), 60)
    return standby


def _states(client: Redis) -> list[str]:
    """What the projectors that have caught up are."""
    every = RedisStats(client, PREFIX).all()
    return [p.state for p in every if p.role == "projector" and p.values.get("caught_up")]


def _killed(projector: Process, client: Redis) -> float:
    """Seconds until a frame shows at least what was in the log when the projector was killed."""
    frames = client.pubsub(ignore_subscribe_messages=True)
    frames.subscribe(f"{PREFIX}:frame:{DISTRICT}")
    projector.kill()
    killed = time.monotonic()
    head = RedisLog(client, PREFIX).head()
    wait_for(lambda: not projector.is_running() or projector.status() == "zombie")
    while frames.get_message(timeout=0):
        pass  # sent before it died
    while (told := frames.get_message(timeout=1.0)) is None or json.loads(told["data"])[
        "seq"
    ] < head:
        pass
    frames.close()
    return time.monotonic() - killed
