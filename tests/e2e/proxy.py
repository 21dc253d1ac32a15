"""A network between a page and the server that can be cut as a pulled cable cuts it."""

import contextlib
import selectors
import socket
import threading


class Proxy:
    """Forwards TCP connections to the first of some ports of this machine that answers. While
    it is cut, open connections stay open and nothing comes through, and new ones are taken but
    lead nowhere."""

    def __init__(self, *ports: int) -> None:
        self._ports = ports
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._peer: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._through = threading.Event()
        self._through.set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def cut(self) -> None:
        """From now on nothing comes through."""
        self._through.clear()

    def mend(self) -> None:
        """Everything comes through again, what waited too."""
        self._through.set()

    def close(self) -> None:
        """End it with all its connections."""
        self._ended.set()
        self._through.set()
        self._thread.join()
        for each in (self._listener, *self._peer):
            each.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._through.wait()
            for key, _ in self._selector.select(0.1):
                if not self._through.is_set():
                    break
                if key.fileobj is self._listener:
                    self._take()
                else:
                    self._forward(key.fileobj)  # type: ignore[arg-type]

    def _take(self) -> None:
        near, _ = self._listener.accept()
        far = self._connect()
        if far is None:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            self._peer[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _connect(self) -> socket.socket | None:
        for port in self._ports:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), 2)
        return None

    def _forward(self, one: socket.socket) -> None:
        if one not in self._peer:
            return
        try:
            data = one.recv(65536)
            self._peer[one].sendall(data)
        except OSError:
            data = b""
        if not data:
            for each in (one, self._peer.pop(one)):
                self._peer.pop(each, None)
                with contextlib.suppress(KeyError):
                    self._selector.unregister(each)
                each.close()
