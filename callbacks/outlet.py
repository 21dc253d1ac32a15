"""The one way out of a socket: every byte of a WebSocket goes through its outlet, none waits.

gevent-websocket writes with `sendall`, one greenlet to a socket: that costs five times as much
as the write itself (docs/decisions/0007), and a frame written past it would land inside another.
So the outlet takes its place. A write takes what the kernel takes at once; the rest is kept,
one message at most, and follows when the socket is writable again. While a rest waits the
screen's further frames are refused: the next frame is the whole truth anyway.

Relied on of gevent-websocket 0.10.1, and held by tests/integration/test_outlet.py: a `WebSocket`
writes whole messages by its attribute `raw_write` and nowhere else, and `WebSocketHandler` makes
it in `upgrade_connection`. Of gevent 26.9.0: `sendmsg` with MSG_DONTWAIT does not wait.
"""

import socket
from typing import Any

from gevent import get_hub
from geventwebsocket.handler import WebSocketHandler
from geventwebsocket.websocket import Header, WebSocket

# Where the application finds a socket's outlet in its WSGI environment.
OUTLET = "cockpit.outlet"
# A peer that takes nothing for so long is cut off by the kernel (measured.md).
STALLED_MS = 15_000
# What the kernel keeps unsent for a slow peer: its own default is megabytes, all of them old.
UNSENT_BYTES = 64 * 1024
# Pings, pongs and answers that may wait behind a rest; who causes more reads nothing.
MOST_WAITING = 16 * 1024

_WRITABLE = 2  # libev's EV_WRITE


def text_message(payload: bytes) -> bytes:
    """A whole WebSocket text message from the server, as it goes over the wire."""
    header: bytes = Header.encode_header(True, WebSocket.OPCODE_TEXT, b"", len(payload), 0)
    return header + payload


class Outlet:
    """Writes whole WebSocket messages to one gevent socket, for the event loop's thread only.

    `end()` must be called before the socket is closed.
    """

    __slots__ = ("_ended", "_rest", "_socket", "_waiting", "_watcher")

    def __init__(self, connection: Any) -> None:
        """Takes over what is written to `connection`, a connected TCP socket."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self._socket = connection
        self._rest: memoryview | None = None
        self._waiting = bytearray()
        self._watcher: Any = None
        self._ended = False

    @property
    def clear(self) -> bool:
        """True when nothing waits."""
        return self._rest is None

    def offer(self, message: bytes) -> bool:
        """Write a message unless one waits; False when it was refused, and for ever after the
        end. The message must not change afterwards: a rest of it is not copied."""
        if self._rest is not None or self._ended:
            return False
        self._write(memoryview(message))
        return True

    def write(self, message: bytes) -> None:
        """Write a message, behind what waits. Too many of them end the socket."""
        if self._ended:
            raise OSError("the socket has ended")
        if self._rest is None:
            self._write(memoryview(message))
        elif len(self._waiting) + len(message) <= MOST_WAITING:
            self._waiting += message
        else:
            self.cut_off()

    def cut_off(self) -> None:
        """Break the connection; its reader hears of the end."""
        self.end()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has broken already

    def end(self) -> None:
        """Write nothing more. Repeating it does nothing."""
        self._ended = True
        self._rest = None
        self._waiting.clear()
        self._unwatch()

    def _write(self, message: memoryview) -> None:
        try:
            sent = self._socket.sendmsg((message,), (), socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut_off()
            return
        if sent < len(message):
            self._rest = message[sent:]
            self._watch()

    def _flush(self) -> None:
        """Go on with the rest; called when the socket is writable."""
        rest, self._rest = self._rest, None
        if rest is not None:
            self._write(rest)
        if self._rest is None and self._waiting:
            waiting, self._waiting = self._waiting, bytearray()
            self._write(memoryview(waiting))
        if self._rest is None:
            self._unwatch()

    def _watch(self) -> None:
        if self._watcher is None and not self._ended:
            self._watcher = get_hub().loop.io(self._socket.fileno(), _WRITABLE)
            self._watcher.start(self._flush)

    def _unwatch(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()
            watcher.close()


class OutletHandler(WebSocketHandler):
    """Serves requests as its parent does; each WebSocket has an outlet from its first byte to
    its last, in its environment under `OUTLET`."""

    outlet: Outlet | None = None

    def upgrade_connection(self) -> Any:
        answer = super().upgrade_connection()
        websocket: WebSocket | None = getattr(self, "websocket", None)
        if websocket is not None:
            self.outlet = Outlet(self.socket)
            websocket.raw_write = self.outlet.write
            self.environ[OUTLET] = self.outlet
        return answer

    def run_websocket(self) -> None:
        try:
            super().run_websocket()
        finally:
            if self.outlet is not None:
                self.outlet.end()
