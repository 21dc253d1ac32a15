"""The archive is away for too long: new events are refused, every wall says so, nothing is lost."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import District, Wall, reported, start
from tests.program import get_json, post_json
from tests.support import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_full_log_is_said_on_the_wall_and_heals(
    tmp_path: Path, open_wall: Callable[..., Wall]
) -> None:
    program = start(tmp_path, simulate=False, log_limit=1000)
    try:
        district = District(program, program.redis_port)
        send = f"{program.base_url}/api/v1/events"
        made = [
            district.event("case.reported", f"case/{k}", "120110008", reported(), time=0)
            for k in range(1100)
        ]
        for event in made:
            event["time"] = "2026-11-23T15:10:00+08:00"
        wall = open_wall(program.base_url, "120110").wait_live()
        program.role_process("archive").send_signal(signal.SIGSTOP)
        assert post_json(send, made[:900])[1]["accepted"] == 900
        status, answer = post_json(send, made[900:])
        assert (status, answer["error"]["code"]) == (503, "log.full")
        # HTTP tells its sender; who only publishes is told by the wall and by readiness.
        district.publish(*made[900:])
        wait_for(lambda: get_json(f"{program.base_url}/readyz")[0] == 503)
        notice = wall.page.locator(".notices")
        wait_for(lambda: "归档停止，新事件被拒绝" in notice.inner_text())
        program.role_process("archive").send_signal(signal.SIGCONT)
        wait_for(lambda: post_json(send, made[900:])[0] == 202)
        wall.wait_value("cases.open", 1100)
        wait_for(lambda: get_json(f"{program.base_url}/readyz")[0] == 200)
        wait_for(lambda: not notice.is_visible())
    finally:
        program.stop()
