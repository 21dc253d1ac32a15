"""The archive."""

from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd, Checkpoint, DeadLetter, Entry, RuleSet


class MemoryArchive:
    """An archive in lists. `down = True` makes every call raise `archive.unreachable`; `asked`
    counts the calls."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.dead: list[tuple[str, DeadLetter]] = []
        self.checkpoints: list[Checkpoint] = []
        self.sets: list[RuleSet] = []
        self.down, self.asked = False, 0

    def _check(self) -> None:
        self.asked += 1
        if self.down:
            raise CockpitError("archive.unreachable", where="memory", why="down")

    def end(self) -> ArchiveEnd:
        self._check()
        last = self.entries[-1] if self.entries else Entry(0, 0, b"")
        return ArchiveEnd(last.n, last.received, self.dead[-1][0] if self.dead else "0", "")

    def read(self, after: int, limit: int) -> list[Entry]:
        self._check()
        return [entry for entry in self.entries if entry.n > after][:limit]

    def number_at(self, instant: int) -> int:
        self._check()
        return max((entry.n for entry in self.entries if entry.received <= instant), default=0)

    def letters(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        self._check()
        return [row for row in self.dead if _place(row[0]) > _place(after)][:limit]

    def checkpoint(self, n: int | None = None, at: int | None = None) -> Checkpoint | None:
        self._check()
        fit = [
            each
            for each in self.checkpoints
            if (n is None or each.n <= n) and (at is None or each.at <= at)
        ]
        return max(fit, key=lambda each: each.n, default=None)

    def rule_sets(self) -> list[RuleSet]:
        self._check()
        return list(self.sets)

    def adopt_rules(self, text: str, head: int) -> list[RuleSet]:
        self._check()
        if not self.sets or self.sets[-1].text != text:
            self.sets.append(RuleSet(head + 1 if self.sets else 1, text))
        return list(self.sets)


def _place(stream_id: str) -> tuple[int, int]:
    first, _, second = stream_id.partition("-")
    return int(first), int(second or 0)
