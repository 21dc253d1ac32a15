"""Thousands of screens in one process of their own, as cheap as Python allows: they share two
cores with what they measure. They speak just enough WebSocket, Engine.IO and Socket.IO to be
served, count the frames, and read each frame's number and stamp (`stamped`) without parsing it.
"""

import resource
import select
import socket
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from tests.bench.report import percentile

_MARK = b'epoch\\":\\"'  # JSON within a JSON text
_STAMP_DIGITS, _FIRST_SEQ = 16, 1_000_000_000
_SEQ_AT = _STAMP_DIGITS + len(b'\\",\\"seq\\":')
_BUFFER = 1 << 20
_HELLO = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def stamped(frame: bytes) -> Callable[[int], bytes]:
    """Of a wall's frame one that makes the frame of a number, with the machine's monotonic
    time as its epoch."""
    before, _, rest = frame.partition(b'"epoch":"')
    _, _, after = rest.partition(b',"at"')

    def make(number: int) -> bytes:
        stamp = b"%016d" % (time.monotonic_ns() // 1000)
        return b'%s"epoch":"%s","seq":%d,"at"%s' % (before, stamp, _FIRST_SEQ + number, after)

    return make


def _masked(text: bytes, kind: int = 0x81) -> bytes:
    """A client's short message; a mask of zeros changes nothing."""
    assert len(text) < 126
    return bytes([kind, 0x80 | len(text)]) + b"\0\0\0\0" + text


# What a page answers, docs/frames.md.
_REPORT = b'[{"seq":1,"age_ms":100,"live":"live","build":"bench","width":1920,"height":1080}]'
_GREETING = _HELLO + _masked(b'40{"pathname":"/wall/120110"}')


class _Peer:
    __slots__ = ("first", "frames", "last", "live", "open", "question", "rest", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))
        self.open = self.live = False
        self.rest = self.question = b""
        self.forget()

    def forget(self) -> None:
        self.frames = self.first = self.last = 0


class _Crowd:
    """Runs in the process of its own."""

    def __init__(self, orders: Connection) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._orders, self._port = orders, 0
        self._poll = select.epoll()
        self._poll.register(orders.fileno(), select.EPOLLIN)
        self._peers: dict[int, _Peer] = {}
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._waits: list[int] = []
        self._lost = self._live = 0

    def run(self) -> None:
        while True:
            self._turn()
            if self._orders.poll():
                order, *given = self._orders.recv()
                if order == "end":
                    return
                self._orders.send(getattr(self, order)(*given))

    def connect(self, port: int, count: int) -> float:
        """Seconds until so many more screens have a frame."""
        begun, self._port, aim = time.monotonic(), port, self._live + count
        for _ in range(count):
            self._open()
        while self._live < aim:
            self._turn()
        return time.monotonic() - begun

    def follow(self, port: int) -> float:
        """Seconds from the first lost connection until all screens have a frame of the server at
        the port; that must break all of them."""
        self._port, self._lost, count = port, 0, len(self._peers)
        begun = 0.0
        while self._lost < count or self._live < count:
            self._turn()
            if self._lost and not begun:
                begun = time.monotonic()
        return time.monotonic() - begun

    def measure(self, seconds: float) -> dict[str, float]:
        """What all screens get in so many seconds: times from the stamps in ms, frames, and the
        frames that a screen missed between its first and its last."""
        for peer in self._peers.values():
            peer.forget()
        self._waits = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._turn()
        missing = sum(p.last - p.first + 1 - p.frames for p in self._peers.values() if p.frames)
        silent = sum(not p.frames for p in self._peers.values())
        waits = sorted(self._waits)
        return {
            "p50": percentile(waits, 0.50) / 1000,
            "p99": percentile(waits, 0.99) / 1000,
            "frames": len(waits),
            "missing": missing,
            "silent": silent,
            "lost": self._lost,
        }

    def _open(self) -> None:
        peer = _Peer(self._port)
        self._peers[peer.socket.fileno()] = peer
        self._poll.register(peer.socket.fileno(), select.EPOLLOUT)

    def _turn(self) -> None:
        for number, events in self._poll.poll(0.1, 256):
            peer = self._peers.get(number)
            if peer is None:
                continue  # the orders
            if events & select.EPOLLOUT:
                self._greet(peer)
            else:
                self._read(peer)

    def _greet(self, peer: _Peer) -> None:
        try:
            peer.socket.send(_GREETING)
        except ConnectionError:
            self._lose(peer)
        else:
            self._poll.modify(peer.socket.fileno(), select.EPOLLIN)

    def _read(self, peer: _Peer) -> None:
        held = len(peer.rest)
        self._buffer[:held] = peer.rest
        try:
            got = peer.socket.recv_into(self._view[held:])
        except ConnectionError:
            got = 0
        if not got:
            self._lose(peer)
            return
        now, end = time.monotonic_ns() // 1000, held + got
        at = 0 if peer.open else self._opened(peer, end)
        while peer.open and (after := self._message(peer, at, end, now)) > at:
            at = after
        peer.rest = bytes(self._view[at:end])

    def _opened(self, peer: _Peer, end: int) -> int:
        """Where the messages begin, once the answer to the handshake is whole."""
        found = self._buffer.find(b"\r\n\r\n", 0, end)
        peer.open = found >= 0
        assert not peer.open or self._buffer.startswith(b"HTTP/1.1 101"), self._buffer[:200]
        return found + 4 if peer.open else 0

    def _message(self, peer: _Peer, at: int, end: int, now: int) -> int:
        """Take the message at a place; answers where the next begins, the same when it is not
        whole yet."""
        buffer = self._buffer
        if end - at < 2:
            return at
        length, start = buffer[at + 1], at + 2
        if length > 125:
            wide = 2 if length == 126 else 8
            start += wide
            if start > end:
                return at
            length = int.from_bytes(self._view[at + 2 : start])
        if start + length > end:
            return at
        mark = buffer.find(_MARK, start, min(start + 300, start + length))
        if mark >= 0:
            self._frame(peer, mark + len(_MARK), now)
        elif buffer[at] == 0x81:
            self._word(peer, bytes(buffer[start : start + length]))
        elif buffer[at] == 0x89:
            peer.socket.send(_masked(bytes(buffer[start : start + length]), 0x8A))
        return start + length

    def _frame(self, peer: _Peer, at: int, now: int) -> None:
        self._waits.append(now - int(self._buffer[at : at + _STAMP_DIGITS]))
        peer.last = int(self._buffer[at + _SEQ_AT : at + _SEQ_AT + 10])
        peer.frames += 1
        peer.first = peer.first or peer.last
        self._live += not peer.live
        peer.live = True

    def _word(self, peer: _Peer, text: bytes) -> None:
        """A ping is answered at once, and with it, every 25 s, how the screen is; a page does
        that each 20 s."""
        if text == b"2":
            peer.socket.send(_masked(b"3"))
            if peer.question:
                peer.socket.send(_masked(b"43" + peer.question + _REPORT))
                peer.question = b""
        elif text.endswith(b'["health"]'):
            peer.question = text[2 : -len(b'["health"]')]

    def _lose(self, peer: _Peer) -> None:
        self._lost += peer.live
        self._live -= peer.live
        self._poll.unregister(peer.socket.fileno())
        del self._peers[peer.socket.fileno()]
        peer.socket.close()
        self._open()


class Crowd:
    """The process from outside; a context manager. Calls wait for their answer."""

    def __enter__(self) -> "Crowd":
        context = get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs,))
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._orders.send(("end",))
        self._process.join()

    def __call__(self, order: str, *given: object) -> Any:
        """Give an order to `_Crowd` and wait for its answer."""
        self._orders.send((order, *given))
        return self._orders.recv()

    def order(self, *order: object) -> Callable[[], Any]:
        """Give an order; the answer is waited for when the result is called."""
        self._orders.send(order)
        return self._orders.recv


def _run(orders: Connection) -> None:
    _Crowd(orders).run()
