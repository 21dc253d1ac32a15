"""The HTTP door: events in, frames out, and one shape for every fault. Real Redis behind it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from callbacks.api import MAX_BODY, create_api
from callbacks.gates import Gates
from callbacks.guard import install_guard
from callbacks.health import GatewayMetrics, create_health
from callbacks.limits import Limits
from cockpit.clock import to_text
from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from datasource.dead_letters import RedisDeadLetters
from datasource.frame_bus import RedisFrameBus
from datasource.geography import load_regions
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.receive import Receiver
from datasource.stats import RedisStats
from tests.support import PREFIX, RedisServer
from tests.twins import ManualClock, MemoryPeople, NoQueries

pytestmark = pytest.mark.integration

NOW = "2026-11-23T15:10:00+08:00"
REGIONS = load_regions()
RULES = Rules.from_toml(Path("rules.toml").read_text(encoding="utf-8"))


def event(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/test",
        "type": "case.accepted",
        "subject": f"case/{number}",
        "time": NOW,
        "region": "120110001",
    } | changes


class Door:
    """A server with the API and health, its Redis and its clock."""

    def __init__(self, client: Redis, log_limit: int = 0) -> None:
        self.clock = ManualClock(NOW)
        self.log, self.dead = RedisLog(client, PREFIX, log_limit), RedisDeadLetters(client, PREFIX)
        self.bus, self.stats = RedisFrameBus(client, PREFIX), RedisStats(client, PREFIX)
        self.lock = RedisLock(client, PREFIX, "projector")
        self.metrics = GatewayMetrics(self.clock, "120110/wall")
        receiver = Receiver(self.log, self.dead, EventReader(REGIONS, RULES), self.clock)
        self.people = people = MemoryPeople()
        gates = Gates(REGIONS, people, people, "open", False, lambda _: None)
        server = Flask("door", static_folder=None)
        install_guard(server)
        server.register_blueprint(
            create_api(
                receiver,
                self.bus,
                REGIONS,
                NoQueries(),
                gates,
                people,
                Limits(server, "memory://", PREFIX),
            )
        )
        server.register_blueprint(create_health(self.metrics, self.stats, people))

        @server.get("/broken")
        def broken() -> str:
            raise ValueError("13800138000")

        self.http: FlaskClient = server.test_client()

    def post(self, body: bytes, **headers: str) -> tuple[int, Any]:
        answer = self.http.post("/api/v1/events", data=body, headers=headers)
        return answer.status_code, answer.get_json()

    def publish(self, view: str) -> bytes:
        frame = json.dumps({"v": 1, "view": view, "at": to_text(self.clock.now())}).encode()
        assert self.lock.try_acquire()
        assert self.bus.publish({view: frame}, self.lock.token)
        self.metrics.saw_frame(frame)
        return frame


@pytest.fixture
def door(client: Redis) -> Iterator[Door]:
    return Door(client)


def test_one_event_is_in_the_log_as_it_was_sent(door: Door) -> None:
    raw = json.dumps(event(1), indent=3).encode()
    assert door.post(raw) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    assert [entry.raw for entry in door.log.read(0, 10, 0)] == [raw]


def test_an_array_counts_each_and_names_the_rejected_by_their_place(door: Door) -> None:
    body = [event(n) for n in range(250)]
    body[3] = event(2)
    body[120] = event(120, type="case.eaten")
    body[249] = event(249, region="999")
    status, answer = door.post(json.dumps(body).encode())
    assert status == 202
    assert (answer["accepted"], answer["duplicates"]) == (247, 1)
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [
        (120, "type.unknown"),
        (249, "region.unknown"),
    ]
    assert door.log.head() == 247
    assert [letter.code for _, letter in door.dead.read("0", 10)] == [
        "type.unknown",
        "region.unknown",
    ]


def test_the_same_again_changes_nothing(door: Door) -> None:
    body = json.dumps([event(1), event(2)]).encode()
    door.post(body)
    assert door.post(body) == (202, {"accepted": 0, "duplicates": 2, "rejected": []})


def test_a_full_log_is_answered_and_nothing_is_kept(client: Redis) -> None:
    door = Door(client, log_limit=2)
    assert door.post(json.dumps([event(1), event(2)]).encode())[0] == 202
    status, answer = door.post(json.dumps([event(3), event(4, type="case.eaten")]).encode())
    assert (status, answer["error"]["code"], answer["error"]["limit"]) == (503, "log.full", 2)
    assert (door.log.head(), door.dead.read("0", 10)) == (2, [])
    assert door.post(json.dumps(event(1)).encode())[1]["duplicates"] == 1
    door.log.trim(1, 1)
    assert door.post(json.dumps(event(3)).encode())[1]["accepted"] == 1


def test_an_empty_array_is_an_answer_too(door: Door) -> None:
    assert door.post(b" [] ") == (202, {"accepted": 0, "duplicates": 0, "rejected": []})


def test_what_is_json_but_no_event_is_rejected_with_its_code(door: Door) -> None:
    status, answer = door.post(b'[5, {"specversion": "1.0"}]')
    assert status == 202
    assert [r["code"] for r in answer["rejected"]] == ["envelope.invalid"] * 2


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[{}", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 100_000, b"[{},]"],
)
def test_what_is_not_json_is_refused_as_a_whole(door: Door, body: bytes) -> None:
    status, answer = door.post(body)
    assert status == 400
    assert answer["error"]["code"] == "message.not_json"
    assert answer["error"]["message"]
    assert door.log.head() == 0


def test_what_is_too_large_is_refused(door: Door) -> None:
    single = json.dumps(event(1, padding="x" * 70_000)).encode()
    status, answer = door.post(single)
    assert (status, answer["error"]["code"]) == (413, "message.too_large")
    assert answer["error"]["limit"] == 65_536
    status, answer = door.post(json.dumps([event(n) for n in range(1001)]).encode())
    assert (status, answer["error"]["code"]) == (413, "message.batch_too_large")
    status, answer = door.post(b"[" + b" " * MAX_BODY + b"]")
    assert (status, answer["error"]["code"]) == (413, "message.too_large")
    assert door.log.head() == 0


def test_one_too_large_within_an_array_is_rejected_alone(door: Door) -> None:
    body = [event(1), event(2, padding="x" * 70_000), event(3)]
    status, answer = door.post(json.dumps(body).encode())
    assert (status, answer["accepted"]) == (202, 2)
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(1, "message.too_large")]


def test_the_last_frame_is_answered_as_it_was_published(door: Door) -> None:
    frame = door.publish("120110001/wall")
    answer = door.http.get("/api/v1/frames/120110001/wall")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, frame, "application/json")
    answer = door.http.get("/api/v1/frames/120110/wall")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "frame.none")


@pytest.mark.parametrize(
    "path", ["999/wall", "120110/desk", "120110/", "x/y", "120110001001001/wall"]
)
def test_other_screens_are_unknown(door: Door, path: str) -> None:
    answer = door.http.get(f"/api/v1/frames/{path}")
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] in {"screen.unknown", "address.unknown"}


def test_faults_have_one_shape_and_leak_nothing(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    answer = door.http.delete("/api/v1/events")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (405, "request.method")
    assert "POST" in answer.headers["Allow"]
    answer = door.http.get("/api/v1/nothing")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "address.unknown")
    answer = door.http.get("/broken")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (500, "server.fault")
    assert b"13800138000" not in answer.data
    assert "unforeseen fault at GET /broken" in caplog.text


def test_a_person_gets_a_page_and_may_choose_the_language(door: Door) -> None:
    answer = door.http.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "没有页面 /nothing" in answer.text
    assert "There is no page /nothing" in answer.text
    answer = door.http.get("/<b>", headers={"Accept": "text/html"})
    assert "<b>" not in answer.text
    answer = door.http.get("/api/v1/frames/9/wall?lang=zh", headers={"Accept": "text/html"})
    assert answer.get_json()["error"]["message"] == "区域 9 没有屏幕 wall。"


def test_a_redis_that_is_away_is_said_and_the_same_may_be_sent_again(
    door: Door, redis_server: RedisServer
) -> None:
    body = json.dumps([event(1), event(2)]).encode()
    redis_server.kill()
    status, answer = door.post(body)
    assert (status, answer["error"]["code"]) == (503, "redis.unreachable")
    answer = door.http.get("/api/v1/frames/120110/wall")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "redis.unreachable")
    assert door.http.get("/readyz").get_json()["missing"] == [
        "redis",
        "intake",
        "projector",
        "archive",
        "frames",
    ]
    assert door.http.get("/metrics").status_code == 200
    redis_server.start()
    assert door.post(body) == (202, {"accepted": 2, "duplicates": 0, "rejected": []})


def test_ready_means_that_frames_flow(door: Door) -> None:
    assert door.http.get("/healthz").get_json() == {"status": "alive"}
    answer = door.http.get("/readyz")
    assert (answer.status_code, answer.get_json()["missing"]) == (
        503,
        ["intake", "projector", "archive", "frames"],
    )
    door.stats.write("intake", {"received": 5})
    door.stats.write("projector", {"lag": 0.5})
    door.stats.write("archive", {"seq": 5})
    door.publish("120110/wall")
    answer = door.http.get("/readyz")
    assert (answer.status_code, answer.get_json()["missing"]) == (200, [])
    door.clock.advance(3_100_000)
    answer = door.http.get("/readyz")
    assert (answer.status_code, answer.get_json()["missing"]) == (503, ["frames"])
    assert answer.get_json()["frame_age_seconds"] == 3.1


def test_a_desk_that_has_never_spoken_is_missed(door: Door) -> None:
    for role in ("intake", "projector", "archive"):
        door.stats.write(role, {})
    door.publish("120110/wall")
    door.people.told = False
    answer = door.http.get("/readyz")
    assert (answer.status_code, answer.get_json()["missing"]) == (503, ["desk"])


def test_a_role_that_was_seen_once_is_missed_and_a_refusal_is_a_fault(door: Door) -> None:
    door.publish("120110/wall")
    door.stats.write("projector", {"seq": 5})
    door.stats.write("archive", {"seq": 5})
    door.stats.write("intake", {"refusing": 1})
    door.stats.write("query", {"replays": 0}, "waiting")
    answer = door.http.get("/readyz")
    said = answer.get_json()
    assert (answer.status_code, said["missing"], said["faults"]) == (503, ["query"], ["log.full"])
    door.stats.write("intake", {"refusing": 0})
    door.stats.write("query", {"replays": 0})
    assert door.http.get("/readyz").status_code == 200


def test_the_figures_of_the_server_itself(door: Door) -> None:
    door.http.get("/healthz")
    text = door.http.get("/metrics").text
    assert 'cockpit_requests_total{route="/healthz",status="200"} 1.0' in text
    assert "cockpit_frames_skipped_total 0.0" in text
