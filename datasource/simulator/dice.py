"""Chance that can be repeated: every thing of the world draws from a generator of its own,
seeded by a stable hash of what it is, so that any day can be made without the days before it.
"""

import zlib
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from cockpit.clock import MINUTE

_MASK = (1 << 64) - 1
T = TypeVar("T")


def mixed(value: int) -> int:
    """Splitmix64's last step: spreads a number over 64 bits, one to one."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def key(seed: int, kind: str, *parts: int) -> int:
    """A 64-bit number that names one thing; the same on every machine and run."""
    value = mixed(seed ^ (zlib.crc32(kind.encode()) << 32))
    for part in parts:
        value = mixed(value ^ (part & _MASK))
    return value


def dice(seed: int, kind: str, *parts: int) -> Random:
    """The generator of one thing."""
    return Random(key(seed, kind, *parts))


class Weighted(Generic[T]):
    """A choice among values by weight."""

    def __init__(self, rows: Iterable[tuple[T, float]]) -> None:
        kept = [(value, weight) for value, weight in rows if weight > 0]
        self.values: Sequence[T] = [value for value, _ in kept]
        self._sums = list(accumulate(weight for _, weight in kept))

    def draw(self, rng: Random) -> T:
        """One of the values."""
        return self.values[bisect(self._sums, rng.random() * self._sums[-1])]


def minutes(rng: Random, low: float, high: float) -> int:
    """A length of time between so many minutes, in microseconds, whole milliseconds."""
    return int((low + (high - low) * rng.random()) * MINUTE) // 1000 * 1000
