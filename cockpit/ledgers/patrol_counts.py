"""Counts of grids and workers, by region: what each grid and worker adds is remembered, and
only a change is added up the tree."""

from collections.abc import Sequence
from typing import Any

from cockpit.ledgers.tally import Tally, add, rate

# Expected and covered in the morning, the same in the afternoon, completed in this shift.
GridCounts = tuple[bool, bool, bool, bool, bool]
# Grid of the session (-1: in none), on duty, off post.
WorkerCounts = tuple[int, bool, bool]
_NO_GRID: GridCounts = (False, False, False, False, False)
_NO_WORKER: WorkerCounts = (-1, False, False)


class PatrolCounts:
    """Part of the ledger of patrols, which alone calls it. `touched` is that ledger's own."""

    def __init__(self, chains: list[tuple[int, ...]], touched: set[int]) -> None:
        self._chains, self._touched = chains, touched
        size = len(chains)
        # Two of each: of the morning and of the afternoon of the patrol day.
        self.expected: list[Tally] = [[0] * size for _ in range(2)]
        self.covered: list[Tally] = [[0] * size for _ in range(2)]
        self.completed: Tally = [0] * size
        self.on_duty: Tally = [0] * size
        self.off_post: Tally = [0] * size
        self._grids: dict[int, GridCounts] = {}
        self._workers: dict[str, WorkerCounts] = {}

    @property
    def workers(self) -> list[str]:
        """Every worker that was counted."""
        return list(self._workers)

    def on_post(self, worker: str) -> bool:
        """Whether the worker counts as in session, on duty and not off post."""
        grid, on_duty, off_post = self._workers.get(worker, _NO_WORKER)
        return grid >= 0 and on_duty and not off_post

    def set_grid(self, grid: int, new: GridCounts) -> None:
        """Let a grid count so. Its own picture is touched even when no count changes: minutes
        and the state of its sessions stand there too."""
        old = self._grids.get(grid, _NO_GRID)
        self._grids[grid] = new
        self._touched.add(grid)
        if old == new:
            return
        chain = self._chains[grid]
        tallies = (
            self.expected[0], self.covered[0], self.expected[1], self.covered[1], self.completed,
        )  # fmt: skip
        for tally, before, after in zip(tallies, old, new, strict=True):
            if before != after:
                add(tally, chain, int(after) - int(before))
        self._touched.update(chain)

    def set_worker(self, worker: str, new: WorkerCounts) -> None:
        """Let a worker count so."""
        old = self._workers.get(worker, _NO_WORKER)
        self._workers[worker] = new
        if old != new:
            self._add_worker(old, -1)
            self._add_worker(new, 1)

    def metrics(self, region: int, place: int) -> dict[str, Any]:
        """Every number of a region, of the shift at this place of the day."""
        expected, covered = self.expected[place][region], self.covered[place][region]
        return {
            "patrols.expected": expected,
            "patrols.covered": covered,
            "patrols.completed": self.completed[region],
            "patrols.coverage_rate": rate(covered, expected),
            "patrols.on_duty": self.on_duty[region],
            "patrols.off_post": self.off_post[region],
        }

    def coverage(self, region: int, kinds: Sequence[str]) -> dict[str, float | int | None]:
        """Coverage of each shift of the day by its kind, and its n: nothing is expected of one
        that has not begun."""
        told: dict[str, float | int | None] = {}
        for place, kind in enumerate(kinds):
            expected = self.expected[place][region]
            told[kind] = rate(self.covered[place][region], expected)
            told[f"{kind}_n"] = expected
        return told

    def grids_in(self, region: int, name: str, place: int) -> list[int]:
        """The grids of a region that count as `expected`, `covered` (both in the shift at this
        place of the day) or `completed`."""
        flag = {"expected": place * 2, "covered": place * 2 + 1, "completed": 4}[name]
        return [
            grid
            for grid, counts in self._grids.items()
            if counts[flag] and region in self._chains[grid]
        ]

    def workers_in(self, region: int, name: str) -> list[str]:
        """The workers who count in a region as `on_duty` or `off_post`."""
        flag = {"on_duty": 1, "off_post": 2}[name]
        return [
            worker
            for worker, counts in self._workers.items()
            if counts[0] >= 0 and counts[flag] and region in self._chains[counts[0]]
        ]

    def grid_of(self, worker: str) -> int:
        """The grid of a worker's session now, -1 when in none."""
        return self._workers.get(worker, _NO_WORKER)[0]

    def _add_worker(self, counts: WorkerCounts, amount: int) -> None:
        grid, on_duty, off_post = counts
        if grid < 0:
            return
        chain = self._chains[grid]
        if on_duty:
            add(self.on_duty, chain, amount)
        if off_post:
            add(self.off_post, chain, amount)
        self._touched.update(chain)
