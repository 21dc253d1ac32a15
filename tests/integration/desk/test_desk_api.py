"""The HTTP door of the desk's lists and of the drill-down: what is asked of the roles, and what of
an address is refused."""

import json
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import Struct

from callbacks.desk_api import create_desk_api
from callbacks.drill import create_drill
from callbacks.guard import install_guard
from cockpit.domain.access import Account, Right
from datasource.desk.people_questions import WriteAudit
from datasource.desk.work_questions import QueueCounts, Rows, Subject
from datasource.questions import Members
from tests.desks import OPERATOR, regions
from tests.property.small_world import rules

HOST = "127.0.0.1"  # whose client asks
ROW = {
    "subject": "case/7", "key": "7", "place": "一街", "category": "0101", "stage": "handled",
    "ended": "", "suspended": False, "unit": "=1+1", "due": "2026-11-23T07:00:00.000Z",
    "state": "overdue", "counted": True,
}  # fmt: skip


class Asked:
    """Whom the server asks, and the gates, which let everybody through and remember it."""

    def __init__(self) -> None:
        self.questions: list[Struct] = []
        self.looks: list[tuple[Right, str]] = []
        self.ends: list[str] = []  # how far the archive goes, from question to question

    def ask(self, question: Struct, worker: str = "") -> bytes:
        self.questions.append(question)
        found: dict[str, Any] = {}
        if isinstance(question, Members):
            found = {"kind": "case", "total": 1, "value": 1.0, "rows": [ROW]}
            found |= {"at": self.ends.pop(0)} if self.ends else {}
        return msgspec.json.encode(found)

    def account(self) -> Account:
        return OPERATOR

    def look(self, right: Right, region: str, view: str = "", department: str = "") -> None:
        self.looks.append((right, region))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def client(asked: Asked) -> FlaskClient:
    server = Flask("desk")
    install_guard(server)
    one: Any = asked
    server.register_blueprint(create_desk_api(one, one))
    server.register_blueprint(create_drill(one, one, regions(), rules(), one))
    return server.test_client()


def test_an_address_becomes_a_question(client: FlaskClient, asked: Asked) -> None:
    client.get("/api/v1/desk/120110/queues")
    model = json.dumps({"unit": {"filterType": "text", "type": "blank"}})
    told = {"queue": "overdue", "start": 0, "end": 50, "sort": "due:desc,key", "search": "7"}
    client.get("/api/v1/desk/120110001/rows", query_string={**told, "filter": model})
    client.get("/api/v1/desk/subjects/case/a/b")
    sort = [("due", "desc"), ("key", "asc")]
    assert asked.questions == [
        QueueCounts(OPERATOR, "120110", address=HOST),
        Rows(OPERATOR, "120110001", "overdue", 0, 50, sort, json.loads(model), "7", address=HOST),
        Subject(OPERATOR, "case", "a/b", address=HOST),
    ]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("desk/120110/rows?queue=none&start=0&end=9", "request.invalid"),
        ("desk/120110/rows?queue=overdue&end=9", "request.invalid"),
        ("desk/120110/rows?queue=overdue&start=-1&end=9", "request.invalid"),
        ("desk/120110/rows?queue=overdue&start=0&end=9&filter=[", "request.invalid"),
        ("desk/120110/rows?queue=overdue&start=0&end=9&filter=[1]", "request.invalid"),
        ("desk/subjects/worker/7", "subject.unknown"),
        (f"desk/subjects/case/{'7' * 300}", "subject.unknown"),
        ("drill/120110?metric=cases.open&metrics=x", "request.invalid"),
        ("drill/120110?metric=cases.open&at=yesterday", "setting.instant"),
        ("drill/120110?metric=cases.open&start=x", "request.invalid"),
        ("drill/999?metric=cases.open", "region.unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    client: FlaskClient, asked: Asked, address: str, code: str
) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert (answer.status_code // 100, answer.get_json()["error"]["code"]) == (4, code)
    assert asked.questions == []


def test_a_drilled_list_is_in_words(client: FlaskClient, asked: Asked) -> None:
    answer = client.get("/api/v1/drill/120110?metric=cases.on_time_rate&lang=en").get_json()
    assert [each["title"] for each in answer["columns"]][:3] == ["Number", "Place", "Category"]
    row = answer["rows"][0]
    assert (row["due"], row["unit"], row["counted"]) == ("2026-11-23 15:00", "=1+1", "✓")
    assert row["mark"] == "▲ overdue"
    assert {each["key"] for each in answer["columns"]} | {"subject", "state"} == set(row)
    chinese = client.get("/api/v1/drill/120110?metric=cases.open").get_json()
    assert chinese["rows"][0]["category"] == "暴露垃圾"
    assert asked.looks == [(Right.LOOK_MEETING, "120110")] * 2


def test_persons_are_behind_their_gate_and_in_the_audit_first(
    client: FlaskClient, asked: Asked
) -> None:
    client.get("/api/v1/drill/120110001?metric=visits.overdue.care")
    assert asked.looks == [(Right.LOOK_MEETING, "120110001"), (Right.LOOK_PERSON, "120110001")]
    audit, members = asked.questions
    assert isinstance(audit, WriteAudit)
    assert (audit.what, audit.subject) == ("look.person", "120110001/visits.overdue.care")
    assert isinstance(members, Members)
    # The next page of it is the same look.
    client.get("/api/v1/drill/120110001?metric=visits.overdue.care&start=200&end=400")
    client.get("/api/v1/drill/120110001?metric=visits.overdue.special")
    told = [each.subject for each in asked.questions if isinstance(each, WriteAudit)]
    assert told == ["120110001/visits.overdue.care", "120110001/visits.overdue.special"]


AT, BEFORE = "2026-11-23T07:00:00.300Z", "2026-11-23T06:59:59.900Z"


def test_a_list_waits_briefly_for_an_archive_that_is_behind_the_screen(
    client: FlaskClient, asked: Asked
) -> None:
    asked.ends = [BEFORE, BEFORE, AT]
    answer = client.get(f"/api/v1/drill/120110?metric=cases.open&at={AT}").get_json()
    assert answer["at"] == AT
    assert len(asked.questions) == 3


def test_a_list_of_an_earlier_moment_says_of_which(
    client: FlaskClient, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.drill._ARCHIVE_SECONDS", 0.0)
    asked.ends = [BEFORE, BEFORE, AT]
    answer = client.get(f"/api/v1/drill/120110?metric=cases.open&at={AT}").get_json()
    assert answer["at"] == BEFORE
    assert asked.ends == [BEFORE, AT]
