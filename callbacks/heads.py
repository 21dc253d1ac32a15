"""What of a wall's frames goes to a page whose reader may not see the wall: a department's desk.

Its lists come from the desk's API, which knows what is the department's own. Of the frames it needs
to know that the stream lives, which shift it is, and that something has happened to whistles; no
number of the region is among that.
"""

from typing import Literal

import msgspec
from msgspec import Raw, Struct

WALL: Literal["wall"] = "wall"
HEAD: Literal["head"] = "head"


class _Patrols(Struct):
    shift: Raw
    window: Raw


class _Stream(Struct):
    lag_ms: Raw


class _Panels(Struct):
    patrols: _Patrols
    stream: _Stream
    whistles: Raw


class _Frame(Struct):
    v: Raw
    view: Raw
    epoch: Raw
    seq: int
    at: Raw
    lag_ms: Raw
    sources: Raw
    panels: _Panels


_read = msgspec.json.Decoder(_Frame).decode


def head_view(view: str) -> str:
    """The name under which the heads of a wall's frames are relayed."""
    return f"{view.partition('/')[0]}/{HEAD}"


def wall_view(view: str) -> str:
    """The wall whose frames a view is made of."""
    return f"{view.partition('/')[0]}/{WALL}"


class Heads:
    """Makes heads of frames, one wall's after the other in their order. A head's
    `panels.whistles.seq` is the number of the frame in which whistles changed last, as far as this
    server has seen."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[bytes, int]] = {}

    def of(self, view: str, frame: bytes) -> bytes:
        """The head of a wall's frame."""
        whole = _read(frame)
        whistles = bytes(whole.panels.whistles)
        before, seq = self._last.get(view, (b"", 0))
        if before != whistles:
            seq = whole.seq
            self._last[view] = whistles, seq
        whole.panels.whistles = Raw(msgspec.json.encode({"seq": seq}))
        return msgspec.json.encode(whole)
