"""The whole life of one subject: its events, folded once more by the ledgers' own rules.

Nothing about deadlines or legs is computed here: after each event the ledger's record is looked
at, under the rules that were in force for it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.clock import to_text
from cockpit.domain.deadlines import Deadline
from cockpit.domain.events import OWN_SOURCES, decode
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.case_records import STAGES
from cockpit.ports import Entry, Geography
from cockpit.projector import Projector
from datasource.desk.work_questions import Kind
from datasource.rules_in_force import Changes, rules_at

Stand = tuple[str, int, int | None]
"""The leg that a subject is in ('' for none), when a leg of the same name began anew, and the
running deadline."""


class Told(Struct):
    """One event of the timeline. `deadline` is the one in force after it, None when none runs;
    `refused` the code for which the ledger did not take it. `name` is that of the account."""

    n: int
    time: str
    type: str
    actor: str
    data: dict[str, Any]
    deadline: str | None = None
    refused: str | None = None
    reason: str = ""
    name: str = ""


class Leg(Struct):
    """A part of the way. `end` is None while it lasts; `due` the deadline in force at its end;
    `late`: that had passed."""

    name: str
    start: str
    end: str | None
    due: str | None
    late: bool


class Timeline(Struct):
    """What happened, and how long each part took. `lon` and `lat`: where it was reported."""

    events: list[Told] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    lon: float | None = None
    lat: float | None = None


class _Words(Struct):
    """What a message says beside what the fold wants to know."""

    source: str
    data: dict[str, Any] | None = None
    actor: Any = ""
    reason: Any = ""


_words = msgspec.json.Decoder(_Words).decode


def timeline(
    kind: Kind,
    key: str,
    entries: Sequence[Entry],
    regions: Regions,
    changes: Changes,
    geography: Callable[[Rules], Geography],
    now: int,
) -> Timeline:
    """The life of a subject up to `now` out of all entries of the log about it."""
    told, legs = Timeline(), _Legs()
    if not entries:
        return told
    rules = rules_at(changes, entries[0].n)
    projector = Projector(_small(regions, entries), rules, geography(rules))
    for entry in entries:
        if (wanted := rules_at(changes, entry.n)) is not rules:
            rules = wanted
            projector.adopt(rules, geography(rules))
        event = projector.fold(entry)
        if event is None:
            continue
        stand = _stand(kind, key, projector)
        line = _line(entry, event.time, event.type)
        if stand is not None:
            line.deadline = None if stand[2] is None else to_text(stand[2])
            legs.take(stand, event.time)
        told.events.append(line)
        if event.type == "case.reported" and told.lon is None:
            told.lon, told.lat = event.data.lon, event.data.lat
        _mark_refused(told, projector)
    projector.advance(now)
    _mark_refused(told, projector)
    told.legs = legs.until(now)
    return told


def _small(regions: Regions, entries: Sequence[Entry]) -> Regions:
    """The part of the district that these events name: time passes faster where less is."""
    codes = {decode(entry.raw).region for entry in entries}
    places = {index for code in codes for index in regions.get(code).chain}
    rows = []
    for index in sorted({0, *places}):
        region = regions.all[index]
        above = "" if region.parent is None else regions.all[region.parent].code
        rows.append((region.code, region.name, region.level, above))
    return Regions(rows)


def _mark_refused(told: Timeline, projector: Projector) -> None:
    for letter in projector.take_refusals():
        for line in told.events:
            if line.n == letter.n:
                line.refused = letter.code


def _line(entry: Entry, time: int, kind: str) -> Told:
    said = _words(entry.raw)
    own = said.source in OWN_SOURCES  # of others it would be a word of their own
    actor, reason = str((own and said.actor) or said.source), str(said.reason if own else "")
    return Told(entry.n, to_text(time), kind, actor, said.data or {}, reason=reason)


def _stand(kind: Kind, key: str, projector: Projector) -> Stand | None:
    """Where a subject is on its way; None before it is opened."""
    ledgers = projector.ledgers
    if kind == "case" and ledgers.cases.knows(key):
        case = ledgers.cases.record(key)
        name = "suspended" if case.suspended else STAGES[case.stage]
        return "" if case.ended else name, 0, _due(case.deadline, bool(case.ended))
    if kind == "whistle" and ledgers.whistles.knows(key):
        whistle = ledgers.whistles.record(key)
        name, begun = whistle.leg or "confirm", whistle.leg_start
        due = _due(whistle.deadline, bool(whistle.ended))
        return ("", 0, due) if whistle.ended else (name, begun, due)
    if kind == "alert" and ledgers.alerts.knows(key):
        alert = ledgers.alerts.record(key)
        name = "clear" if alert.active else ""
        return name if alert.acknowledged else "acknowledge", 0, None
    if kind == "person" and (person := ledgers.people.record(key)) is not None:
        return "", 0, person.due_at
    return None


def _due(deadline: Deadline | None, ended: bool) -> int | None:
    runs = deadline is not None and deadline.left is None and not ended
    return deadline.due if deadline is not None and runs else None


class _Legs:
    """Collects legs as the subject goes on."""

    def __init__(self) -> None:
        self._legs: list[Leg] = []
        self._stand: Stand = ("", 0, None)
        self._begun = 0

    def take(self, stand: Stand, time: int) -> None:
        """How it stands after something that happened at an instant."""
        if stand[:2] != self._stand[:2]:
            self._end(time, over=True)
            self._begun = time
        self._stand = stand

    def _end(self, time: int, *, over: bool) -> None:
        name, _, due = self._stand
        if name:
            late = due is not None and time > due
            end = to_text(time) if over else None
            due_text = None if due is None else to_text(due)
            self._legs.append(Leg(name, to_text(self._begun), end, due_text, late))

    def until(self, now: int) -> list[Leg]:
        """All of them; the last one may last still."""
        self._end(now, over=False)
        return self._legs
