"""What papers ask of the role `query`: frames of a moment, and the same history, for the same
half-hours, as a meeting's page shows (assets/js/meeting/past.js)."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from cockpit.clock import DAY, HOUR
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.meeting import COMPARED, DAILY, DAYS
from datasource.questions import Compare, Departments, FrameAt, Handling, Question, Series

HALF_HOUR = HOUR // 2


class Asks(Protocol):
    """Asks the role `query`."""

    def ask(self, question: Question, worker: str = "") -> bytes:
        """The answer as JSON. Raises CockpitErrors."""


class PastOf:
    """A region's past up to an instant. Each answer is asked for once, when it is needed. What the
    archive tells goes up to `until`, the end of a half-hour."""

    def __init__(self, asks: Asks, region: str, at: int) -> None:
        self._asks, self._region, self._at = asks, region, at
        self.until = at // HALF_HOUR * HALF_HOUR
        self._start = day_start(day_of(self.until - 1)) - (DAYS - 1) * DAY
        self._kept: dict[str, Any] = {}

    def panels(self) -> dict[str, Any]:
        """The panels of the region's frame at the instant."""
        found: dict[str, Any] = self._frame()["panels"]
        return found

    def late_sources(self) -> list[dict[str, Any]]:
        """The sources of that frame that feed a panel and were late then, longest silent first."""
        late = [each for each in self._frame()["sources"] if each["late"] and each["feeds"]]
        return sorted(late, key=lambda each: str(each["last_seen"]))

    def _frame(self) -> dict[str, Any]:
        return self._once("frame", lambda: FrameAt(f"{self._region}/wall", self._at))

    def compared(self) -> dict[str, Any]:
        """Numbers beside those of earlier days."""
        asked = Compare(self._region, list(COMPARED), self.until)
        return self._once("compare", lambda: asked)

    def days(self) -> dict[str, Any]:
        """Numbers of each day."""
        asked = Series(self._region, list(DAILY), self._start, self.until, "day")
        return self._once("days", lambda: asked)

    def departments(self) -> dict[str, Any]:
        """How departments answered."""
        return self._once("departments", lambda: Departments(self._region, self._start, self.until))

    def _once(self, name: str, question: Callable[[], Question]) -> dict[str, Any]:
        if name not in self._kept:
            self._kept[name] = msgspec.json.decode(self._asks.ask(question()))
        found: dict[str, Any] = self._kept[name]
        return found


def ask(asks: Asks, question: Series | Departments | Handling) -> dict[str, Any]:
    """The answer, read."""
    found: dict[str, Any] = msgspec.json.decode(asks.ask(question))
    return found
