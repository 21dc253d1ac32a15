"""The sources as the district's last frame tells of them."""

import msgspec
from msgspec import Struct

from cockpit.clock import SECOND, Clock, parse_instant
from cockpit.ports import FrameBus


class Source(Struct, frozen=True):
    """A source: when its last event came, for how long of real time nothing has, whether that is
    late, how many of its numbers did not come, and the panels it feeds."""

    source: str
    last_seen: str
    silent_seconds: float
    late: bool
    missed: int
    feeds: list[str]


class _Said(Struct):
    source: str
    last_seen: str
    late: bool
    missed: int
    feeds: list[str]


class _Frame(Struct):
    sources: list[_Said] = []


class SourcesNow:
    """Reads them from a view's last frame."""

    def __init__(self, bus: FrameBus, view: str, clock: Clock) -> None:
        self._bus, self._view, self._clock = bus, view, clock
        self._decode = msgspec.json.Decoder(_Frame).decode

    def read(self) -> list[Source]:
        """All sources, the one that has been silent longest first; none before any frame."""
        frame = self._bus.last(self._view)
        said = self._decode(frame).sources if frame is not None else []
        now = self._clock.now()
        sources = [
            Source(
                each.source,
                each.last_seen,
                round(max(0, now - parse_instant(each.last_seen)) / SECOND / self._clock.speed, 1),
                each.late,
                each.missed,
                each.feeds,
            )
            for each in said
        ]
        return sorted(sources, key=lambda each: (not each.late, -each.silent_seconds))
