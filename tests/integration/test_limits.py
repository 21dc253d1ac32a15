"""How often somebody may ask, counted in a real Redis by two web servers, and while it is away."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis

from callbacks.server import build_server
from cockpit.errors import CockpitError
from cockpit.ports import SourceKey
from datasource.desk.people_questions import SignIn
from datasource.redis_client import limits_address
from tests.house import COMMUNITY, STREET, memory_parts
from tests.support import RedisServer, wait_for
from tests.twins import MemoryPeople

pytestmark = pytest.mark.integration
KEY = "k" * 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path).start()
    yield server
    server.stop()


def somebody(server: RedisServer, people: MemoryPeople) -> FlaskClient:
    """At the door of one more web server of the same site."""
    options = {"walls": "paired", "simulate": "false"}
    parts = replace(memory_parts(people, **options), limits=limits_address(server.url))
    return build_server(parts)[0].test_client()


def tries(client: FlaskClient, times: int) -> list[int]:
    """Wrong passwords; answers the codes."""
    html = client.get("/login").text
    token = html.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"name": "a", "password": "b", "csrf_token": token}
    return [client.post("/login", data=form).status_code for _ in range(times)]


def test_two_servers_count_together(server: RedisServer) -> None:
    people = MemoryPeople()
    people.answers[SignIn] = CockpitError("access.wrong")
    one, other = somebody(server, people), somebody(server, people)
    assert set(tries(one, 35) + tries(other, 25)) == {401}
    assert tries(one, 1) == tries(other, 1) == [429]
    # So many events with a key, whichever server takes them.
    people.keys[KEY] = SourceKey("k1", "/s", frozenset(), frozenset({STREET}), 3)
    event = {
        "specversion": "1.0", "id": "1", "source": "/s", "type": "case.accepted",
        "subject": "case/1", "time": "2026-11-23T15:00:00+08:00", "region": COMMUNITY,
    }  # fmt: skip
    sent = {"json": [event] * 2, "headers": {"X-Api-Key": KEY}}
    assert one.post("/api/v1/events", **sent).status_code == 202
    full = other.post("/api/v1/events", **sent)
    assert (full.status_code, full.get_json()["error"]["code"]) == (429, "access.too_many")


@pytest.mark.parametrize("away", ["killed", "silent"])
def test_while_redis_is_away_each_server_counts_for_itself(server: RedisServer, away: str) -> None:
    """Nobody gets in without the role `desk`, which is asked through Redis; but neither may
    somebody knock without end, nor is there a fault that nobody foresaw."""
    people = MemoryPeople()
    people.answers[SignIn] = CockpitError("redis.unreachable", where="there")
    one, other = somebody(server, people), somebody(server, people)
    assert set(tries(one, 5)) == {503}
    server.pause() if away == "silent" else server.kill()
    assert tries(one, 62) == [503] * 60 + [429] * 2
    assert tries(other, 62) == [503] * 60 + [429] * 2
    server.resume() if away == "silent" else server.start()
    # What any request finds out, though not the next one: the servers count together again.
    wait_for(lambda: one.get("/healthz") and other.get("/healthz") and tries(one, 1) == [503], 120)
    wait_for(lambda: tries(other, 1) == [503], 120)
    with Redis(port=server.port) as client:
        client.flushall()  # another minute begins
    assert tries(one, 30) + tries(other, 31) == [503] * 60 + [429]
