"""Watching deadlines: in time, at risk, overdue, and when the next of them changes.

A deadline that passes makes no event. Every deadline in force has its next crossing in a heap,
so time costs O(log n) for each crossing and nothing in between. A crossing whose deadline has
changed since is stale; whoever takes it looks at the record and finds nothing to do.
"""

from collections.abc import Iterator
from heapq import heappop, heappush

from cockpit.domain.deadlines import Deadline

IN_TIME, AT_RISK, OVERDUE = range(3)
STATES = ("in_time", "at_risk", "overdue")


def status_of(deadline: Deadline | None, now: int) -> int:
    """How a deadline stands at an instant; one that stands still or is not there is in time."""
    if deadline is None or deadline.left is not None:
        return IN_TIME
    if now > deadline.due:
        return OVERDUE
    return AT_RISK if now >= deadline.risk else IN_TIME


class Watch:
    """The crossings to come, by key."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []

    def plan(self, key: str, deadline: Deadline | None, status: int) -> None:
        """Remember the next crossing of a deadline that stands at `status` now."""
        if deadline is None or deadline.left is not None or status == OVERDUE:
            return
        crossing = deadline.risk if status == IN_TIME else deadline.due + 1
        heappush(self._heap, (min(crossing, deadline.due + 1), key))

    def crossed(self, now: int) -> Iterator[str]:
        """Take the keys whose crossing has come. Keys planned meanwhile come too."""
        while self._heap and self._heap[0][0] <= now:
            yield heappop(self._heap)[1]
