"""When each view's next frame goes out. Pure: real time, in seconds, is handed in."""

from collections.abc import Iterable, Sequence

BEAT = 0.95  # a little under the promised second
_SLOTS = 20


class Schedule:
    """Leading edge at once, then at most one frame a view each `interval`; and every view at
    least once each `BEAT`.

    Deadlines follow from deadlines, not from the instant a frame really went out, so that the
    rate does not drift. The beats of all views are spread over `_SLOTS` fixed slots: a beat
    comes a little early for a view that has just been sent, but never are all views due at
    once again and again.
    """

    def __init__(self, views: Sequence[str], interval: float, now: float) -> None:
        self._interval = interval
        self._allowed = dict.fromkeys(views, now)
        self._dirty = set(views)  # nobody has seen anything yet
        self._slots: list[list[str]] = [[] for _ in range(_SLOTS)]
        for place, view in enumerate(views):
            self._slots[place % _SLOTS].append(view)
        self._slot, self._next_slot = 0, now

    def touch(self, views: Iterable[str]) -> None:
        """These views' pictures changed."""
        self._dirty.update(views)

    def due(self, now: float) -> list[str]:
        """The views to send now: changed and allowed, or their beat has come. Each must then
        be told to `sent`; until it is, it stays due."""
        while self._next_slot <= now:
            # A beat that was not sent is not made up for: the picture is due all the same.
            self._dirty.update(self._slots[self._slot])
            self._slot = (self._slot + 1) % _SLOTS
            self._next_slot = max(self._next_slot, now - BEAT) + BEAT / _SLOTS
        allowed = self._allowed
        return [view for view in self._dirty if allowed[view] <= now]

    def sent(self, views: Iterable[str], now: float) -> None:
        """These views were sent at `now`."""
        for view in views:
            self._dirty.discard(view)
            before = self._allowed[view]
            late = now - before
            self._allowed[view] = (before if late < self._interval else now) + self._interval

    def next(self) -> float:
        """The earliest instant at which something will be due if nothing changes before."""
        return min([self._next_slot, *(self._allowed[view] for view in self._dirty)])
