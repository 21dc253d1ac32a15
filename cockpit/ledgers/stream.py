"""The stream itself: its sources, what they missed, how much comes in, what was rejected.

Definitions: docs/metrics.md, The stream.
"""

from bisect import bisect_right
from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.clock import SECOND, to_text
from cockpit.domain import calendar as days
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.base import Placed
from cockpit.ledgers.members import Members
from cockpit.ledgers.tally import forget_before

WINDOW = 10  # seconds over which the rate is taken
MAX_HOLES = 1000  # ranges kept a source; the oldest beyond stay counted as missed for good
_PANELS = {
    "case": "cases",
    "whistle": "whistles",
    "patrol": "patrols",
    "worker": "patrols",
    "person": "people",
    "visit": "people",
    "alert": "people",
}
# The panel that a type of event feeds, None for none.
FEEDS = {name: _PANELS.get(name.partition(".")[0]) for name in EVENT_TYPES}


class Source(Struct):
    """One source. `holes` are ranges (first, last) of numbers not yet come."""

    last_seen: int
    high: int | None = None
    holes: list[tuple[int, int]] = []
    lost: int = 0
    feeds: list[str] = []
    late: bool = False


class State(Struct):
    """Everything a dump holds."""

    now: int = 0
    sources: dict[str, Source] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)  # second of receipt → entries
    rejected: dict[int, int] = field(default_factory=dict)  # day →


class Stream(Placed):
    """The ledger of the stream. Unlike the others it hears of every entry and dead letter."""

    types: frozenset[str] = frozenset({"source.alive"})

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self._late_after = rules.source_late + 1
        self._state = State()
        self._next_look = 0

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        """A sign of life is no more than any entry: `hear_of` has counted it."""

    def hear_of(self, name: str, sequence: int | None, kind: str, received: int) -> None:
        """Count an entry of the log, whatever becomes of it: its source, number there, type."""
        state = self._state
        second = received // SECOND
        state.seconds[second] = state.seconds.get(second, 0) + 1
        if len(state.seconds) > 4 * WINDOW:
            forget_before(state.seconds, second - WINDOW)
        source = state.sources.get(name)
        if source is None:
            source = state.sources[name] = Source(received)
            self.touched.update(range(self.size))
        source.last_seen = max(source.last_seen, received)
        if source.late:
            source.late = False
            self.touched.update(range(self.size))
        # A longer look ahead than needed is harmless, a missed one is not.
        self._next_look = min(self._next_look, received + self._late_after)
        feeds = FEEDS[kind]
        if feeds is not None and feeds not in source.feeds:
            source.feeds = sorted([*source.feeds, feeds])
        if sequence is not None and _follow(source, sequence):
            self.touched.update(range(self.size))

    def hear_dead(self, at: int, source: str | None, sequence: int | None) -> None:
        """Count a dead letter; its number, if any, was not missed."""
        day = days.day_of(at)
        self._state.rejected[day] = self._state.rejected.get(day, 0) + 1
        known = self._state.sources.get(source) if source is not None else None
        if known is not None and sequence is not None:
            _follow(known, sequence)
        self.touched.update(range(self.size))

    def advance(self, now: int) -> None:
        state = self._state
        if days.day_of(now) > days.day_of(state.now):
            forget_before(state.rejected, days.day_of(now))
        state.now = max(now, state.now)
        if now < self._next_look:
            return
        ahead = [now + self.rules.source_late]
        for source in state.sources.values():
            lapses = source.last_seen + self._late_after
            late = lapses <= now
            if late != source.late:
                source.late = late
                self.touched.update(range(self.size))
            if not late:
                ahead.append(lapses)
        self._next_look = min(ahead)

    def metrics(self, region: int) -> dict[str, Any]:
        second = self._state.now // SECOND
        recent = sum(self._state.seconds.get(second - back, 0) for back in range(1, WINDOW + 1))
        return {
            "stream.events_per_second": recent / WINDOW,
            "stream.rejected_today": self._state.rejected.get(days.day_of(self._state.now), 0),
        }

    def sources(self) -> list[dict[str, Any]]:
        """Every source with when it was last heard, whether late, and what it missed."""
        return [
            {
                "source": name,
                "last_seen": to_text(source.last_seen),
                "late": source.late,
                "missed": missed(source),
                "feeds": source.feeds,
            }
            for name, source in sorted(self._state.sources.items())
        ]

    def members(self, region: int, metric: str) -> Members | None:
        """What comes and when is no subject."""
        return None

    def dump(self) -> Any:
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State, strict=False)
        self._next_look = 0
        self.touched.update(range(self.size))


def missed(source: Source) -> int:
    """How many numbers of the source have not come."""
    return source.lost + sum(last - first + 1 for first, last in source.holes)


def _follow(source: Source, number: int) -> bool:
    """Take a sequence number in. True when the count of missed ones changed."""
    high = source.high
    if high is None:
        source.high = number
        return False
    if number > high:
        source.high = number
        if number == high + 1:
            return False
        source.holes = [*source.holes, (high + 1, number - 1)]
        if len(source.holes) > MAX_HOLES:
            first, last = source.holes.pop(0)
            source.lost += last - first + 1
        return True
    if _fill(source, number):
        return True
    if number <= 1 < high:
        source.lost = missed(source)
        source.holes, source.high = [], number
    return False


def _fill(source: Source, number: int) -> bool:
    place = bisect_right(source.holes, (number, 2**63)) - 1
    if place < 0:
        return False
    first, last = source.holes[place]
    if not first <= number <= last:
        return False
    rest = [(a, b) for a, b in ((first, number - 1), (number + 1, last)) if a <= b]
    source.holes = [*source.holes[:place], *rest, *source.holes[place + 1 :]]
    return True
