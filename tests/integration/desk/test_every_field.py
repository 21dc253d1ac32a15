"""Whatever somebody types into any field of accounts, screens, playlists, keys, duty lists and
commands, through the real server and the real desk: an error that has a code, or kept and shown as
the text it is; never a fault that nobody foresaw, never a character that nobody sees.

The fields come from the tables themselves: one that is new and not tried here fails the test.
"""

import json
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from msgspec import Struct
from redis import Redis

from callbacks import people_api
from callbacks.commands_api import NewList
from callbacks.gates import SESSION_COOKIE
from callbacks.server import build_server
from cockpit.domain.access import Account, Role
from cockpit.domain.commands import COMMANDS
from cockpit.domain.duties import Duty
from cockpit.errors import CockpitError
from cockpit.ports import Session
from datasource.asking import packed
from datasource.desk.looking import Looking
from datasource.desk.people import people_of
from datasource.desk.people_questions import BeginPairing, PlaylistPage
from datasource.desk.queues import QueueLists
from datasource.desk.subject_pages import SubjectPages
from datasource.desk.work_questions import Command
from datasource.desk.worker import DeskAnswers, people_families
from datasource.site import geography_of
from tests.house import DISTRICT, STREET, memory_parts
from tests.support import PREFIX
from tests.twins import MemoryPeople
from tests.working import GRID, REPORTED, Work

pytestmark = pytest.mark.integration
HERE = "203.0.113.9"
Values = Sequence[object]

TEXTS = (
    "", " ", "长" * 5000, "x" * 300, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "{{7*7}}", "a\x00b", "a\x07b", "a\u202eb", "a\u200bb", "a\nb", "a\u2028b", "\ufeff", "e\u0301",
    "=cmd|'/c calc'!A1", "+1+1", "-1", "@SUM(A1)", "\t=1", "%00", "%s%n", "../../etc/passwd",
    "'; DROP TABLE accounts;--", "null", "0", "🧨", "2026-13-45T99:99:99Z", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "13800138000",
)  # fmt: skip
OTHERS = (
    None, True, False, 0, -1, 7, 1.5, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**40, -(2**63), [],
    [None], {}, {"a": 1}, [[[[[[]]]]]], ["x"] * 500,
)  # fmt: skip
RAW = ('"\\ud800"', "1e999", "NaN", '"a', "[" * 3000)
# Of these another database may think otherwise.
FOR_DATABASES = (
    "长" * 5000, "a\x00b", "a\u202eb", "🧨", "%s%n", "'; DROP TABLE accounts;--", "13800138000",
    "=cmd|'/c calc'!A1", "<script>alert(1)</script>",
    None, -1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63),
)  # fmt: skip
ROWS = {"queue": "cases_all", "start": "0", "end": "9"}
# What no text that is kept may hold.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


class Direct:
    """Asks the desk as through Redis, and fails on what nobody foresaw."""

    def __init__(self, answers: DeskAnswers) -> None:
        self._answers = answers
        self._read = msgspec.msgpack.Decoder(answers.questions).decode

    def ask(self, question: Struct, worker: str = "") -> bytes:
        try:
            return self._answers.answer(self._read(packed(question)))
        except CockpitError:
            raise
        except Exception as error:
            raise AssertionError(f"unforeseen: {question}") from error


class Whole:
    """A server, its desk, and somebody at the door for each role."""

    def __init__(self, url: str, folder: Path, client: Redis) -> None:
        self.values: Values = FOR_DATABASES if url else (*TEXTS, *OTHERS)
        self.work = work = Work(url, folder, client)
        site = work.site
        self.people = people_of(site.database, client, PREFIX, site.regions, work.clock, False)
        looking = Looking(site.regions, work.audit)
        families = [
            *people_families(self.people), *work.families,
            QueueLists(site.database, site.regions, site.clock, looking),
            SubjectPages(site.database, site.regions, geography_of, site.clock, looking),
        ]  # fmt: skip
        self.desk = Direct(DeskAnswers(families, work.audit))
        self._sessions = MemoryPeople()
        parts = memory_parts(self._sessions, walls="paired", simulate="false")
        self.server = build_server(replace(parts, desk=self.desk))[0]
        # How much would be judged would otherwise depend on how fast it goes.
        for limiter in self.server.extensions["limiter"]:
            limiter.enabled = False
        self.server.config["WTF_CSRF_ENABLED"] = False
        self.administrator, self.operator = self.client("administrator"), self.client("operator")
        blown = {"kind": "routine", "department": "区城管委", "category": "0101"}
        care = {"group": "care", "category": "poor", "level": "key"}
        raised = {"kind": "fire_risk", "severity": "warning"}
        work.tell("case.reported", "case/1", REPORTED)
        work.tell("whistle.blown", "whistle/1", blown)
        work.tell("alert.raised", "alert/1", raised)
        work.tell("person.enrolled", "person/1", care)
        work.archive()

    def client(self, role: Role) -> FlaskClient:
        token = role[0] * 43
        self._sessions.sessions[token] = Session(Account(f"{role}-1", role, DISTRICT))
        client = self.server.test_client()
        client.environ_base["REMOTE_ADDR"] = HERE
        client.set_cookie(SESSION_COOKIE, token)
        return client

    def kept(self) -> str:
        """All texts that are in the tables of people and their work, and in the log."""
        tables = ("accounts", "devices", "playlists", "source_keys", "audit", "duty_lists",
                  "remarks", "shelvings")  # fmt: skip
        with self.work.database.read() as connection:
            rows = [connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables]
        cells = [str(cell) for table in rows for row in table for cell in row if cell is not None]
        return "\n".join([*cells, *(json.dumps(each) for each in self.work.events())])


@pytest.fixture
def whole(database_url: str, tmp_path: Path, client: Redis) -> Iterator[Whole]:
    whole = Whole(database_url, tmp_path, client)
    yield whole
    whole.work.close()


def fields(kind: type[Struct]) -> set[str]:
    return {each.encode_name for each in msgspec.structs.fields(kind)}


def bodies(good: Mapping[str, Any], kind: type[Struct], values: Values) -> Iterator[str]:
    """The body with each field in turn replaced by everything that is bad."""
    assert set(good) == fields(kind), kind
    yield json.dumps(good)
    for name in good:
        for value in values:
            yield json.dumps({**good, name: value})
        for raw in RAW:
            yield json.dumps({**good, name: "@@"}).replace('"@@"', raw, 1)
        yield json.dumps({each: value for each, value in good.items() if each != name})
    yield json.dumps({**good, "strange": 1})
    yield from ("", "[]", "null", "7", '"x"', "\x00", "{", "\udcff")


def tried(client: FlaskClient, method: str, path: str, body: str) -> Any:
    """The answer, which is good or says what is wrong, in words of ours."""
    data = body.encode("utf-8", "surrogateescape")
    answer = client.open(path, method=method, data=data, content_type="application/json")
    about = (method, path, body[:200], answer.status_code, answer.text[:300])
    assert answer.status_code < 500, about
    assert answer.content_type == "application/json", about  # nothing of it is taken for a page
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.status_code >= 400:
        error = answer.get_json()["error"]
        assert error["code"], about
        assert error["code"] != "server.fault", about
        assert len(error["message"]) < 600, about
    return answer


def each_of(whole: Whole, client: FlaskClient, method: str, path: str, good: Mapping[str, Any],
            kind: type[Struct]) -> None:  # fmt: skip
    codes = {
        tried(client, method, path, body).status_code for body in bodies(good, kind, whole.values)
    }
    assert 200 in codes
    assert 400 in codes


def test_accounts_screens_playlists_and_keys(whole: Whole) -> None:
    admin, operator = whole.administrator, whole.operator
    account = {"name": "wang", "role": "operator", "region": DISTRICT, "department": "",
               "external": ""}  # fmt: skip
    each_of(whole, admin, "POST", "/api/v1/accounts", account, people_api.NewAccount)
    (made,) = [row["id"] for row in admin.get("/api/v1/accounts").get_json()["accounts"]
               if row["name"] == "wang"]  # fmt: skip
    change = {"role": "leader", "region": STREET, "department": "", "disabled": False,
              "external": "https://id x", "reset": False, "sign_out": True}  # fmt: skip
    each_of(whole, admin, "PATCH", f"/api/v1/accounts/{made}", change, people_api.AccountChange)

    page = {"region": STREET, "seconds": 20, "begin": "08:00", "end": "18:00"}
    playlist = {"name": "大厅", "pages": [page], "version": 0}
    each_of(whole, operator, "POST", "/api/v1/playlists", playlist, people_api.Playlist)
    for text in bodies(page, PlaylistPage, whole.values):
        tried(operator, "POST", "/api/v1/playlists",
              json.dumps({**playlist, "pages": "@@"}).replace('"@@"', f"[{text}]"))  # fmt: skip
    shown = tried(operator, "POST", "/api/v1/playlists", json.dumps(playlist)).get_json()["id"]
    for text in bodies({**playlist, "version": 1}, people_api.Playlist, whole.values):
        tried(operator, "PUT", f"/api/v1/playlists/{shown}", text)

    code = msgspec.json.decode(whole.desk.ask(BeginPairing("ab" * 32, HERE)))["code"]
    device = {"code": code, "name": "大厅", "view": f"{STREET}/wall", "playlist": ""}
    each_of(whole, operator, "POST", "/api/v1/devices", device, people_api.NewDevice)
    (screen,) = operator.get("/api/v1/devices").get_json()["devices"]
    change = {"name": "大厅二", "view": f"{STREET}/wall", "playlist": "", "revoke": False}
    each_of(whole, operator, "PATCH", f"/api/v1/devices/{screen['id']}", change,
            people_api.DeviceChange)  # fmt: skip

    key = {"name": "热线", "source": "/8890", "types": ["case.reported"], "regions": [DISTRICT],
           "rate": 0}  # fmt: skip
    each_of(whole, admin, "POST", "/api/v1/keys", key, people_api.NewKey)
    kept = admin.get("/api/v1/keys").get_json()["keys"][0]["id"]
    each_of(whole, admin, "PATCH", f"/api/v1/keys/{kept}", {"rotate": True, "revoke": False},
            people_api.KeyChange)  # fmt: skip
    seen(whole)


def seen(whole: Whole) -> None:
    """Nothing that was kept hides anything; formulas and marks are kept as what they are."""
    text = whole.kept()
    hidden = {each for each in text if unicodedata.category(each) in UNSEEN} - {"\n", "\ufffd"}
    assert not hidden, [hex(ord(each)) for each in hidden]
    for name in ("<script>alert(1)</script>", "=cmd|'/c calc'!A1"):
        assert name in text
    whole.people.audit.verify()
    with whole.work.database.read() as connection:
        addresses = connection.exec_driver_sql("SELECT DISTINCT address FROM audit").all()
    assert {each[0] for each in addresses} == {HERE}


def test_commands_and_duty_lists(whole: Whole) -> None:
    operator, number = whole.operator, 0
    good: dict[str, Any] = {
        "id": "command-1", "command": "remark", "subject": "case/1", "expected": 1,
        "reason": "原因", "region": GRID, "data": {"text": "备注"},
    }  # fmt: skip

    def give(command: str) -> None:
        answer = tried(operator, "POST", "/api/v1/commands", f'{{"commands":[{command}]}}')
        for result in answer.get_json().get("results", ()):
            assert result.get("error", {}).get("code", "known") not in {"server.fault", ""}, command
        whole.work.archive()

    for text in bodies(good, Command, whole.values):
        give(text)
    data = {
        "level": "street", "unit": "城管办", "due": "2026-12-24T15:00:00+08:00", "passed": True,
        "responded": True, "resolved": True, "satisfaction": "satisfied", "kind": "routine",
        "department": "区城管委", "category": "0101", "case": "1", "by": "street", "score": 5,
        "from": "2026-12-24T15:00:00+08:00", "to": "2026-12-25T15:00:00+08:00", "result": "well",
        "text": "备注", "until": "2026-12-24T15:00:00+08:00", "after": 0,
    }  # fmt: skip
    filled = {"reason"}  # beside the data
    named = reduce(or_, (fields(row.data) for row in COMMANDS.values())) - filled
    assert named == set(data)
    for name, row in COMMANDS.items():
        kind = row.subject[0]
        for field in sorted(fields(row.data) - filled) or [""]:
            values = {each: data[each] for each in fields(row.data) - filled}
            if "level" in values and name != "case.dispatched":
                values["level"] = 2
            for value in FOR_DATABASES:
                number += 1
                subject = f"{kind}/" if row.opens else f"{kind}/1"
                # A version that is not the subject's: judged, and never done twice.
                command = {**good, "id": f"command-{number}-x", "command": name, "data": values,
                           "subject": subject, "expected": 10**9}  # fmt: skip
                if field:
                    command["data"] = {**values, field: value}
                give(json.dumps(command))
    row = {"id": "g1", "code": "0101", "item_zh": "垃圾", "item_en": "Rubbish", "level": "grid",
           "unit": "所在网格", "limit": "", "standing": "ours", "kind": ""}  # fmt: skip
    lists = {"name": "grid", "version": 1, "rows": [row]}
    each_of(whole, operator, "PUT", f"/api/v1/duties/{DISTRICT}", lists, NewList)
    for version, text in enumerate(bodies(row, Duty, whole.values), 2):
        body = json.dumps({**lists, "version": version, "rows": "@@"}).replace('"@@"', f"[{text}]")
        tried(operator, "PUT", f"/api/v1/duties/{DISTRICT}", body)
    seen(whole)


def test_addresses(whole: Whole) -> None:
    """What stands in paths and behind question marks."""
    admin, operator = whole.administrator, whole.operator
    words = [str(each) for each in (*whole.values, 10**40, math.inf) if each not in ("", None)]
    for word in words:
        for client, method, path in (
            (admin, "PATCH", "accounts/{}"), (operator, "PATCH", "devices/{}"),
            (admin, "PATCH", "keys/{}"), (operator, "DELETE", "playlists/{}"),
            (operator, "GET", "desk/subjects/case/{}"), (operator, "GET", "desk/subjects/{}/1"),
            (operator, "GET", "desk/{}/queues"), (operator, "GET", "duties/{}"),
            (operator, "GET", "papers/{}"), (operator, "GET", "drill/{}"),
            (operator, "DELETE", "sessions/{}"),
        ):  # fmt: skip
            address = f"/api/v1/{path.format(quoted(word))}"
            answer = client.open(address, method=method, data="{}")
            assert 400 <= answer.status_code < 500, (method, address, answer.text[:300])
        for path, name, rest in (
            ("/api/v1/audit", "account", {}), ("/api/v1/audit", "what", {}),
            ("/api/v1/audit", "subject", {}), ("/api/v1/audit", "offset", {}),
            ("/api/v1/audit", "limit", {}), (f"/api/v1/duties/{DISTRICT}", "name", {}),
            (f"/api/v1/duties/{DISTRICT}", "version", {}),
            *((f"/api/v1/desk/{DISTRICT}/rows", name, ROWS)
              for name in ("queue", "start", "end", "sort", "filter", "search")),
        ):  # fmt: skip
            client = admin if path.endswith("audit") else operator
            answer = client.get(path, query_string={**rest, name: word})
            assert answer.status_code < 500, (path, name, word[:40], answer.text[:300])
    for told in whole.values:
        text = {"filterType": "text", "type": "contains", "filter": told}
        number = {"filterType": "number", "type": "equals", "filter": told}
        for column, model in (("key", text), ("due", told), ("version", number), ("none", text)):
            answer = operator.get(
                f"/api/v1/desk/{DISTRICT}/rows",
                query_string={**ROWS, "filter": json.dumps({column: model})},
            )
            assert answer.status_code < 500, (column, model, answer.text[:300])


def quoted(word: str) -> str:
    return "".join(f"%{byte:02X}" for byte in word.encode("utf-8", "surrogatepass"))
