"""The archive as everybody but its writer sees it: `cockpit.ports.Archive`, and the steps that
the time machine takes through it.
"""

from hashlib import sha256
from itertools import starmap

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from cockpit.ports import ArchiveEnd, Checkpoint, DeadLetter, Entry, RuleSet
from datasource.database import tables
from datasource.database.blocks import decompressed
from datasource.database.engine import Database
from datasource.database.positions import Positions
from datasource.database.rows import stream_id
from datasource.database.tables import days, events
from datasource.database.upserts import replacing


class ArchiveReader:
    """Reads; shared by threads. Implements `cockpit.ports.Archive`. Besides what the port says,
    every method raises as `datasource.database.faults.database_errors`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._positions = Positions()

    def end(self) -> ArchiveEnd:
        with self._database.read() as connection:
            return read_end(connection)

    def read(self, after: int, limit: int) -> list[Entry]:
        """As the port says; may answer fewer than `limit` before the end, but then some."""
        with self._database.read() as connection:
            while True:
                found = self._window(connection, after, after + limit)
                if found:
                    return found
                # Nothing here: the end, or numbers that were declared lost.
                lost = select(func.max(tables.losses.c.last)).where(
                    tables.losses.c.first <= after + limit, tables.losses.c.last > after
                )
                behind = connection.scalar(lost)
                if behind is None:
                    return []
                after = behind

    def _window(self, connection: Connection, after: int, upper: int) -> list[Entry]:
        """The entries with numbers from above `after` up to `upper`."""
        found: list[Entry] = []
        for day in _days_between(connection, after, upper):
            of_day = (events.c.day == day, events.c.n > after, events.c.n <= upper)
            rows = connection.execute(_entries(*of_day).order_by(events.c.n))
            found += starmap(Entry, rows)
        table = tables.repeats
        inside = select(table.c.n, table.c.received, table.c.raw).where(
            table.c.n > after, table.c.n <= upper
        )
        found += starmap(Entry, connection.execute(inside))
        found += self._positions.between(connection, after, upper)
        found.sort(key=_number)
        return found

    def number_at(self, instant: int) -> int:
        with self._database.read() as connection:
            day = connection.scalar(select(func.max(days.c.day)).where(_begun(instant)))
            if day is None:
                return 0
            event = select(events.c.n).where(events.c.day == day, events.c.received <= instant)
            event = event.order_by(events.c.received.desc(), events.c.n.desc()).limit(1)
            repeat = select(func.max(tables.repeats.c.n))
            repeat = repeat.where(tables.repeats.c.received <= instant)
            numbers = (
                connection.scalar(event),
                connection.scalar(repeat),
                self._positions.number_at(connection, instant),
            )
        return max(number or 0 for number in numbers)

    def letters(self, after: str, limit: int) -> list[tuple[str, DeadLetter]]:
        table = tables.letters
        behind = tuple_(table.c.ms, table.c.seq) > tuple_(*stream_id(after))
        ordered = select(table).where(behind).order_by(table.c.ms, table.c.seq).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(ordered).all()
        return [
            (f"{row.ms}-{row.seq}", DeadLetter(row.raw, row.code, row.reason, row.at, row.n))
            for row in rows
        ]

    def checkpoint(self, n: int | None = None, at: int | None = None) -> Checkpoint | None:
        table = tables.checkpoints
        newest = select(table).order_by(table.c.at.desc(), table.c.n.desc()).limit(1)
        if n is not None:
            newest = newest.where(table.c.n <= n)
        if at is not None:
            newest = newest.where(table.c.at <= at)
        with self._database.read() as connection:
            row = connection.execute(newest).one_or_none()
            return Checkpoint(row.n, row.at, row.letters, decompressed(row.body)) if row else None

    def rule_sets(self) -> list[RuleSet]:
        with self._database.read() as connection:
            return _rule_sets(connection)

    def adopt_rules(self, text: str, head: int) -> list[RuleSet]:
        table = tables.rule_sets
        with self._database.write() as connection:
            # Two processes that start at once put the same rules in force once.
            end = read_end(connection, lock=True)
            known = _rule_sets(connection)
            if known and known[-1].text == text:
                return known
            # Nor for what has been archived under the rules before.
            from_n = max(head + 1, end.n + 1, known[-1].from_n) if known else 1
            digest = sha256(text.encode()).hexdigest()
            row = {"from_n": from_n, "text": text, "digest": digest}
            connection.execute(replacing(table, self._database.dialect), row)
            return _rule_sets(connection)

    def holds(self, source: str, event_id: str) -> bool:
        """Whether an event is archived, under whatever number; never of a position."""
        key = tables.event_keys.c
        wanted = select(key.n).where(key.source == source, key.event_id == event_id)
        with self._database.read() as connection:
            return connection.scalar(wanted) is not None

    def sampled(self) -> int:
        """The last end of a half-hour whose numbers are there, 0 before the first."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(tables.half_hours.c.at))) or 0

    def events_with(self, subject: str) -> list[Entry]:
        """Every event about a subject (`case/7`), in order."""
        about = _entries(events.c.subject == subject).order_by(events.c.day, events.c.n)
        with self._database.read() as connection:
            return list(starmap(Entry, connection.execute(about)))

    def next_entry(
        self,
        after: int,
        region: str = "",
        types: tuple[str, ...] = (),
        *,
        backwards: bool = False,
    ) -> Entry | None:
        """The next event behind the number `after` (`backwards`: the last before it) of a region
        and all below it, of these types or any. Positions and repeats are no steps."""
        # Not an index of regions: one event in a hundred is a community's, so the way along
        # the log is short; a region's own index would gather and sort all of its past.
        place = func.substr(events.c.region, 1, len(region)) == region
        with self._database.read() as connection:
            begun = days.c.first_n < after if backwards else days.c.first_n <= after + 1
            day = connection.scalar(select(func.max(days.c.day)).where(begun))
            if day is None:
                day = 0
            key, bound = tuple_(events.c.day, events.c.n), tuple_(day, after)
            step = (
                _entries(key < bound, events.c.day <= day)
                if backwards
                else _entries(key > bound, events.c.day >= day)
            )
            order = (events.c.day, events.c.n)
            step = step.order_by(*(c.desc() for c in order) if backwards else order).limit(1)
            step = step.where(place) if region else step
            row = connection.execute(step.where(events.c.type.in_(types)) if types else step)
            first = row.one_or_none()
        return Entry(first.n, first.received, first.raw) if first else None


def read_end(connection: Connection, *, lock: bool = False) -> ArchiveEnd:
    """The archive's end; `lock`: nobody else moves it before this transaction ends."""
    table = tables.archive_end
    statement = select(table.c.n, table.c.received, table.c.letters, table.c.epoch)
    row = connection.execute(statement.with_for_update() if lock else statement).one()
    return ArchiveEnd(*row)


def _entries(*conditions: ColumnElement[bool]) -> Select[tuple[int, int, bytes]]:
    return select(events.c.n, events.c.received, events.c.raw).where(*conditions)


def _number(entry: Entry) -> int:
    return entry.n


def _begun(instant: int) -> ColumnElement[bool]:
    return days.c.first_received <= instant


def _days_between(connection: Connection, after: int, upper: int) -> list[int]:
    """The days in which the entries above `after` up to `upper` were received, in order."""
    first = select(func.max(days.c.first_n)).where(days.c.first_n <= after + 1).scalar_subquery()
    inside = days.c.first_n >= func.coalesce(first, 0)
    touched = select(days.c.day).where(inside, days.c.first_n <= upper).order_by(days.c.day)
    return list(connection.scalars(touched))


def _rule_sets(connection: Connection) -> list[RuleSet]:
    table = tables.rule_sets
    found = connection.execute(select(table.c.from_n, table.c.text).order_by(table.c.from_n))
    return [RuleSet(*row) for row in found]
