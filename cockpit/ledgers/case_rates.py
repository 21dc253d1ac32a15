"""The month's rates of cases: on time, rework, and the three rates of follow-ups."""

from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.ledgers.tally import Tally, add, at, forget_before, of, rate


class FollowUp(Struct, frozen=True):
    """One 回访, in the month (year × 12 + month − 1) of its own time."""

    month: int
    responded: bool
    resolved: bool
    satisfaction: str | None


class _Months(Struct):
    """month → tally, for each thing that is counted."""

    closed: dict[int, Tally] = field(default_factory=dict)
    on_time: dict[int, Tally] = field(default_factory=dict)
    rework: dict[int, Tally] = field(default_factory=dict)
    follow_ups: dict[int, Tally] = field(default_factory=dict)
    responded: dict[int, Tally] = field(default_factory=dict)
    resolved: dict[int, Tally] = field(default_factory=dict)
    answered: dict[int, Tally] = field(default_factory=dict)
    satisfied: dict[int, Tally] = field(default_factory=dict)


class CaseRates:
    """Part of the ledger of cases, which alone calls it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._months = _Months()

    def close(self, chain: tuple[int, ...], month: int, on_time: bool, rework: bool) -> None:
        """A case was closed in a month."""
        add(of(self._months.closed, month, self._size), chain, 1)
        if on_time:
            add(of(self._months.on_time, month, self._size), chain, 1)
        if rework:
            add(of(self._months.rework, month, self._size), chain, 1)

    def follow(self, chain: tuple[int, ...], follow_up: FollowUp, amount: int) -> None:
        """Count a follow-up (1), or take it out again (-1)."""
        months, month = self._months, follow_up.month
        add(of(months.follow_ups, month, self._size), chain, amount)
        if follow_up.responded:
            add(of(months.responded, month, self._size), chain, amount)
        if follow_up.resolved:
            add(of(months.resolved, month, self._size), chain, amount)
        if follow_up.satisfaction is not None:
            add(of(months.answered, month, self._size), chain, amount)
            if follow_up.satisfaction != "unsatisfied":
                add(of(months.satisfied, month, self._size), chain, amount)

    def forget_before(self, month: int) -> None:
        """Drop the months before this one."""
        for name in self._months.__struct_fields__:
            forget_before(getattr(self._months, name), month)

    def of(self, month: int, region: int, overdue: int) -> dict[str, Any]:
        """The rates of a region in a month, and the numbers they are of."""
        months = self._months
        closed = at(months.closed, month, region)
        follow_ups = at(months.follow_ups, month, region)
        answered = at(months.answered, month, region)
        return {
            "on_time_rate": rate(at(months.on_time, month, region), closed + overdue),
            "closed_month": closed,
            "rework_rate": rate(at(months.rework, month, region), closed),
            "follow_ups": follow_ups,
            "answered": answered,
            "response_rate": rate(at(months.responded, month, region), follow_ups),
            "resolution_rate": rate(at(months.resolved, month, region), follow_ups),
            "satisfaction_rate": rate(at(months.satisfied, month, region), answered),
        }

    def dump(self) -> Any:
        return msgspec.to_builtins(self._months)

    def load(self, state: Any) -> None:
        self._months = msgspec.convert(state, _Months, strict=False)
