"""The stream itself, recomputed."""

import json
from collections.abc import Sequence

from cockpit.clock import SECOND
from cockpit.domain.calendar import day_of
from cockpit.domain.events import decode
from cockpit.ports import DeadLetter, Entry

# Which panel the events of a kind feed.
PANELS = {
    "case": "cases",
    "whistle": "whistles",
    "patrol": "patrols",
    "worker": "patrols",
    "person": "people",
    "visit": "people",
    "alert": "people",
}
Heard = Entry | DeadLetter


def rejected_today(heard: Sequence[Heard], now: int) -> int:
    letters = [x for x in heard if isinstance(x, DeadLetter)]
    return len([x for x in letters if day_of(x.at) == day_of(now)])


def events_per_second(heard: Sequence[Heard], now: int) -> float:
    this = now // SECOND
    entries = [x for x in heard if isinstance(x, Entry)]
    return len([x for x in entries if this - 10 <= x.received // SECOND < this]) / 10


def sources(heard: Sequence[Heard], now: int, late_after: int) -> dict[str, dict[str, object]]:
    """Each source that the log knows, with its last receipt, lateness and missed numbers."""
    seen: dict[str, int] = {}
    numbers: dict[str, list[int]] = {}
    feeds: dict[str, set[str]] = {}
    for item in heard:
        if isinstance(item, Entry):
            event = decode(item.raw)
            source, number = event.source, event.sequence
            panel = PANELS.get(event.type.split(".")[0])
            feeds.setdefault(source, set()).update([panel] if panel else [])
            seen[source] = max(item.received, seen.get(source, item.received))
        else:
            source, number = _of_letter(item)
        if number is not None and source in seen:
            numbers.setdefault(source, []).append(number)
    return {
        source: {
            "last_seen": last,
            "late": now > last + late_after,
            "feeds": sorted(feeds[source]),
            "missed": missed(numbers.get(source, [])),
        }
        for source, last in seen.items()
    }


def _of_letter(letter: DeadLetter) -> tuple[str, int | None]:
    """Source and number of a message that was rejected before it entered the log."""
    if letter.n is not None:
        return "", None
    try:
        message = json.loads(letter.raw)
        return str(message["source"]), int(message["sequence"])
    except (ValueError, KeyError, TypeError):
        return "", None


def missed(numbers: Sequence[int]) -> int:
    """Holes: a run begins at the first number, and anew at a 1 or 0 after one above 1, unless it is
    a hole."""
    runs: list[list[int]] = []
    for number in numbers:
        again = bool(runs) and number <= 1 < max(runs[-1]) and not _hole(number, runs[-1])
        if not runs or again:
            runs.append([])
        runs[-1].append(number)
    return sum(max(run) - run[0] + 1 - len({n for n in run if n >= run[0]}) for run in runs)


def _hole(number: int, run: Sequence[int]) -> bool:
    return run[0] < number < max(run) and number not in run
