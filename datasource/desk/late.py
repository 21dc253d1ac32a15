"""What is to be raised now, found in the archive's rows: cases and whistles whose clock runs."""

from collections import deque
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, select

from cockpit.clock import MINUTE
from cockpit.domain.commands import TOP
from cockpit.domain.deadlines import NEVER
from cockpit.domain.events import UNREADABLE, Event, decode
from cockpit.domain.ladder import CaseClock, case_missed, twice_at, whistle_missed
from cockpit.domain.rules import Rules
from cockpit.ports import ArchiveEnd
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader, read_end
from datasource.database.tables import archive_end, cases, whistles
from datasource.database.upserts import keeping
from datasource.database.work_tables import escalation
from datasource.desk.columns import is_open

_AT_ONCE = 100  # so that questions need not wait; the rest comes with the next look
_HISTORIES = 40  # looked at in one look, some ms each
_MOST_SETTLED = 50_000
_SLOW_LOOK_EVERY = MINUTE
# What begins a leg of a whistle.
_BEGINS = {
    "sign": ("whistle.blown", "whistle.reassigned"),
    "arrive": ("whistle.signed",),
    "finish": ("whistle.arrived",),
}


class Raise(Struct, frozen=True):
    """One step: the subject (`case/7`) is raised to the level because of the deadline `due`."""

    subject: str
    region: str
    level: int
    due: int


class Steps(Struct, frozen=True):
    """What is to be raised by the archive as it is at its end."""

    end: ArchiveEnd
    steps: list[Raise]


class Late:
    """Looks for what is late. Whose history says that nothing is to be done is not looked at again
    before something has happened to it, or its next instant has come."""

    def __init__(self, database: Database, archive: ArchiveReader, rules: Rules) -> None:
        self._database, self._archive, self._rules = database, archive, rules
        self._settled: dict[str, tuple[int, int]] = {}  # subject → version, and until when
        self._slow_from = 0
        self._waiting: deque[str] = deque()  # keys of cases whose history is to be looked at

    def look(self, now: int, oldest: int, first: int) -> Steps:
        """What is to be raised at an instant: nothing by an archive that ends before `oldest`.
        Deadlines that passed before the first look ever, or rather before `first` at that time,
        are left alone."""
        with self._database.read() as connection:
            since = connection.scalar(select(escalation.c.since))
        if since is None:
            since = self._begin(first)
        with self._database.read() as connection:
            end = read_end(connection)
            stale = bool(connection.scalar(select(archive_end.c.stale)))
            if stale or end.received < oldest:
                return Steps(end, [])
            quick = self._new_cases(connection, now, since)
            slow = self._whistles(connection, now, since)
            if now >= self._slow_from and not self._waiting:
                self._slow_from = now + _SLOW_LOOK_EVERY
                self._waiting.extend(self._to_look_at(connection, now))
            slow += self._cases_again(connection, now)
        steps = [self._case(row, [(0, row.supervised)], now) for row in quick]
        steps += [self._with_history(row, now, since) for row in slow]
        wanted = [step for step, at in filter(None, steps) if at >= since]
        return Steps(end, wanted[:_AT_ONCE])

    def _begin(self, first: int) -> int:
        with self._database.write() as connection:
            row = {"id": 1, "since": first}
            connection.execute(keeping(escalation, self._database.dialect), row)
            return int(connection.scalar(select(escalation.c.since)) or first)

    # -- rows ------------------------------------------------------------------------------

    def _new_cases(self, connection: Connection, now: int, since: int) -> list[Row[Any]]:
        """Cases to be raised for being at risk or overdue; their rows tell enough."""
        c, ladder = cases.c, self._rules.ladder
        at_risk = c.supervised.in_(range(ladder.at_risk)), c.risk_at <= now, c.risk_at >= since
        overdue = c.supervised.in_(range(ladder.overdue)), c.due < now, c.due >= since
        found: list[Row[Any]] = []
        for conditions in ((*at_risk, c.due >= now), overdue):
            wanted = select(cases).where(is_open(cases), c.risk_at.is_not(None), *conditions)
            found += connection.execute(wanted.order_by(c.due).limit(_AT_ONCE)).all()
        return found

    def _again(self, now: int) -> tuple[ColumnElement[bool], ...]:
        """Of overdue cases that have been raised for it and may be once more."""
        c, ladder = cases.c, self._rules.ladder
        levels = range(ladder.overdue, max(ladder.twice, ladder.second_miss))
        return is_open(cases), c.supervised.in_(levels), c.due < now, c.risk_at.is_not(None)

    def _to_look_at(self, connection: Connection, now: int) -> list[str]:
        """The keys of those whose history has to be looked at, the latest first."""
        c = cases.c
        wanted = select(c.key, c.version).where(*self._again(now)).order_by(c.due.desc())
        rows = connection.execute(wanted).all()
        return [row.key for row in rows if self._unsettled(f"case/{row.key}", row.version, now)]

    def _cases_again(self, connection: Connection, now: int) -> list[Row[Any]]:
        """The next of them, as they stand now."""
        keys = [self._waiting.popleft() for _ in range(min(_HISTORIES, len(self._waiting)))]
        if not keys:
            return []
        wanted = select(cases).where(*self._again(now), cases.c.key.in_(keys))
        return list(connection.execute(wanted).all())

    def _whistles(self, connection: Connection, now: int, since: int) -> list[Row[Any]]:
        c = whistles.c
        wanted = select(whistles).where(
            is_open(whistles), c.risk_at.is_not(None), c.due < now, c.due >= since,
            c.escalated < TOP["whistle.escalated"],
        )  # fmt: skip
        rows = connection.execute(wanted.order_by(c.due.desc())).all()
        return [r for r in rows if self._unsettled(_subject(r), r.version, now)][:_HISTORIES]

    def _unsettled(self, subject: str, version: int, now: int) -> bool:
        if len(self._settled) > _MOST_SETTLED:
            self._settled.clear()
        before, until = self._settled.get(subject, (0, 0))
        return before != version or now >= until

    # -- judgement -------------------------------------------------------------------------

    def _with_history(
        self, row: Row[Any], now: int, since: int
    ) -> tuple[Raise, int] | None:  # fmt: skip
        """Judge by all that has happened to it."""
        events = self._history(_subject(row))
        if hasattr(row, "leg"):
            step, again = self._whistle(row, events, now), NEVER
        else:
            raised = [(e.time, e.data.level) for e in events if e.type == "case.supervised"]
            step, twice = self._case(row, raised, now), twice_at(self._rules, _clock(row))
            again = twice if twice > now else NEVER
        if step is None or step[1] < since:
            self._settled[_subject(row)] = row.version, again
        return step

    def _history(self, subject: str) -> list[Event]:
        events = []
        for entry in self._archive.events_with(subject):
            try:
                events.append(decode(entry.raw))
            except UNREADABLE:
                continue
        return sorted(events, key=lambda event: event.time)

    def _case(
        self, row: Row[Any], raised: list[tuple[int, int]], now: int
    ) -> tuple[Raise, int] | None:  # fmt: skip
        missed = case_missed(self._rules, _clock(row), raised, now)
        if missed is None:
            return None
        return Raise(_subject(row), row.region, missed.level, row.due), missed.at

    def _whistle(
        self, row: Row[Any], events: list[Event], now: int
    ) -> tuple[Raise, int] | None:  # fmt: skip
        began = max((e.time for e in events if e.type in _BEGINS[row.leg]), default=row.blown)
        raised = [(e.time, e.data.level) for e in events if e.type == "whistle.escalated"]
        missed = whistle_missed(self._rules, row.leg, row.due, began, raised, now)
        if missed is None:
            return None
        return Raise(_subject(row), row.region, missed.level, row.due), missed.at


def _subject(row: Row[Any]) -> str:
    return f"{'whistle' if hasattr(row, 'leg') else 'case'}/{row.key}"


def _clock(row: Row[Any]) -> CaseClock:
    return CaseClock(row.category, row.grade, row.risk_at, row.due, row.dispatched or row.reported)
