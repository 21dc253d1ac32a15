"""What makes up a number: the subjects that a metric counts, from the ledgers that count them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct


class Members(Struct, frozen=True):
    """The subjects of one number. `counted` are those that the number counts, as often as it
    counts them; of a rate `among` are those of its denominator, and `counted` its numerator (both
    have the same subjects twice that are counted twice). None: it is a count."""

    counted: list[str]
    among: list[str] | None = None

    @property
    def value(self) -> int | float | None:
        """The number itself."""
        if self.among is None:
            return len(self.counted)
        return len(self.counted) / len(self.among) if self.among else None


Test = Callable[[Any], bool | int]
"""How often a record is counted."""


def counted(records: Iterable[tuple[str, Any]], test: Test) -> list[str]:
    """The keys of the records that are counted, as often as they are."""
    return [key for key, record in records for _ in range(int(test(record)))]


def members_of(
    records: Iterable[tuple[str, Any]],
    counts: Mapping[str, Test],
    rates: Mapping[str, tuple[Test, Test]],
    metric: str,
) -> Members | None:
    """The members of a metric among the records of a region: of `counts`, or of `rates` as
    (numerator, denominator). None: it is none of these."""
    if metric in counts:
        return Members(counted(records, counts[metric]))
    if metric not in rates:
        return None
    part, whole = rates[metric]
    every = list(records)
    return Members(counted(every, part), counted(every, whole))
