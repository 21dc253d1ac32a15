"""What is to be raised now, found in the archive's rows: cases and whistles whose clock runs."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, and_, or_, select

from cockpit.clock import MINUTE
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

_AT_ONCE = 100  # so that questions need not wait; the rest comes with the next look
_MOST = 2000  # of those whose history has to be looked at
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
            if now >= self._slow_from:
                self._slow_from = now + _SLOW_LOOK_EVERY
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

    def _new_cases(self, connection: Connection, now: int, since: int) -> Sequence[Row[Any]]:
        """Cases to be raised for being at risk or overdue; their rows tell enough."""
        c, ladder = cases.c, self._rules.ladder
        at_risk = and_(
            c.risk_at <= now, c.risk_at >= since, c.due >= now, c.supervised < ladder.at_risk
        )
        overdue = and_(c.due < now, c.due >= since, c.supervised < ladder.overdue)
        wanted = select(cases).where(c.ended == "", c.risk_at.is_not(None), or_(at_risk, overdue))
        return connection.execute(wanted.order_by(c.due).limit(_AT_ONCE)).all()

    def _cases_again(self, connection: Connection, now: int) -> list[Row[Any]]:
        """Overdue cases that have been raised for it and may be once more."""
        c, ladder = cases.c, self._rules.ladder
        top = max(ladder.twice, ladder.second_miss)
        wanted = select(cases).where(
            c.ended == "", c.risk_at.is_not(None), c.due < now, c.supervised < top,
            c.supervised >= ladder.overdue,
        )  # fmt: skip
        return self._unsettled(connection.execute(wanted.order_by(c.due.desc())).all(), now)

    def _whistles(self, connection: Connection, now: int, since: int) -> list[Row[Any]]:
        c = whistles.c
        wanted = select(whistles).where(
            c.ended == "", c.risk_at.is_not(None), c.due < now, c.due >= since, c.escalated < 3
        )
        return self._unsettled(connection.execute(wanted.order_by(c.due)).all(), now)

    def _unsettled(self, rows: Sequence[Row[Any]], now: int) -> list[Row[Any]]:
        found = []
        for row in rows:
            version, until = self._settled.get(_subject(row), (0, 0))
            if version != row.version or now >= until:
                found.append(row)
        if len(self._settled) > 5 * _MOST:
            self._settled.clear()
        return found[:_MOST]

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
