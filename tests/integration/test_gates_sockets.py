"""Sockets of the real server: who is refused, and how soon somebody is turned out whose session or
pairing has ended. Real Redis; of the desk only its words."""

import json
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
from datasource.frame_bus import RedisFrameBus
from datasource.lock import RedisLock
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
def program(
    redis_server: RedisServer, client: Redis, tmp_path: Path, desk: Forgetful
) -> Iterator[Program]:
    program = Program(tmp_path, "serve", redis_url=redis_server.url, walls="paired")
    try:
        # What is published before it subscribes to frames nobody hears.
        wait_for(lambda: "serving at" in program.errors and client.pubsub_numpat())
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

    hear_what_is_theirs(program, copies, client)
    desks, halls = knock(f"/desk/{STREET}", mine), knock(f"/wall/{STREET}", hall)
    assert desks.answer.startswith("40")
    assert halls.answer.startswith("40")
    copies.drop_sessions([digest_of(DESK)])
    desks.wait_cut()
    assert halls.connected
    copies.drop_devices([digest_of(HALL)])
    halls.wait_cut()
    assert "Traceback" not in program.errors


def hear_what_is_theirs(program: Program, copies: Copies, client: Redis) -> None:
    """A department's desk gets no number of its region, whose wall it may not see."""
    lock, bus = RedisLock(client, PREFIX, "projector"), RedisFrameBus(client, PREFIX)

    def publish(seq: int, whistles: int) -> None:
        panels = {
            "cases": {"open": 7777}, "whistles": {"open": whistles},
            "patrols": {"shift": "afternoon", "window": ["14:00", "17:30"], "expected": 6666},
            "stream": {"lag_ms": 3, "events_per_second": 5555}, "ticker": [],
        }  # fmt: skip
        frame = {
            "v": 1, "view": f"{DISTRICT}/wall", "epoch": "e", "seq": seq, "lag_ms": 3,
            "at": "2026-11-23T07:10:00.000Z", "sources": [], "panels": panels,
        }  # fmt: skip
        assert lock.try_acquire()
        assert bus.publish({f"{DISTRICT}/wall": json.dumps(frame).encode()}, lock.token)

    publish(1, 8888)
    screens = {}
    for role, department in (("department", "区城管委"), ("operator", "")):
        token = role[0] * 43
        account = Account(role, role, DISTRICT, department)  # type: ignore[arg-type]
        copies.put_session(digest_of(token), SessionCopy(Session(account), ENDS), 3600)
        cookie = {"Cookie": f"cockpit_session={token}"}
        screens[role] = Screen(program.port, f"/desk/{DISTRICT}", cookie)
    theirs, whole = screens["department"], screens["operator"]
    assert whole.frame_with(1)["frame"]["panels"]["cases"] == {"open": 7777}

    def head(seq: int, moved: int) -> None:
        frame = theirs.frame_with(seq)["frame"]
        assert (frame["view"], frame["at"]) == (f"{DISTRICT}/wall", "2026-11-23T07:10:00.000Z")
        assert frame["panels"] == {
            "patrols": {"shift": "afternoon", "window": ["14:00", "17:30"]},
            "stream": {"lag_ms": 3}, "whistles": {"seq": moved},
        }  # fmt: skip

    head(1, 1)
    publish(2, 8888)
    head(2, 1)
    publish(3, 8889)
    head(3, 3)
    assert whole.frame_with(3)["frame"]["panels"]["whistles"] == {"open": 8889}
    # A role is changed by ending its sessions: the whole is not heard any longer.
    copies.drop_sessions([digest_of("o" * 43)])
    whole.wait_cut()
    theirs.close()
    lock.release()
