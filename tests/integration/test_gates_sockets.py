"""Sockets of the real server: who is refused, and how soon somebody is turned out whose session or
pairing has ended. Real Redis; of the desk only its words."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import simple_websocket
from redis import Redis

from cockpit.clock import parse_instant
from cockpit.domain.access import Account, Device
from cockpit.ports import Screen as Paired
from cockpit.ports import Session
from datasource.answering import Worker
from datasource.asking import Inbox
from datasource.desk.copies import Copies
from datasource.desk.people_questions import Who, WhoDevice, WriteAudit
from datasource.sessions import SessionCopy, digest_of
from datasource.stats import RedisStats
from tests.house import DISTRICT, SIBLING, STREET
from tests.program import Program
from tests.screen import Screen
from tests.support import PREFIX, RedisServer, wait_for

pytestmark = pytest.mark.integration

DESK, HALL = "d" * 43, "h" * 43
ENDS = parse_instant("2099-01-01T00:00:00Z")


class Forgetful:
    """A desk that knows nobody, and keeps what it is told for the audit."""

    questions = Who | WhoDevice | WriteAudit

    def __init__(self) -> None:
        self.audit: list[WriteAudit] = []

    def answer(self, question: Any) -> bytes:
        if isinstance(question, WriteAudit):
            self.audit.append(question)
        return b"null"

    def rest(self) -> None:
        pass

    def figures(self) -> Mapping[str, float]:
        return {}


@pytest.fixture
def desk(client: Redis) -> Iterator[Forgetful]:
    answers, stop = Forgetful(), Event()
    worker = Worker("desk", Inbox(client, PREFIX, "desk"), answers, RedisStats(client, PREFIX))
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    yield answers
    stop.set()
    thread.join()


@pytest.fixture
def program(redis_server: RedisServer, tmp_path: Path, desk: Forgetful) -> Iterator[Program]:
    program = Program(tmp_path, "serve", redis_url=redis_server.url, walls="paired")
    try:
        wait_for(lambda: "serving at" in program.errors, 40)
        yield program
    finally:
        program.stop()


def test_sockets_pass_the_gate_and_are_turned_out(
    program: Program, client: Redis, desk: Forgetful
) -> None:
    copies = Copies(client, PREFIX)
    account = Account("a1", "street_director", STREET)
    copies.put_session(digest_of(DESK), SessionCopy(Session(account), ENDS), 3600)
    device = Device("d1", frozenset({f"{STREET}/wall"}))
    copies.put_device(digest_of(HALL), Paired(device, "hall"))
    mine, hall = f"cockpit_session={DESK}", f"cockpit_device={HALL}"

    def knock(path: str, cookie: str = "") -> Screen:
        return Screen(program.port, path, {"Cookie": cookie} if cookie else None)

    for path, cookie, code in (
        (f"/wall/{STREET}", "", "access.login"),
        (f"/desk/{STREET}", hall, "access.refused"),
        (f"/wall/{DISTRICT}", hall, "access.refused"),
        (f"/desk/{SIBLING}", mine, "access.refused"),
        (f"/desk/{STREET}", f"cockpit_session={'x' * 43}", "access.login"),
        ("/status", mine, "address.unknown"),
    ):
        screen = knock(path, cookie)
        assert screen.answer == f'44{{"message":"{code}"}}', path
        screen.close()
    wait_for(lambda: ("a1", SIBLING) in {(r.who and r.who.id, r.subject) for r in desk.audit})
    with pytest.raises(simple_websocket.ConnectionClosed):
        Screen(program.port, f"/desk/{STREET}", {"Cookie": mine, "Origin": "http://evil.example"})

    desks, halls = knock(f"/desk/{STREET}", mine), knock(f"/wall/{STREET}", hall)
    assert desks.answer.startswith("40")
    assert halls.answer.startswith("40")
    copies.drop_sessions([digest_of(DESK)])
    desks.wait_cut()
    assert halls.connected
    copies.drop_devices([digest_of(HALL)])
    halls.wait_cut()
    assert "Traceback" not in program.errors
