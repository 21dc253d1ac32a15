"""The socket door, in the real server process: who gets which frames, and who gets none."""

import io
import itertools
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import flask
import pytest
from redis import Redis
from socketio import Manager

from callbacks.gates import Gates
from callbacks.gateway import Gateway
from callbacks.health import GatewayMetrics
from callbacks.socket_manager import SocketManager
from cockpit.watching import ConnectedScreen
from datasource.frame_bus import RedisFrameBus
from datasource.geography import load_regions
from datasource.lock import RedisLock
from datasource.screens_board import RedisScreensBoard
from tests.program import CLOCK, Program
from tests.screen import Screen, read_messages
from tests.support import PREFIX, RedisServer, wait_for
from tests.twins import ManualClock, MemoryBoard, MemoryFrameBus, MemoryPeople

pytestmark = pytest.mark.integration

KEPT = ("rooms", "eio_to_sid", "pending_connect", "pending_disconnect")
DISTRICT, STREET = "120110/wall", "120110001/wall"


class Projector:
    """Publishes what a test wants, with the lock a projector holds."""

    def __init__(self, client: Redis) -> None:
        self._bus = RedisFrameBus(client, PREFIX)
        self._lock = RedisLock(client, PREFIX, "projector")

    def publish(self, view: str, seq: int, padding: int = 0) -> None:
        frame = {"at": "2026-11-23T07:10:00.000Z", "seq": seq, "padding": "x" * padding}
        wait_for(self._lock.try_acquire)
        assert self._bus.publish({view: json.dumps(frame).encode()}, self._lock.token)


@pytest.fixture
def projector(client: Redis) -> Projector:
    return Projector(client)


@pytest.fixture
def program(redis_server: RedisServer, client: Redis, tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path, "serve", redis_url=redis_server.url, speed=2)
    try:
        # What is published before it subscribes to frames nobody hears.
        wait_for(lambda: "serving at" in program.errors and client.pubsub_numpat())
        yield program
    finally:
        program.stop()


def figures(program: Program) -> dict[str, float]:
    with urllib.request.urlopen(f"{program.base_url}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return {k: float(v) for k, v in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_a_screen_gets_its_last_frame_at_once_and_then_its_own_frames(
    program: Program, projector: Projector
) -> None:
    projector.publish(DISTRICT, 7)
    projector.publish(STREET, 8)
    district, street = Screen(program.port, "/wall/120110"), Screen(program.port, "/wall/120110001")
    first = district.wrapped()
    assert first["frame"]["seq"] == 7
    assert first["speed"] == 2.0
    assert len(first["build"]) == 12
    assert abs(first["sent"] - time.time() * 1000) < 3_600_000
    assert street.wrapped()["frame"]["seq"] == 8
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{STREET}"}}') == 1)
    projector.publish(DISTRICT, 9)
    projector.publish(STREET, 10)
    assert district.wrapped()["frame"]["seq"] == 9
    assert street.wrapped()["frame"]["seq"] == 10
    district.close()
    street.close()
    wait_for(lambda: figures(program)[f'cockpit_sockets{{view="{DISTRICT}"}}'] == 0)


def test_a_page_that_is_none_is_refused(program: Program) -> None:
    for pathname in ("/wall/999", "/desk/9", "", None, 5, ["x"]):
        screen = Screen(program.port, pathname)
        assert screen.answer == '44{"message":"address.unknown"}'
        screen.close()


def test_a_burst_ends_in_the_newest_frame(program: Program, projector: Projector) -> None:
    screen = Screen(program.port, "/wall/120110")
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{DISTRICT}"}}') == 1)
    for seq in range(1, 1001):
        projector.publish(DISTRICT, seq, padding=2000)
    # A screen that was slow just then was skipped; the next frame is the whole truth.
    with publishing(projector, 1001):
        while screen.wrapped()["frame"]["seq"] < 1000:
            pass
    screen.close()


def test_a_screen_that_takes_nothing_is_skipped_and_holds_nobody_up(
    program: Program, projector: Projector
) -> None:
    stalled = _stalled_screen(program)
    screen = Screen(program.port, "/wall/120110")
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{DISTRICT}"}}') == 2)
    before = program.role_process("serve").memory_info().rss
    for seq in range(1, 401):
        projector.publish(DISTRICT, seq, padding=60_000)
        screen.frame_with(seq)  # else a busy server would pass over some for everybody
    # A machine so slow that the kernel cuts it off before the end (STALLED_MS) skips fewer.
    assert figures(program)["cockpit_frames_skipped_total"] > 40
    assert program.role_process("serve").memory_info().rss - before < 10 * 1024 * 1024
    stalled.close()
    screen.close()
    wait_for(lambda: figures(program)[f'cockpit_sockets{{view="{DISTRICT}"}}'] == 0)


def _stalled_screen(program: Program) -> socket.socket:
    """A client that says where it is and then reads no more."""
    plain = socket.socket()
    plain.settimeout(60)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", program.port))
    plain.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    said = b"40" + json.dumps({"pathname": "/wall/120110"}).encode()
    plain.sendall(bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said)
    return plain


def test_a_screen_that_stalls_and_reads_on_gets_whole_frames_only(
    program: Program, projector: Projector
) -> None:
    stalled = _stalled_screen(program)
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{DISTRICT}"}}') == 1)
    # Few: the kernel cuts off who stalls for long (STALLED_MS).
    last, missed = 0, 8
    while figures(program)["cockpit_frames_skipped_total"] < missed:
        last += 1
        projector.publish(DISTRICT, last, padding=60_000 + last)
    with publishing(projector, last + 1, 60_000), stalled, stalled.makefile("rb") as stream:
        while stream.readline() != b"\r\n":
            pass
        messages = read_messages(stream)
        assert next(messages).startswith(b"0{")
        assert next(messages).startswith(b"40{")
        seen = [0]
        while seen[-1] < last + 10:
            message = next(messages)
            if message.startswith(b'42["frame",'):
                frame = json.loads(json.loads(message[2:])[1])["frame"]
                assert frame["padding"] == "x" * (60_000 + frame["seq"])
                assert frame["seq"] > seen[-1]
                seen.append(frame["seq"])
            else:
                assert message == b"2" or message.endswith(b'["health"]')
    assert len(seen) - 1 <= seen[-1] - missed


@contextmanager
def publishing(projector: Projector, seq: int, padding: int = 0) -> Iterator[None]:
    """Frames from this number on, many a second; `padding` and their number are their size."""
    ended = threading.Event()

    def publish() -> None:
        for number in itertools.count(seq):
            projector.publish(DISTRICT, number, padding + number)
            if ended.wait(0.02):
                return

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.slow
def test_a_screen_that_takes_nothing_is_cut_off(program: Program, projector: Projector) -> None:
    stalled = _stalled_screen(program)
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{DISTRICT}"}}') == 1)
    with publishing(projector, 1, 60_000):
        wait_for(lambda: figures(program)[f'cockpit_sockets{{view="{DISTRICT}"}}'] == 0, 90, 0.5)
    serve, near = program.role_process("serve"), stalled.getsockname()[1]
    wait_for(lambda: near not in {c.raddr.port for c in serve.net_connections("tcp") if c.raddr})
    stalled.close()


def test_a_new_screen_needs_no_redis_for_a_frame_that_was_relayed(
    program: Program, projector: Projector, client: Redis
) -> None:
    first = Screen(program.port, "/wall/120110001")
    projector.publish(STREET, 1)
    first.frame_with(1)
    client.delete(f"{PREFIX}:frame:{STREET}")
    second = Screen(program.port, "/wall/120110001")
    assert second.wrapped()["frame"]["seq"] == 1
    for each in (first, second):
        each.close()


@pytest.mark.parametrize("connected", [True, False])
def test_the_table_of_sockets_forgets_as_its_parent_does(connected: bool) -> None:
    kept = []
    for manager in (Manager(), SocketManager()):
        numbers = itertools.count()
        ids = SimpleNamespace(generate_id=lambda numbers=numbers: f"s{next(numbers)}")
        manager.server = SimpleNamespace(eio=ids)
        for eio_sid in ("a", "b"):
            sid = manager.pre_connect(eio_sid, "/")
            if connected:
                manager.connect(sid, "/")
                manager._generate_ack_id(sid, print)
                manager.pre_disconnect(sid, "/")
        for sid in ("s0", "s1"):
            manager.disconnect(sid, "/")
            kept.append(repr([*(vars(manager)[name] for name in KEPT), *manager.callbacks]))
    assert kept[:2] == kept[2:]
    assert kept[1] == "[{}, {}, {}, {}]"


HEALTH = {"seq": 7, "age_ms": 40, "live": "live", "build": "b-1", "width": 1920, "height": 1080}


def test_a_screen_says_how_it_is(program: Program, projector: Projector, client: Redis) -> None:
    board = RedisScreensBoard(client, PREFIX, "the test")
    screen = Screen(program.port, "/wall/120110")
    with publishing(projector, 1):
        screen.wait_asked()
        screen.reply(HEALTH)
        (told,) = wait_for(lambda: [each for each in _told(board) if each.report is not None])
        screen.wait_asked()
    assert told.view == DISTRICT
    assert told.sent > 0
    assert told.skipped == 0
    assert told.report is not None
    assert told.report.at >= told.since
    assert {name: getattr(told.report, name) for name in HEALTH} == HEALTH
    screen.close()
    wait_for(lambda: not _told(board))


def _told(board: RedisScreensBoard) -> list[ConnectedScreen]:
    return [screen for screens in board.all().values() for screen in screens]


def test_what_is_no_report_is_counted_and_ignored(
    program: Program, projector: Projector, client: Redis
) -> None:
    bad: list[tuple[object, ...]] = [
        (),
        (None,),
        ("live",),
        (HEALTH, HEALTH),
        ({**HEALTH, "live": "<b>"},),
        ({**HEALTH, "age_ms": -1},),
        ({**HEALTH, "build": "x" * 41},),
        ({**HEALTH, "who": "somebody"},),
        ({**HEALTH, "width": 1e300},),
    ]
    screens = [Screen(program.port, "/wall/120110") for _ in bad]
    board = RedisScreensBoard(client, PREFIX, "the test")
    with publishing(projector, 1):
        for screen, answer in zip(screens, bad, strict=True):
            screen.wait_asked()
            screen.reply(*answer)
        wait_for(lambda: figures(program)["cockpit_screen_reports_bad_total"] == len(bad))
        told = wait_for(lambda: len(_told(board)) == len(bad) and _told(board))
    assert not [each for each in told if each.report is not None]
    for screen in screens:
        screen.close()
    assert "Traceback" not in program.errors


def test_faults_of_the_site_stand_beside_the_frame() -> None:
    faults = ["log.full"]
    clock, regions, people = ManualClock(CLOCK), load_regions(), MemoryPeople()
    gateway = Gateway(
        server=flask.Flask("test"),
        bus=MemoryFrameBus(),
        regions=regions,
        clock=clock,
        build="b",
        metrics=GatewayMetrics(clock, DISTRICT),
        gates=Gates(regions, people, people, "open", False, lambda _: None),
        notices=lambda: faults,
        screen_changes=lambda: 3,
        report=MemoryBoard().write,
    )
    (text,) = read_messages(io.BytesIO(gateway._message(b'{"seq":1}')))
    assert json.loads(json.loads(text[2:])[1]) == {
        "sent": clock.now() // 1000,
        "speed": clock.speed,
        "build": "b",
        "devices": 3,
        "notices": ["log.full"],
        "frame": {"seq": 1},
    }
    faults.clear()
    (text,) = read_messages(io.BytesIO(gateway._message(b"{}")))
    assert "notices" not in json.loads(json.loads(text[2:])[1])


def test_frames_go_on_after_redis_was_killed(
    program: Program, projector: Projector, redis_server: RedisServer
) -> None:
    screen = Screen(program.port, "/wall/120110")
    projector.publish(DISTRICT, 1)
    screen.frame_with(1)
    redis_server.kill()
    late = Screen(program.port, "/wall/120110")
    redis_server.start()
    wait_for(lambda: projector.publish(DISTRICT, 2) or screen.has(2))
    late.frame_with(2)
    for each in (screen, late):
        each.close()


def test_a_signal_ends_it_whatever_is_connected(program: Program) -> None:
    screen = Screen(program.port, "/wall/120110")
    assert program.stop() == 0
    screen.wait_cut()
