"""What has happened a short while ago, so that it is told once."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

# A page that is open asks for the same again and again: that is one look for so many real
# seconds, and one refusal.
SAME_LOOK_SECONDS, SAME_REFUSAL_SECONDS = 600.0, 60.0


class Lately:
    """Remembers for so many real seconds; of too many things it forgets the oldest. In memory: who
    asks several processes is told of by each."""

    def __init__(
        self, seconds: float, most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._at: OrderedDict[Hashable, float] = OrderedDict()

    def has(self, what: Hashable) -> bool:
        """Whether it was noted less than so many seconds ago."""
        at = self._at.get(what)
        return at is not None and self._clock() - at < self._seconds

    def note(self, what: Hashable) -> None:
        """It has happened now."""
        self._at[what] = self._clock()
        self._at.move_to_end(what)
        if len(self._at) > self._most:
            self._at.popitem(last=False)
