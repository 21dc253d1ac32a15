"""Counts of the open cases: by stage, by how their deadline stands, by region."""

from collections.abc import Iterable

from cockpit.clock import HOUR
from cockpit.domain import calendar as days
from cockpit.ledgers.case_records import STAGES, Case
from cockpit.ledgers.tally import DayTallies, Tally, add, at, forget_before, of
from cockpit.ledgers.watch import AT_RISK, OVERDUE

AGES = (("h4", 4 * HOUR), ("h24", 24 * HOUR), ("d3", 72 * HOUR))


class OpenCounts:
    """Part of the ledger of cases, which alone calls it. A case is put in as it stands, and taken
    out before anything about it changes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.open: Tally = [0] * size
        self.overdue: Tally = [0] * size
        self.at_risk: Tally = [0] * size
        self.suspended: Tally = [0] * size
        self.stages: list[Tally] = [[0] * size for _ in STAGES]
        self._due_days: DayTallies = {}
        self._in_region: dict[int, dict[str, Case]] = {}

    def put(self, key: str, case: Case, chain: tuple[int, ...], today: int) -> None:
        """Count an open case."""
        self._in_region.setdefault(case.region, {})[key] = case
        self._count(case, chain, today, 1)

    def take(self, key: str, case: Case, chain: tuple[int, ...], today: int) -> None:
        """Take an open case out of the counts."""
        del self._in_region[case.region][key]
        self._count(case, chain, today, -1)

    def _count(self, case: Case, chain: tuple[int, ...], today: int, amount: int) -> None:
        add(self.open, chain, amount)
        add(self.stages[case.stage], chain, amount)
        if case.suspended:
            add(self.suspended, chain, amount)
        if case.status == AT_RISK:
            add(self.at_risk, chain, amount)
        elif case.status == OVERDUE and case.deadline is not None:
            add(self.overdue, chain, amount)
            due_day = days.day_of(case.deadline.due)
            if due_day >= today:
                add(of(self._due_days, due_day, self._size), chain, amount)

    def new_day(self, today: int) -> None:
        """Forget what only the days before needed."""
        forget_before(self._due_days, today)

    def overdue_since(self, day: int, region: int) -> int:
        """Overdue cases whose due instant lies in a day, today or later."""
        return at(self._due_days, day, region)

    def ages(self, regions: Iterable[int], now: int) -> dict[str, dict[str, int]]:
        """Open cases that lie directly in these regions, by stage and time since the report."""
        table = {stage: dict.fromkeys(("h4", "h24", "d3", "more"), 0) for stage in STAGES}
        for region in regions:
            for case in self._in_region.get(region, {}).values():
                age = now - case.reported
                name = next((name for name, limit in AGES if age < limit), "more")
                table[STAGES[case.stage]][name] += 1
        return table
