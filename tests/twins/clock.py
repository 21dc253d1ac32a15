"""Time that a test turns by hand."""

from cockpit.clock import parse_instant


class ManualClock:
    """A clock that a test turns by hand."""

    def __init__(self, start: int | str) -> None:
        self._now = parse_instant(start) if isinstance(start, str) else start

    @property
    def speed(self) -> float:
        return 1.0

    def now(self) -> int:
        return self._now

    def advance(self, micros: int) -> int:
        """Move on by so many microseconds; answers the new instant."""
        self._now += micros
        return self._now

    def set(self, instant: int | str) -> int:
        """Show this instant from now on; answers it."""
        self._now = parse_instant(instant) if isinstance(instant, str) else instant
        return self._now
