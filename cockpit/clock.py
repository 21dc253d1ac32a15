"""The one source of "now".

Every part of the product is handed a Clock; nothing else asks the machine for the time
(ruff bans it elsewhere). Inside the ledgers an instant is an `int`: microseconds since
1970-01-01T00:00:00Z, which compares exactly and dumps without loss.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cockpit.errors import CockpitError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


def to_micros(moment: datetime) -> int:
    """The instant of an aware datetime. Exact for every year that datetime knows."""
    return (moment - EPOCH) // MICROSECOND


def to_datetime(instant: int) -> datetime:
    """The aware UTC datetime of an instant in microseconds."""
    return EPOCH + timedelta(microseconds=instant)


def to_text(instant: int) -> str:
    """RFC 3339 in UTC with milliseconds, the form instants have in frames and answers."""
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> int:
    """Read an RFC 3339 instant with an offset.

    Raises CockpitError `setting.instant` when it is not one.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or not _OFFSET.search(text):
            raise ValueError(text)
        return to_micros(moment)
    except (ValueError, OverflowError):
        raise CockpitError("setting.instant", value=text) from None


class Clock(Protocol):
    """Tells the instant it is. May run at another speed than the wall's clock."""

    @property
    def speed(self) -> float:
        """Seconds of this clock in one real second."""

    def now(self) -> int:
        """The instant in microseconds since 1970 UTC. Never goes back by itself."""


class SystemClock:
    """The machine's time, or a time that started elsewhere and runs on at `speed`.

    `origin` is what the clock showed when the machine's time was `real_origin` (both in
    microseconds). All processes of one cockpit share the same pair, so they agree.
    """

    def __init__(
        self, origin: int | None = None, real_origin: int | None = None, speed: float = 1.0
    ) -> None:
        real = time.time_ns() // 1000
        self.real_origin = real if real_origin is None else real_origin
        self.origin = self.real_origin if origin is None else origin
        self._speed = speed

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> int:
        elapsed = time.time_ns() // 1000 - self.real_origin
        return self.origin + int(elapsed * self._speed)
