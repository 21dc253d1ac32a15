"""Counting by region, shared by the ledgers.

A tally is a list with one number a region; what happens in a region counts in it and in every
region above. Ledgers report the regions whose numbers they changed in `touched`.
"""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")
Tally = list[int]
DayTallies = dict[int, Tally]


def add(tally: Tally, chain: Iterable[int], amount: int) -> None:
    """Add to a region and all above it."""
    for index in chain:
        tally[index] += amount


def of(tallies: dict[K, Tally], key: K, size: int) -> Tally:
    """The tally of a key (a day, a month, a category), made when it is first needed."""
    tally = tallies.get(key)
    if tally is None:
        tally = tallies[key] = [0] * size
    return tally


def at(tallies: dict[int, Tally], key: int, index: int) -> int:
    """One number of a day's or month's tally, 0 when there is none."""
    tally = tallies.get(key)
    return tally[index] if tally is not None else 0


def forget_before(tallies: dict[int, T], key: int) -> None:
    """Drop what lies before a day or month."""
    for old in [k for k in tallies if k < key]:
        del tallies[old]


def rate(part: int, whole: int) -> float | None:
    """part ÷ whole, None without a denominator."""
    return part / whole if whole else None
