"""From the death of the projector to frames again, with the two weeks of past in the log."""

import time
from argparse import Namespace

from datasource.log import RedisLog
from tests.bench.cockpit_run import DISTRICT, PREFIX, district, redis_of
from tests.bench.report import Row
from tests.program import CLOCK
from tests.support import wait_for


def run(_: Namespace) -> list[Row]:
    """Kill it as the kernel would, and wait for the next frame of the district's wall."""
    begun = time.monotonic()
    with district(clock=CLOCK) as program, redis_of(program) as client:
        started = time.monotonic() - begun
        head = RedisLog(client, PREFIX).head()
        frames = client.pubsub(ignore_subscribe_messages=True)
        frames.subscribe(f"{PREFIX}:frame:{DISTRICT}")
        projector = program.role_process("project")
        projector.kill()
        killed = time.monotonic()
        wait_for(lambda: not projector.is_running() or projector.status() == "zombie")
        while frames.get_message(timeout=0):
            pass  # sent before it died
        while frames.get_message(timeout=1.0) is None:
            pass
        again = time.monotonic() - killed
        frames.close()
    return [
        Row("first start until the past is made and folded", started, "s"),
        Row("entries in the log", head, ""),
        Row("kill of the projector until frames again", again, "s"),
    ]
