"""What operators see of the whole site: /metrics and /api/v1/status over a real Redis, and the
words of processes and screens that they are made of."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from callbacks.figures import ROLE_FIGURES
from callbacks.health import GatewayMetrics
from callbacks.server import build_server
from callbacks.word import ServerWord
from cockpit.clock import to_text
from cockpit.ports import DeadLetter
from cockpit.watching import ConnectedScreen, ScreenReport
from datasource.dead_letters import RedisDeadLetters
from datasource.frame_bus import RedisFrameBus
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.log_gauge import RedisLogGauge
from datasource.screens_board import RedisScreensBoard
from datasource.stats import RedisStats
from tests.house import memory_parts
from tests.program import CLOCK, ROOT
from tests.support import PREFIX, RedisServer, event, wait_for
from tests.twins import ManualClock, MemoryBoard, MemoryPeople, MemoryStats

pytestmark = pytest.mark.integration

SECOND = 1_000_000


class Site:
    """A web server over a Redis, and what the others say there."""

    def __init__(self, client: Redis) -> None:
        self.client, self.clock = client, ManualClock(CLOCK)
        self.log, self.dead = RedisLog(client, PREFIX), RedisDeadLetters(client, PREFIX)
        self.bus = RedisFrameBus(client, PREFIX)
        self.board = RedisScreensBoard(client, PREFIX, "web-1")
        given = replace(
            memory_parts(),
            clock=self.clock,
            bus=self.bus,
            stats=self.stats("web-1"),
            board=self.board,
            gauge=RedisLogGauge(client, PREFIX),
            dead_letters=self.dead,
            build="b1",
        )
        self.server: Flask = build_server(given)[0]
        self.http: FlaskClient = self.server.test_client()

    def stats(self, instance: str) -> RedisStats:
        return RedisStats(self.client, PREFIX, self.clock, "b1", instance)

    def publish(self, **parts: Any) -> None:
        frame = {"at": to_text(self.clock.now()), **parts}
        lock = RedisLock(self.client, PREFIX, "projector")
        wait_for(lock.try_acquire)
        assert self.bus.publish({"120110/wall": json.dumps(frame).encode()}, lock.token)
        lock.release()

    def status(self) -> dict[str, Any]:
        answer = self.http.get("/api/v1/status")
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def metrics(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        text = self.http.get("/metrics").text
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@pytest.fixture
def site(client: Redis) -> Iterator[Site]:
    yield Site(client)


def test_every_process_is_in_the_figures_by_instance_and_state(site: Site) -> None:
    site.stats("a-1").write("projector", {"seq": 7, "lag_ms": 3})
    site.stats("a-2").write("projector", {"seq": 6}, "standby")
    site.stats("a-3").write("other", {"odd name": 1})
    found = site.metrics()
    mine = frozenset({("instance", "a-1"), ("state", "active")})
    theirs = frozenset({("instance", "a-2"), ("state", "standby")})
    assert found["cockpit_projector_seq", mine] == 7
    assert found["cockpit_projector_seq", theirs] == 6
    assert found["cockpit_projector_lag_ms", mine] == 3
    who = {("role", "projector"), ("instance", "a-2"), ("state", "standby"), ("build", "b1")}
    assert found["cockpit_process", frozenset(who)] == 1
    assert found["cockpit_redis_up", frozenset()] == 1


def test_log_dead_letters_screens_and_sources_are_in_the_figures(site: Site) -> None:
    site.log.append([event(n) for n in range(1, 4)], site.clock.now())
    site.dead.put([DeadLetter(b"{}", "type.unknown", "x", site.clock.now())] * 2)
    report = ScreenReport(site.clock.now(), 7, 250, "stale", "b1", 1920, 1080)
    site.board.write([
        ConnectedScreen("120110/wall", site.clock.now(), 5, 1, report),
        ConnectedScreen("120110/wall", site.clock.now(), 5, 1),
    ])  # fmt: skip
    source = {"source": "/s", "last_seen": CLOCK, "late": True, "missed": 4, "feeds": []}
    site.publish(sources=[source])
    site.clock.advance(90 * SECOND)
    found = {name: value for (name, labels), value in site.metrics().items() if not labels}
    assert (found["cockpit_log_length"], found["cockpit_log_head"]) == (3, 3)
    assert found["cockpit_redis_memory_bytes"] > 0
    assert found["cockpit_screen_picture_age_ms"] == 250
    labelled = {(name, *dict(labels).values()): v for (name, labels), v in site.metrics().items()}
    assert labelled["cockpit_dead_letters_total", "type.unknown"] == 2
    assert labelled["cockpit_screens", "stale"] == labelled["cockpit_screens", "unheard"] == 1
    assert labelled["cockpit_source_late", "/s"] == 1
    assert labelled["cockpit_source_missed", "/s"] == 4
    assert labelled["cockpit_source_silent_seconds", "/s"] == 90


def test_figures_and_status_without_redis(site: Site, redis_server: RedisServer) -> None:
    redis_server.kill()
    found = site.metrics()
    assert found["cockpit_redis_up", frozenset()] == 0
    assert not [name for name, _ in found if name.startswith("cockpit_log")]
    answer = site.http.get("/api/v1/status")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "redis.unreachable")


def test_the_status_tells_the_way_of_the_data(site: Site) -> None:
    stages = {each["name"]: each for each in site.status()["stages"]}
    assert list(stages) == [
        "sources", "intake", "log", "projector", "archive", "serve", "screens",
    ]  # fmt: skip
    assert [each["state"] for each in stages.values()] == [
        "none", "late", "good", "late", "late", "late", "none",
    ]  # fmt: skip


def test_the_status_of_a_site_that_works(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = site.clock.now()
    site.log.append([event(n) for n in range(1, 11)], now)
    site.stats("a-1").write("intake", {"received": 10, "rejected": 1, "refusing": 0})
    site.stats("a-2").write("projector", {"seq": 8, "lag_ms": 1500, "caught_up": 1})
    site.stats("a-3").write("projector", {"seq": 8, "caught_up": 1}, "standby")
    site.stats("a-4").write("archive", {"seq": 4, "lag_entries": 6, "lag_ms": 61_000})
    site.dead.put([DeadLetter(b'{"secret": 1}', "type.unknown", "secret", now)])
    report = ScreenReport(now - 3 * SECOND, 7, 4200, "stale", "b1", 1920, 1080)
    site.board.write([
        ConnectedScreen("120110001/wall", now, 90, 10, None),
        ConnectedScreen("120110/wall", now, 90, 0, report),
    ])  # fmt: skip
    site.clock.advance(2 * SECOND)
    monkeypatch.setattr("callbacks.status._KEPT_SECONDS", 3600)
    status = site.status()
    assert status["missing"] == ["frames"]
    assert (status["build"], status["at"]) == ("b1", to_text(now + 2 * SECOND))
    stages = {each["name"]: each for each in status["stages"]}
    assert (stages["projector"]["state"], stages["projector"]["lag_ms"]) == ("risk", 1500)
    assert stages["projector"]["figures"] == {
        "processes": 2, "active": 1, "standby": 1, "seq": 8,
    }  # fmt: skip
    assert stages["archive"]["state"] == "late"
    assert stages["intake"]["state"] == "good"
    assert [each["state"] for each in status["processes"]] == [
        "active", "active", "active", "standby",
    ]  # fmt: skip
    assert {each["age_seconds"] for each in status["processes"]} == {2.0}
    assert status["dead_letters"] == [{"code": "type.unknown", "count": 1, "last": to_text(now)}]
    assert "secret" not in json.dumps(status)
    worst, other = status["screens"]["list"]
    assert (worst["name"], worst["picture_seconds"], worst["reported_seconds"]) == (
        "东丽区", 4.2, 5.0,
    )  # fmt: skip
    assert (other["live"], other["skipped"], other["picture_seconds"]) == ("unheard", 10, None)
    assert status["screens"]["live"] == {"stale": 1, "unheard": 1}
    # Kept for a while: many operators cost no more than one.
    site.clock.advance(SECOND)
    assert site.status() == status
    monkeypatch.setattr("callbacks.status._KEPT_SECONDS", -1)
    assert site.status()["at"] == to_text(now + 3 * SECOND)


def test_a_server_tells_of_itself_and_learns_of_faults(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    stats, board = MemoryStats(), MemoryBoard()
    metrics = GatewayMetrics(site.clock, "120110/wall")
    word = ServerWord(stats, board, MemoryPeople(), metrics)
    screen = ConnectedScreen("120110/wall", site.clock.now(), 5, 1)
    metrics.relayed.inc(7)
    word([screen])
    assert (stats.read("serve")["sockets"], stats.read("serve")["relayed"]) == (1, 7)
    assert board.screens == {"here": [screen]}
    assert list(word.notices()) == []
    stats.write("intake", {"refusing": 1})
    word([screen] * 201)
    word([])  # a long list stands for a while
    assert list(word.notices()) == ["log.full"]
    assert len(board.screens["here"]) == 201


def test_every_figure_of_a_role_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(cockpit_\w+)`", text))
    assert {figure.metric + "_total" * figure.counter for figure in ROLE_FIGURES} <= told


def test_every_figure_that_is_exported_is_documented(site: Site) -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(cockpit_\w+)`", text))
    exported = {name for name, _ in site.metrics() if not name.endswith("_created")}
    assert exported <= told
