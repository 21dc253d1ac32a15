"""The socket door, in the real server process: who gets which frames, and who gets none."""

import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import simple_websocket
from redis import Redis

from datasource.frame_bus import RedisFrameBus
from datasource.lock import RedisLock
from tests.program import Program
from tests.support import PREFIX, RedisServer, wait_for

pytestmark = pytest.mark.integration

DISTRICT, STREET = "120110/wall", "120110001/wall"


class Projector:
    """Publishes what a test wants, with the lock a projector holds."""

    def __init__(self, client: Redis) -> None:
        self._bus = RedisFrameBus(client, PREFIX)
        self._lock = RedisLock(client, PREFIX, "projector")

    def publish(self, view: str, seq: int, padding: int = 0) -> None:
        frame = {"at": "2026-11-23T07:10:00.000Z", "seq": seq, "padding": "x" * padding}
        wait_for(lambda: self._lock.acquire() or True)
        assert self._bus.publish({view: json.dumps(frame).encode()}, self._lock.token)


class Screen:
    """What a page's Socket.IO client does, by hand."""

    def __init__(self, program: Program, pathname: object) -> None:
        url = f"ws://127.0.0.1:{program.port}/socket.io/?EIO=4&transport=websocket"
        self._ws = simple_websocket.Client(url)
        # Said before the server's greeting is read: simple_websocket does not see a greeting
        # that came together with the handshake until something more comes.
        self._ws.send("40" + json.dumps({"pathname": pathname}))
        assert self._receive().startswith("0{")
        self.answer = self._receive()

    def _receive(self) -> str:
        while True:
            text = self._ws.receive(timeout=10)
            assert text is not None, "nothing came"
            if text != "2":
                return str(text)
            self._ws.send("3")

    def frame(self) -> dict[str, Any]:
        """The next frame, as the page gets it: one text."""
        text = self._receive()
        assert text.startswith('42["frame",'), text[:80]
        _, payload = json.loads(text[2:])
        assert isinstance(payload, str)
        return dict(json.loads(payload))

    def frame_with(self, seq: int) -> dict[str, Any]:
        """The first frame that has this number; those before are older, never newer."""
        while True:
            frame = self.frame()
            assert frame["frame"]["seq"] <= seq
            if frame["frame"]["seq"] == seq:
                return frame

    def has(self, seq: int) -> bool:
        """True when a frame of this number comes within half a second."""
        text = self._ws.receive(timeout=0.5)
        return text is not None and f'\\"seq\\": {seq}' in str(text)

    @property
    def connected(self) -> bool:
        return bool(self._ws.connected)

    def close(self) -> None:
        self._ws.close()


@pytest.fixture
def projector(client: Redis) -> Projector:
    return Projector(client)


@pytest.fixture
def program(redis_server: RedisServer, tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path, "serve", redis_url=redis_server.url, speed=2)
    try:
        wait_for(lambda: "serving at" in program.errors, 30)
        yield program
    finally:
        program.stop()


def figures(program: Program) -> dict[str, float]:
    with urllib.request.urlopen(f"{program.base_url}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return {k: float(v) for k, v in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_a_screen_gets_its_last_frame_at_once_and_then_its_own_frames(
    program: Program, projector: Projector
) -> None:
    projector.publish(DISTRICT, 7)
    projector.publish(STREET, 8)
    district, street = Screen(program, "/wall/120110"), Screen(program, "/wall/120110001")
    first = district.frame()
    assert first["frame"]["seq"] == 7
    assert first["speed"] == 2.0
    assert len(first["build"]) == 12
    assert abs(first["sent"] - time.time() * 1000) < 3_600_000
    assert street.frame()["frame"]["seq"] == 8
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{STREET}"}}') == 1)
    projector.publish(DISTRICT, 9)
    projector.publish(STREET, 10)
    assert district.frame()["frame"]["seq"] == 9
    assert street.frame()["frame"]["seq"] == 10
    district.close()
    street.close()
    wait_for(lambda: figures(program)[f'cockpit_sockets{{view="{DISTRICT}"}}'] == 0)


def test_a_page_that_is_none_is_refused(program: Program) -> None:
    for pathname in ("/wall/999", "/desk/120110", "", None, 5, ["x"]):
        screen = Screen(program, pathname)
        assert screen.answer == '44{"message":"address.unknown"}'
        screen.close()


def test_a_burst_ends_in_the_newest_frame(program: Program, projector: Projector) -> None:
    screen = Screen(program, "/wall/120110")
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{DISTRICT}"}}') == 1)
    for seq in range(1, 1001):
        projector.publish(DISTRICT, seq, padding=2000)
    assert screen.frame_with(1000)["frame"]["seq"] == 1000
    screen.close()


def test_a_screen_that_takes_nothing_is_skipped_and_holds_nobody_up(
    program: Program, projector: Projector
) -> None:
    stalled = _stalled_screen(program)
    screen = Screen(program, "/wall/120110")
    wait_for(lambda: figures(program).get(f'cockpit_sockets{{view="{DISTRICT}"}}') == 2)
    before = program.role_process("serve").memory_info().rss
    for seq in range(1, 401):
        projector.publish(DISTRICT, seq, padding=60_000)
        if seq % 20 == 0:
            screen.frame_with(seq)
    assert figures(program)["cockpit_frames_skipped_total"] > 200
    assert program.role_process("serve").memory_info().rss - before < 10 * 1024 * 1024
    stalled.close()
    screen.close()
    wait_for(lambda: figures(program)[f'cockpit_sockets{{view="{DISTRICT}"}}'] == 0)


def _stalled_screen(program: Program) -> socket.socket:
    """A client that says where it is and then reads no more."""
    plain = socket.socket()
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


def test_frames_go_on_after_redis_was_killed(
    program: Program, projector: Projector, redis_server: RedisServer
) -> None:
    screen = Screen(program, "/wall/120110")
    projector.publish(DISTRICT, 1)
    screen.frame_with(1)
    redis_server.kill()
    late = Screen(program, "/wall/120110")
    redis_server.start()
    wait_for(lambda: projector.publish(DISTRICT, 2) or screen.has(2), 20)
    late.frame_with(2)
    for each in (screen, late):
        each.close()


def test_a_signal_ends_it_at_once(program: Program) -> None:
    screen = Screen(program, "/wall/120110")
    begun = time.monotonic()
    assert program.stop() == 0
    assert time.monotonic() - begun < 5
    assert not screen.connected
