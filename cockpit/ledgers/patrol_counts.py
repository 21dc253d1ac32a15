"""Counts of grids and workers, by region: what each grid and worker adds is remembered, and
only a change is added up the tree."""

from cockpit.ledgers.tally import Tally, add

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
