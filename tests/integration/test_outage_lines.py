"""Redis is killed under the whole program: each process says so once, and once that it is back."""

import json
from collections import Counter
from pathlib import Path

import pytest

from datasource.run import ROLES
from tests.program import Program, get_json
from tests.screen import Screen
from tests.support import RedisServer, wait_for

pytestmark = pytest.mark.integration

EXPECTED = set(ROLES) - {"simulate"}


def _said(program: Program, after: int = 0) -> list[dict[str, object]]:
    """The lines that carry the code of a Redis that is away, without so many first ones."""
    whole = program.errors.rpartition("\n")[0]  # the last may be on its way
    found = [json.loads(line) for line in whole.splitlines()]
    return [line for line in found if line.get("code") == "redis.unreachable"][after:]


def _roles(lines: list[dict[str, object]], words: str) -> Counter[object]:
    return Counter(line["role"] for line in lines if words in str(line["message"]))


def test_one_failure_is_one_line_and_one_recovery(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    program = Program(
        tmp_path, simulate=False, redis_url=redis_server.url, clock="now", log_format="json"
    )
    try:
        program.wait_ready()
        screen = Screen(program.port, "/wall/120110")
        before = len(_said(program))
        redis_server.kill()
        wait_for(lambda: set(_roles(_said(program, before), " waits: ")) == EXPECTED)
        # New screens, requests and looks at the status come meanwhile: none is another failure.
        late = Screen(program.port, "/wall/120110001")
        assert get_json(f"{program.base_url}/api/v1/status")[0] == 503
        redis_server.start()
        wait_for(lambda: set(_roles(_said(program, before), " goes on after ")) == EXPECTED)
        wait_for(lambda: get_json(f"{program.base_url}/readyz")[0] == 200)
        for each in (screen, late):
            each.close()
    finally:
        program.stop()
    lines = _said(program, before)
    assert _roles(lines, " waits: ") == Counter(EXPECTED)
    assert _roles(lines, " goes on after ") == Counter(EXPECTED)
    for line in lines:
        assert {"time", "role", "instance", "level", "logger", "message"} <= set(line)
        assert ("seconds" in line) == (" goes on after " in str(line["message"]))
