"""An outlet: what it writes is whole and in order, whatever the reader does, and it never waits."""

import io
import socket
import time
from collections.abc import Iterator

import gevent
import gevent.socket
import pytest
from gevent.pywsgi import WSGIServer
from geventwebsocket.websocket import WebSocket

from callbacks.outlet import MOST_WAITING, OUTLET, Outlet, OutletHandler, text_message
from tests.screen import read_messages

pytestmark = pytest.mark.integration


class Pair:
    """An outlet, and the other end of its connection."""

    def __init__(self) -> None:
        with gevent.socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            self.far = gevent.socket.socket()
            self.far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.far.connect(listener.getsockname())
            self.near, _ = listener.accept()
        self.outlet = Outlet(self.near)

    def stall(self, size: int = 60_000) -> list[bytes]:
        """Offer numbered messages until one is refused; answers those that were taken."""
        taken = []
        while self.outlet.offer(text_message(payload := b"%05d" % len(taken) + b"x" * size)):
            taken.append(payload)
        return taken

    def close(self) -> None:
        self.outlet.end()
        self.near.close()
        self.far.close()


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.close()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_text_message_of_every_length_is_read_as_it_was(size: int) -> None:
    payload = b"x" * size
    assert list(read_messages(io.BytesIO(text_message(payload) * 2))) == [payload] * 2


def test_a_stalled_reader_that_reads_on_gets_what_was_taken_whole_and_in_order(pair: Pair) -> None:
    taken = pair.stall()
    assert 0 < len(taken) < 100
    assert not pair.outlet.clear
    pair.outlet.write(text_message(b"2"))
    pair.outlet.write(text_message(b"3"))
    with pair.far.makefile("rb") as stream:
        messages = read_messages(stream)
        got = [next(messages) for _ in range(len(taken) + 2)]
    assert got == [*taken, b"2", b"3"]
    assert pair.outlet.clear
    assert pair.outlet.offer(text_message(b"next"))


def test_one_that_causes_answers_and_reads_nothing_is_cut_off(pair: Pair) -> None:
    pair.stall()
    for _ in range(MOST_WAITING // 100 + 1):
        pair.outlet.write(b"x" * 100)
    with pytest.raises(OSError, match="has ended"):
        pair.outlet.write(b"x")
    assert not pair.outlet.offer(b"x")
    assert pair.near.recv(1) == b""


def test_a_broken_connection_ends_it_without_an_error(pair: Pair) -> None:
    pair.far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    pair.far.close()
    with gevent.Timeout(60):
        while pair.outlet.offer(text_message(b"x")):
            gevent.sleep(0.01)
    pair.outlet.cut_off()  # once more does nothing


def test_nothing_waits_in_the_kernel_but_little(pair: Pair) -> None:
    """Else a screen that comes back would first be shown megabytes of the past."""
    pair.far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    assert len(pair.stall(10_000)) * 10_000 < 500_000


def test_gevent_websocket_writes_only_through_the_outlet() -> None:
    """What this relies on of the pinned gevent-websocket; see callbacks/outlet.py."""
    assert "raw_write" in WebSocket.__slots__
    written: list[bytes] = []
    said: list[str | None] = []

    def application(environ, start_response):  # type: ignore[no-untyped-def]
        websocket, outlet = environ["wsgi.websocket"], environ[OUTLET]
        # Bound methods of one object are equal, and never the same object.
        assert websocket.raw_write == outlet.write
        websocket.raw_write = lambda data: (written.append(data), outlet.write(data))
        websocket.send("hello")
        said.append(websocket.receive())
        websocket.close()
        return []

    server = WSGIServer(("127.0.0.1", 0), application, handler_class=OutletHandler, log=None)
    server.start()
    with gevent.socket.create_connection(server.address) as client, client.makefile("rb") as stream:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            b"\x89\x80\0\0\0\0\x81\x82\0\0\0\0hi"  # a ping, then a text
        )
        while stream.readline() != b"\r\n":
            pass
        everything = stream.read()
    server.stop()
    assert said == ["hi"]
    assert everything == b"".join(written) == b"\x81\x05hello\x8a\x00\x88\x00"


def test_a_write_of_gevent_with_dontwait_does_not_wait(pair: Pair) -> None:
    begun = time.monotonic()
    with pytest.raises(BlockingIOError):
        while time.monotonic() < begun + 10:
            pair.near.sendmsg((b"x" * 60_000,), (), socket.MSG_DONTWAIT)
