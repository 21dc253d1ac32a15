"""When to look at a worker or grid again, because time alone may have changed how it counts."""

from heapq import heappop, heappush

from cockpit.domain.deadlines import NEVER


class Looks:
    """At most one planned look for each worker and each grid. Whoever looks plans the next one,
    so a later wish is dropped: the earlier look will renew it."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, str, int]] = []
        self._planned: dict[str | int, int] = {}

    @property
    def next(self) -> int:
        """The instant of the next look; it may turn out to be void."""
        return self._heap[0][0] if self._heap else NEVER

    def plan(self, instant: int, worker: str = "", grid: int = 0) -> None:
        """Plan a look at a worker, or at a grid."""
        planned = self._planned.get(worker or grid)
        if planned is None or instant < planned:
            self._planned[worker or grid] = instant
            heappush(self._heap, (instant, worker, grid))

    def take(self) -> tuple[str, int] | None:
        """The worker ("" for a grid) and grid of the next look; None when an earlier look took
        its place."""
        instant, worker, grid = heappop(self._heap)
        if self._planned.get(worker or grid) != instant:
            return None
        del self._planned[worker or grid]
        return worker, grid
