"""Redis is killed under the whole program: each process says so once, and once that it is back."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from datasource.run import ROLES
from tests.program import Program, get_json
from tests.screen import Screen
from tests.support import RedisServer, wait_for

pytestmark = pytest.mark.integration

EXPECTED = set(ROLES) - {"simulate"}
TEXT = re.compile(r"^\S+ \S+ (?P<role>\w+) +WARNING (?P<message>.*) \[(?P<code>[\w.]+)\]$")


def _said(program: Program, form: str) -> list[dict[str, object]]:
    """The lines that carry the code of a Redis that is away."""
    lines = program.errors.splitlines()
    if form == "json":
        found = [json.loads(line) for line in lines]
    else:
        found = [match.groupdict() for match in map(TEXT.match, lines) if match]
    return [line for line in found if line.get("code") == "redis.unreachable"]


def _roles(lines: list[dict[str, object]], words: str) -> Counter[object]:
    return Counter(line["role"] for line in lines if words in str(line["message"]))


@pytest.mark.parametrize("form", ["text", "json"])
def test_one_failure_is_one_line_and_one_recovery(
    redis_server: RedisServer, tmp_path: Path, form: str
) -> None:
    program = Program(
        tmp_path, simulate=False, redis_url=redis_server.url, clock="now", log_format=form
    )
    try:
        program.wait_ready()
        screen = Screen(program.port, "/wall/120110")
        redis_server.kill()
        wait_for(lambda: set(_roles(_said(program, form), " waits: ")) == EXPECTED)
        # New screens, requests and looks at the status come meanwhile: none is another failure.
        late = Screen(program.port, "/wall/120110001")
        assert get_json(f"{program.base_url}/api/v1/status")[0] == 503
        redis_server.start()
        wait_for(lambda: set(_roles(_said(program, form), " goes on after ")) == EXPECTED)
        wait_for(lambda: get_json(f"{program.base_url}/readyz")[0] == 200)
        for each in (screen, late):
            each.close()
    finally:
        program.stop()
    lines = _said(program, form)
    assert _roles(lines, " waits: ") == Counter(EXPECTED)
    assert _roles(lines, " goes on after ") == Counter(EXPECTED)
    if form == "json":
        for line in lines:
            assert {"time", "role", "instance", "level", "logger", "message"} <= set(line)
            assert ("seconds" in line) == (" goes on after " in str(line["message"]))
