"""Cases by the day, minute and half-hour of their events."""

from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.domain import calendar as days
from cockpit.ledgers.tally import Tally, add, forget_before, of

KEPT_DAYS = 7  # the trend compares with the same weekday last week
HALF_HOURS = 48


class _Days(Struct):
    """Everything a dump holds, by Shanghai day."""

    # day → region → minute of day → reports
    reported: dict[int, dict[int, dict[int, int]]] = field(default_factory=dict)
    # day → region → half-hour → closed
    closed: dict[int, dict[int, dict[int, int]]] = field(default_factory=dict)
    channels: dict[int, dict[str, Tally]] = field(default_factory=dict)
    mains: dict[int, dict[str, Tally]] = field(default_factory=dict)


class CaseDays:
    """Part of the ledger of cases, which alone calls it. Days that no screen can show any more
    are not counted."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._days = _Days()

    def report(
        self, chain: tuple[int, ...], time: int, channel: str, category: str, today: int
    ) -> None:
        """A case was reported at an instant."""
        day = days.day_of(time)
        if day < today - KEPT_DAYS:
            return
        _count(self._days.reported.setdefault(day, {}), chain, days.minute_of_day(time))
        channels = self._days.channels.setdefault(day, {})
        add(of(channels, channel, self._size), chain, 1)
        mains = self._days.mains.setdefault(day, {})
        add(of(mains, category[:2], self._size), chain, 1)

    def close(self, chain: tuple[int, ...], time: int, today: int) -> None:
        """A case was closed at an instant."""
        day = days.day_of(time)
        if day >= today:
            half_hour = days.minute_of_day(time) // 30
            _count(self._days.closed.setdefault(day, {}), chain, half_hour)

    def forget(self, today: int) -> None:
        """A new day has begun."""
        forget_before(self._days.reported, today - KEPT_DAYS)
        forget_before(self._days.closed, today)
        forget_before(self._days.channels, today)
        forget_before(self._days.mains, today)

    def reported(self, region: int, day: int, before_minute: int = 1440) -> int:
        """Cases reported on a day in minutes before the one named."""
        minutes = self._days.reported.get(day, {}).get(region, {})
        return sum(count for minute, count in minutes.items() if minute < before_minute)

    def closed(self, region: int, day: int) -> int:
        """Cases closed on a day."""
        return sum(self._days.closed.get(day, {}).get(region, {}).values())

    def by_channel(self, region: int, day: int, channel: str) -> int:
        """Cases reported on a day by a channel."""
        return _at(self._days.channels, day, channel, region)

    def by_main(self, region: int, day: int, main: str) -> int:
        """Cases reported on a day of a main category (two digits)."""
        return _at(self._days.mains, day, main, region)

    def trend(self, region: int, today: int) -> dict[str, list[int]]:
        """48 half-hours of today: reported, closed; and reported a week ago."""
        closed = self._days.closed.get(today, {}).get(region, {})
        return {
            "reported": self._half_hours(region, today),
            "closed": [closed.get(slot, 0) for slot in range(HALF_HOURS)],
            "last_week": self._half_hours(region, today - 7),
        }

    def _half_hours(self, region: int, day: int) -> list[int]:
        slots = [0] * HALF_HOURS
        for minute, count in self._days.reported.get(day, {}).get(region, {}).items():
            slots[minute // 30] += count
        return slots

    def dump(self) -> Any:
        return msgspec.to_builtins(self._days)

    def load(self, state: Any) -> None:
        self._days = msgspec.convert(state, _Days, strict=False)


def _count(table: dict[int, dict[int, int]], chain: tuple[int, ...], slot: int) -> None:
    for region in chain:
        slots = table.setdefault(region, {})
        slots[slot] = slots.get(slot, 0) + 1


def _at(table: dict[int, dict[str, Tally]], day: int, key: str, region: int) -> int:
    tally = table.get(day, {}).get(key)
    return tally[region] if tally is not None else 0
