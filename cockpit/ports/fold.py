"""What stands around the fold: where positions lie, and where frames go."""

from collections.abc import Iterator, Mapping
from typing import Protocol


class Geography(Protocol):
    """Answers whether a position is in a grid, 100 m grace included (rules.md, Patrol)."""

    def inside(self, grid: str, lon: float, lat: float) -> bool:
        """True when the WGS-84 position lies in the grid's polygon or within the grace."""


class FrameBus(Protocol):
    """Last frames and their publication. A frame that is published replaces the one before;
    a subscriber may miss frames, never get them out of order."""

    def publish(self, frames: Mapping[str, bytes], token: str) -> bool:
        """Keep and publish frames by view (`<region>/<screen>`). False, and nothing done, when
        `token` does not hold the projector's lock any more."""

    def last(self, view: str) -> bytes | None:
        """The last frame of a view."""

    def subscribe(self) -> Iterator[tuple[str, bytes] | None]:
        """(view, frame) of every publication from now on, for ever; None about each second, and
        after every reconnection, so that the caller can look after other things."""
