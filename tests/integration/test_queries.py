"""Questions and answers through a real Redis, the worker that answers, and its HTTP door."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from callbacks.api import create_api
from callbacks.gates import Gates
from callbacks.guard import install_guard
from callbacks.limits import Limits
from callbacks.past import create_past
from cockpit.clock import parse_instant
from cockpit.errors import CockpitError
from datasource import asking as module
from datasource.answering import Worker as Answering
from datasource.asking import WAITING, Inbox, Queries
from datasource.geography import load_regions
from datasource.query_worker import PastAnswers
from datasource.questions import (
    Compare,
    Departments,
    FrameAt,
    Handling,
    Moments,
    Question,
    Replay,
    Series,
)
from tests.support import NOW, PREFIX, RedisServer, wait_for
from tests.twins import ManualClock, MemoryFrameBus, MemoryPeople, MemoryStats

pytestmark = pytest.mark.integration

QUESTION = FrameAt("120110/wall", NOW)


class Past:
    """Answers with the question itself; raises what `fault` is."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.asked: list[Question] = []
        self.held = threading.Event()
        self.held.set()
        self.open = 3

    def answer(self, question: Question) -> object:
        self.asked.append(question)
        self.held.wait(60)
        if self.fault:
            raise self.fault
        return question

    def frame(self, question: Question) -> bytes:
        return msgspec.json.encode(self.answer(question))

    def picture(self, question: Question) -> tuple[dict[str, str], bytes]:
        return {"session": "s"}, self.frame(question)

    def drop_idle(self) -> None:
        return


class Worker:
    """A worker on a thread of this process."""

    def __init__(self, client: Redis) -> None:
        self.past, self.stats, self.stop = Past(), MemoryStats(), threading.Event()
        self.inbox = Inbox(client, PREFIX, "query")
        past: Any = self.past
        self._worker = Answering(
            "query", self.inbox, PastAnswers(past, past, past, past), self.stats
        )
        self._thread = threading.Thread(target=self._worker.run, args=(self.stop,), daemon=True)

    def start(self) -> "Worker":
        self._thread.start()
        wait_for(lambda: self.stats.read("query"))
        return self

    def end(self) -> None:
        self.past.held.set()
        self.stop.set()
        self._thread.join(60)


@pytest.fixture
def worker(client: Redis) -> Iterator[Worker]:
    worker = Worker(client).start()
    yield worker
    worker.end()


@contextmanager
def raises(code: str) -> Iterator[CockpitError]:
    with pytest.raises(CockpitError) as caught:
        yield caught  # type: ignore[misc]
    assert caught.value.code == code


def test_an_answer_comes_back(client: Redis, worker: Worker) -> None:
    answer = msgspec.json.decode(Queries(client, PREFIX, "query").ask(QUESTION))
    assert answer == {"type": "frame", "view": "120110/wall", "at": NOW}
    answer = msgspec.json.decode(Queries(client, PREFIX, "query").ask(Replay("120110/wall", NOW)))
    assert (answer["session"], answer["frame"]["type"]) == ("s", "replay")
    wait_for(lambda: worker.stats.read("query")["answered"] == 2)
    assert worker.stats.read("query")["replays"] == 3


def test_every_question_travels_whole(client: Redis, worker: Worker) -> None:
    asked: list[Question] = [
        QUESTION,
        Replay("120110/wall", NOW, "next", "a-b"),
        Moments("120110", 1, NOW),
        Series("120110", ["cases.open"], 1, NOW, "half_hour", True),
        Compare("120110", ["cases.open"], NOW),
        Handling("120110", 1, NOW),
        Departments("120110", 1, NOW),
    ]
    for question in asked:
        Queries(client, PREFIX, "query").ask(question)
    assert worker.past.asked == asked


def test_a_fault_is_raised_where_it_was_asked(client: Redis, worker: Worker) -> None:
    worker.past.fault = CockpitError("metric.unknown", metric="people.enrolled.mental")
    with raises("metric.unknown") as caught:
        Queries(client, PREFIX, "query").ask(QUESTION)
    assert caught.value.facts == {"metric": "people.enrolled.mental"}  # type: ignore[attr-defined]
    worker.past.fault = ZeroDivisionError("13800138000")
    with raises("server.fault"):
        Queries(client, PREFIX, "query").ask(QUESTION)
    worker.past.fault = None
    assert Queries(client, PREFIX, "query").ask(QUESTION)
    wait_for(lambda: worker.stats.read("query")["failures"] == 1)
    assert worker.stats.read("query")["refused"] == 1


def test_nobody_there_is_said_at_once(client: Redis, worker: Worker) -> None:
    worker.end()
    with raises("query.unavailable"):
        Queries(client, PREFIX, "query").ask(QUESTION)


def test_a_worker_that_dies_while_asked_is_noticed(
    client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ALIVE_SECONDS", 1)
    Inbox(client, PREFIX, "query").beat()
    with raises("query.unavailable"):
        Queries(client, PREFIX, "query").ask(QUESTION)


def test_what_comes_too_late_is_not_worked_on(client: Redis) -> None:
    inbox = Inbox(client, PREFIX, "query")
    inbox.beat()
    with raises("query.slow"):
        Queries(client, PREFIX, "query", seconds=0.2).ask(QUESTION)
    wait_for(lambda: not client.keys(f"{PREFIX}:query:wanted:*"))
    assert inbox.take(0.5) is None
    assert inbox.late == 1


def test_only_so_many_wait(client: Redis, worker: Worker) -> None:
    worker.past.held.clear()
    queries = Queries(client, PREFIX, "query")
    threads = [threading.Thread(target=queries.ask, args=(QUESTION,)) for _ in range(WAITING)]
    for thread in threads:
        thread.start()
    wait_for(lambda: queries._places._value == 0)
    with raises("query.busy"):
        queries.ask(QUESTION)
    worker.past.held.set()
    for thread in threads:
        thread.join(60)
    assert queries.ask(QUESTION)


def test_who_has_patience_waits_for_a_place(client: Redis, worker: Worker) -> None:
    worker.past.held.clear()
    queries = Queries(client, PREFIX, "query", patience=60)
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(queries.ask(QUESTION)))
        for _ in range(WAITING + 1)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: queries._places._value == 0)
    worker.past.held.set()
    for thread in threads:
        thread.join(60)
    assert len(answers) == WAITING + 1


def test_a_replay_is_gone_on_with_where_it_is_until_that_one_is_gone(
    client: Redis, worker: Worker
) -> None:
    other = Worker(client).start()
    try:
        for _ in range(5):
            Queries(client, PREFIX, "query").ask(QUESTION, other.inbox.worker)
        assert (len(worker.past.asked), len(other.past.asked)) == (0, 5)
    finally:
        other.end()
    Queries(client, PREFIX, "query").ask(QUESTION, other.inbox.worker)
    assert len(worker.past.asked) == 1


def test_a_question_to_a_worker_that_died_is_asked_of_another(
    client: Redis, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = Inbox(client, PREFIX, "query")
    with monkeypatch.context() as short:
        short.setattr(module, "ALIVE_SECONDS", 1)
        dead.beat()
    assert Queries(client, PREFIX, "query").ask(QUESTION, dead.worker)


def test_what_cannot_be_read_stops_nothing(client: Redis, worker: Worker) -> None:
    client.rpush(f"{PREFIX}:query", b"\xc1", msgspec.msgpack.encode(("x", QUESTION))[:-2])
    assert Queries(client, PREFIX, "query").ask(QUESTION)


def test_redis_away_is_said_and_passes(redis_server: RedisServer, client: Redis) -> None:
    worker = Worker(client).start()
    try:
        redis_server.kill()
        with raises("redis.unreachable"):
            Queries(client, PREFIX, "query").ask(QUESTION)
        redis_server.start()
        alive = f"{PREFIX}:query:alive:{worker.inbox.worker}"
        client.delete(alive)  # it may be about to run out
        wait_for(lambda: client.exists(alive))
        assert Queries(client, PREFIX, "query").ask(QUESTION)
    finally:
        worker.end()


# -- the HTTP door --------------------------------------------------------------------------


class Asker:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Question, str]] = []

    def ask(self, question: Question, worker: str = "") -> bytes:
        self.asked.append((question, worker))
        return b'{"good": true}'


@pytest.fixture
def asker() -> Asker:
    return Asker()


@pytest.fixture
def http(asker: Asker) -> FlaskClient:
    server, regions = Flask("past", static_folder=None), load_regions()
    install_guard(server)
    receiver: Any = None
    people, limits = MemoryPeople(), Limits(server, "memory://", PREFIX)
    gates = Gates(regions, people, people, "open", False, lambda _: None)
    server.register_blueprint(
        create_api(receiver, MemoryFrameBus(), regions, asker, gates, people, limits)
    )
    server.register_blueprint(create_past(asker, regions, ManualClock(NOW), gates))
    return server.test_client()


AT = "2026-11-20T09:30:00%2B08:00"
THEN = parse_instant("2026-11-20T09:30:00+08:00")
MIDNIGHT = parse_instant("2026-11-17T00:00:00+08:00")
MONTH = parse_instant("2026-10-25T00:00:00+08:00")


@pytest.mark.parametrize(
    ("path", "question", "worker"),
    [
        (f"replay/120110/wall?at={AT}", Replay("120110/wall", THEN), ""),
        (
            f"replay/120110001/wall?at={AT}&go=next&session=0123abcd-89ef0123",
            Replay("120110001/wall", THEN, "next", "0123abcd-89ef0123"),
            "0123abcd",
        ),
        ("replay/120110/wall?at=2026-11-20T09:30:00+08:00", Replay("120110/wall", THEN), ""),
        (f"frames/120110/wall?at={AT}", FrameAt("120110/wall", THEN), ""),
        ("moments/120110001", Moments("120110001", MIDNIGHT, NOW), ""),
        (
            f"moments/120110?from={AT}&to=2026-11-20T02:30:00Z",
            Moments("120110", THEN, THEN + 3_600_000_000),
            "",
        ),
        (
            "history/120110?metrics=cases.open,cases.overdue&days=7&by=half_hour&children=1",
            Series(
                "120110", ["cases.open", "cases.overdue"], MIDNIGHT, NOW, "half_hour", children=True
            ),
            "",
        ),
        (
            "history/120110?metrics=cases.open&days=30&lang=en",
            Series("120110", ["cases.open"], MONTH, NOW, "day"),
            "",
        ),
        ("history/120110/compare?metrics=cases.open", Compare("120110", ["cases.open"], NOW), ""),
        ("history/120110/handling", Handling("120110", MONTH, NOW), ""),
        ("history/120110/departments?days=7", Departments("120110", MIDNIGHT, NOW), ""),
    ],
)
def test_an_address_becomes_a_question(
    http: FlaskClient, asker: Asker, path: str, question: Question, worker: str
) -> None:
    answer = http.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.get_json()) == (200, {"good": True})
    assert answer.headers["Cache-Control"] == "no-store"
    assert asker.asked == [(question, worker)]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("replay/120110/wall", "request.invalid"),
        ("replay/120110/wall?at=yesterday", "setting.instant"),
        (f"replay/120110/desk?at={AT}", "screen.unknown"),
        (f"replay/9/wall?at={AT}", "screen.unknown"),
        (f"replay/120110/wall?at={AT}&go=back", "request.invalid"),
        (f"replay/120110/wall?at={AT}&session=me", "request.invalid"),
        (f"replay/120110/wall?at={AT}&speed=60", "request.invalid"),
        (f"replay/120110/wall?at={AT}&at={AT}", "request.invalid"),
        ("frames/120110/wall?at=", "setting.instant"),
        ("moments/9", "region.unknown"),
        (f"moments/120110?from={AT}", "request.invalid"),
        (f"moments/120110?from={AT}&to={AT}", "request.invalid"),
        (f"moments/120110?from={AT}&to={AT}&days=7", "request.invalid"),
        ("moments/120110?days=8", "request.invalid"),
        ("history/120110", "request.invalid"),
        ("history/120110?metrics=", "metric.unknown"),
        ("history/120110?metrics=cases.open'--", "metric.unknown"),
        ("history/120110?metrics=" + ",".join(f"a.b{n}" for n in range(13)), "request.invalid"),
        ("history/120110?metrics=cases.open&by=minute", "request.invalid"),
        ("history/120110?metrics=cases.open&children=yes", "request.invalid"),
        (
            f"history/120110?metrics=cases.open&by=half_hour&from=2026-01-01T00:00:00Z&to={AT}",
            "request.invalid",
        ),
        ("history/120110/compare?metrics=cases.open&days=7", "request.invalid"),
        ("history/120110/handling?days=x", "request.invalid"),
    ],
)
def test_what_an_address_may_not_say(http: FlaskClient, asker: Asker, path: str, code: str) -> None:
    answer = http.get(f"/api/v1/{path}")
    assert answer.get_json()["error"]["code"] == code
    assert answer.status_code in {400, 404}
    assert asker.asked == []
