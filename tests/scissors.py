"""A line to a server that is cut at a chosen byte."""

import contextlib
import socket
import threading
from typing import Self

from tests.support import Proxy


class Scissors(Proxy):
    """Passes bytes on and counts them, both ways together, in `passed`. Once so many have passed
    as `cut` says, all connections end where they are."""

    def __init__(self, port: int) -> None:
        self.passed = 0
        self._left: int | None = None
        self._away = self._stays = False
        self._lock = threading.Lock()
        super().__init__(port)

    def __enter__(self) -> Self:
        return self

    def cut(self, after: int, stays: bool) -> None:
        """Cut once `after` more bytes have passed. `stays`: new connections end at once until
        `mend`; otherwise they work."""
        with self._lock:
            self._left, self._stays = after, stays
        if after == 0:
            self._end()

    def mend(self) -> None:
        """All that connects from now on comes through, whether or not it was cut."""
        with self._lock:
            self._left, self._away = None, False

    def _end(self) -> None:
        with self._lock:
            self._left, self._away = None, self._stays
        for each in self._sockets[1:]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _pass(self, source: socket.socket, target: socket.socket, passing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)) and not self._away:
                with self._lock:
                    left = self._left
                    piece = data if left is None else data[:left]
                    self._left = None if left is None else left - len(piece)
                    self.passed += len(piece)
                if piece:
                    target.sendall(piece)
                if left is not None and left <= len(data):
                    self._end()
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
