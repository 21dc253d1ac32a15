"""What the archive answers about periods, recomputed: how legs of whistles ended, by department."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from cockpit.clock import MINUTE
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules
from cockpit.ports import Entry
from tests import oracle
from tests.oracle.cases import ratio
from tests.oracle.whistles import Whistle

Legs = dict[str, tuple[int, bool | None]]
"""How a leg ended: when, and whether in time (None: nothing to judge by)."""
Answered = dict[str, list[tuple[Whistle, Legs]]]


@dataclass
class Kept(oracle.History):
    """The recomputation with the accepted events of each subject, and how each leg ended."""

    accepted: dict[tuple[str, str], list[Event]] = field(default_factory=dict)
    legs: dict[str, Legs] = field(default_factory=dict)

    def _opened(self, event: Event) -> object:
        self.accepted[event.type.split(".")[0], event.key] = [event]
        return super()._opened(event)

    def _changed(self, subject: tuple[str, str], event: Event) -> str | None:
        record = self.known[subject]
        before = (record.leg, record.timer) if isinstance(record, Whistle) else ("", None)
        code = super()._changed(subject, event)
        if code is None:
            self.accepted.setdefault(subject, []).append(event)
            if isinstance(record, Whistle):
                self._walk(subject[1], record, event, *before)
        return code

    def _walk(self, key: str, record: Whistle, event: Event, leg: str, timer: Any) -> None:
        legs = self.legs.setdefault(key, {})
        kind = event.type.removeprefix("whistle.")
        if kind == "reassigned":
            legs.clear()
        elif kind == "signed" and leg in {"sign", "refused"}:
            legs["sign"] = event.time, None
        elif kind == "arrived" and leg in {"sign", "refused", "arrive"}:
            assert record.arrival is not None
            legs["arrive"] = event.time, record.arrival[1]
        elif kind in {"resolved", "confirmed"} and (kind == "resolved" or "finish" not in legs):
            judged = event.time <= timer.due if leg == "finish" else None
            if judged is None and "finish" in legs:
                judged = legs["finish"][1]
            legs["finish"] = event.time, judged


def known_at(entries: Iterable[Entry], at: int, rules: Rules) -> Kept:
    """What was known at an instant."""
    history = Kept(rules)
    for entry in entries:
        if entry.received <= at:
            history.fold(entry)
    history.advance(at)
    return history


def answered(
    known: Kept, start: int, end: int, inside: Callable[[str], bool] = lambda _: True
) -> Answered:
    """By department the whistles blown in a period, in regions that are `inside`, and how their
    legs ended, so far as it is known."""
    wanted: Answered = {}
    for (_, key), record in known.known.items():
        if not isinstance(record, Whistle) or record.withdrawn or not inside(record.region):
            continue
        if start <= record.blown < end:
            wanted.setdefault(record.department, []).append((record, known.legs.get(key, {})))
    return wanted


def department(mine: list[tuple[Whistle, Legs]], now: int) -> dict[str, Any]:
    """A department's numbers out of its whistles, as they stand at an instant."""
    row: dict[str, Any] = {
        "blown": len(mine),
        "confirmed": len([w for w, _ in mine if w.confirmed is not None]),
    }
    for leg, judged in (("sign", ""), ("arrive", "arrival"), ("finish", "finish")):
        ends = [(w.assigned, *legs[leg]) for w, legs in mine if leg in legs]
        minutes = [max(0, at - assigned) / MINUTE for assigned, at, _ in ends]
        row[f"{leg}_minutes"] = round(median(minutes), 1) if minutes else None
        if judged:
            good = [ok for _, _, ok in ends if ok is not None]
            late = [w for w, _ in mine if w.leg == leg and w.overdue(now)]
            row[f"{judged}_n"] = len(good) + len(late)
            row[f"{judged}_rate"] = ratio(sum(good), len(good) + len(late))
    return row
