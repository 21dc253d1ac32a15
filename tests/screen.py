"""A screen without a browser: what a page's Socket.IO client does, by hand."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import simple_websocket

_ASKED = re.compile(r'42(\d+)\["health"\]')


class Screen:
    """Connects as the page at `pathname` would. `answer` is the server's word on that; when nothing
    comes for `patience` seconds, that is an AssertionError."""

    def __init__(
        self,
        port: int,
        pathname: object,
        headers: dict[str, str] | None = None,
        patience: float = 60.0,
    ) -> None:
        self._patience = patience
        url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self._ws = simple_websocket.Client(url, headers=headers)
        self._question: str | None = None
        # Said before the server's greeting is read: simple_websocket does not see a greeting
        # that came together with the handshake until something more comes.
        self._ws.send("40" + json.dumps({"pathname": pathname}))
        assert self._receive().startswith("0{")
        self.answer = self._receive()

    def _receive(self) -> str:
        while True:
            text = self._ws.receive(timeout=self._patience)
            assert text is not None, "nothing came"
            if text == "2":
                self._ws.send("3")
            elif asked := _ASKED.fullmatch(str(text)):
                assert self._question is None, "asked again before the answer"
                self._question = asked[1]
            else:
                return str(text)

    def wrapped(self) -> dict[str, Any]:
        """The next frame in its wrapper, as the page gets it: one text."""
        text = self._receive()
        assert text.startswith('42["frame",'), text[:80]
        _, payload = json.loads(text[2:])
        assert isinstance(payload, str)
        return dict(json.loads(payload))

    def frame_with(self, seq: int) -> dict[str, Any]:
        """The wrapper of the first frame with this number; those before are older, never newer."""
        while True:
            wrapped = self.wrapped()
            assert wrapped["frame"]["seq"] <= seq
            if wrapped["frame"]["seq"] == seq:
                return wrapped

    def has(self, seq: int) -> bool:
        """True when a frame of this number comes within half a second."""
        text = self._ws.receive(timeout=0.5)
        return text is not None and f'\\"seq\\": {seq}' in str(text)

    def wait_asked(self) -> None:
        """Until the server has asked how the screen is; frames must keep coming."""
        while self._question is None:
            self.wrapped()

    def reply(self, *answer: object) -> None:
        """Answer the open question."""
        assert self._question is not None
        self._ws.send(f"43{self._question}{json.dumps(answer)}")
        self._question = None

    def wait_cut(self) -> None:
        """Until the server has ended the connection."""
        try:
            while True:
                self._receive()
        except simple_websocket.ConnectionClosed:
            return

    @property
    def connected(self) -> bool:
        return bool(self._ws.connected)

    def close(self) -> None:
        self._ws.close()


def read_messages(stream: BinaryIO) -> Iterator[bytes]:
    """The payloads of the WebSocket messages that a server wrote, until its end. Each must be
    whole, in one frame, and text."""
    while head := stream.read(2):
        assert head[0] == 0x81, f"no text message begins with {head!r}"
        assert head[1] < 0x80, "a server masks nothing"
        more = {126: 2, 127: 8}.get(head[1], 0)
        length = int.from_bytes(stream.read(more)) if more else head[1]
        payload = stream.read(length)
        assert len(payload) == length
        yield payload
