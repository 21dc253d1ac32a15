"""Redis loses everything it had: the walls go on from the archive, and nothing counts twice."""

import shutil

import pytest

from tests.e2e.conftest import District, reported
from tests.program import post_json, wait_json
from tests.support import RedisServer, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def archived(district: District) -> int:
    """The last number that the archive says it has."""
    status = wait_json(f"{district.base_url}/api/v1/status")
    found = [p for p in status["processes"] if p["role"] == "archive"]
    return int(found[0]["figures"].get("seq", 0)) if found else 0


def test_walls_after_redis_lost_its_files(outside: District, redis_server: RedisServer) -> None:
    send = f"{outside.base_url}/api/v1/events"
    sent = [outside.event("case.reported", f"case/{k}", "120110008", reported()) for k in range(5)]
    assert post_json(send, sent)[1]["accepted"] == 5
    wait_for(lambda: archived(outside) == 5)
    before = outside.frame("120110", 5)
    redis_server.kill()
    for files in redis_server.folder.glob("appendonly*"):
        shutil.rmtree(files) if files.is_dir() else files.unlink()
    redis_server.start()

    wait_for(lambda: outside.frame("120110", 5)["epoch"] != before["epoch"], 120)
    # One that the source sends again, and a new one.
    more = outside.event("case.reported", "case/9", "120110008", reported())
    wait_for(lambda: post_json(send, [sent[0], more])[0] == 202)
    frame = outside.frame("120110", 6)
    assert frame["seq"] == 6
    panels = frame["panels"]
    assert panels["cases"]["reported_today"] == panels["cases"]["open"] == 6
