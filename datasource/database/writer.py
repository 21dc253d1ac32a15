"""The one writer of the archive: a batch of the log and what the fold made of it, or nothing.

What it stores is stored once. A batch that comes again, as a whole or in part, after a crash
or a doubtful commit, changes nothing: entries up to the stored end are passed over, and rows
have keys. Only thinning (datasource/database/thinning.py) writes beside it.
"""

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from cockpit.domain.calendar import day_of
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.events import Event
from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd, Entry
from datasource.database import blocks, tables
from datasource.database.batch import Batch
from datasource.database.bulk import insert_new_keys, insert_rows
from datasource.database.engine import Database
from datasource.database.partitions import make_partition
from datasource.database.reader import read_end
from datasource.database.rows import store_letters, store_rows

POSITION = "patrol.pinged"
# So many positions at once are packed without waiting for a full block.
_MANY = blocks.FULL // 4

Numbered = tuple[Entry, Event | None]


class Stored(Struct, frozen=True):
    """What a batch added: events, repeats of archived events, positions, letters, bytes of
    messages. `end` is the archive's end after it."""

    end: ArchiveEnd
    events: int = 0
    repeats: int = 0
    positions: int = 0
    letters: int = 0
    bytes: int = 0


class ArchiveWriter:
    """Stores batches. One at a time; two processes are kept apart by the row of the end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, batch: Batch) -> Stored:
        """Store what is new in a batch, all or nothing.

        Raises CockpitError `archive.gap` when its entries do not go on where the archive ends,
        `archive.moved` when other rules have been put in force than those it was made by,
        and as `datasource.database.faults.database_errors`; the same batch may be stored again.
        """
        with self._database.write() as connection:
            return self.store_in(connection, batch)

    def store_in(self, connection: Connection, batch: Batch) -> Stored:
        """`store` as a part of a transaction that the caller has begun with `write`."""
        end = read_end(connection, lock=True)
        if batch.end.n < end.n:
            return Stored(end)
        known = connection.scalar(select(func.count()).select_from(tables.rule_sets))
        if batch.rule_sets is not None and batch.rule_sets != known:
            raise CockpitError("archive.moved", number=end.n)
        new = _new(batch, end)
        counts = self._store_entries(connection, new) if new else (0, 0, 0)
        letters = store_letters(connection, batch, end, self._database.dialect)
        store_rows(connection, batch, self._database.dialect)
        _move_end(connection, batch.end)
        size = sum(len(entry.raw) for entry, _ in new)
        return Stored(batch.end, *counts, letters, size)

    def accept_loss(self, first: int, last: int, at: int) -> None:
        """Go on behind `last` although the numbers from `first` on never came: they are lost,
        an operator says so at the instant `at`.

        Raises CockpitError `archive.gap` when `first` is not the next number.
        """
        with self._database.write() as connection:
            self.accept_loss_in(connection, first, last, at)

    def accept_loss_in(self, connection: Connection, first: int, last: int, at: int) -> None:
        """`accept_loss` as a part of a transaction that the caller has begun with `write`."""
        end = read_end(connection, lock=True)
        if first != end.n + 1 or last < first:
            raise CockpitError("archive.gap", wanted=end.n + 1, found=first)
        connection.execute(insert(tables.losses), {"first": first, "last": last, "at": at})
        connection.execute(update(tables.archive_end).values(n=last))

    def _store_entries(
        self, connection: Connection, new: Sequence[Numbered]
    ) -> tuple[int, int, int]:
        """Store entries; answers how many were events, repeats, positions."""
        days = self._days(connection, new)
        positions = []
        others = []
        for day, (entry, event) in zip(days, new, strict=True):
            if entry.faded is not None or (event is not None and event.type == POSITION):
                positions.append((day, entry))
            else:
                others.append((day, entry, event))
        repeats = self._store_events(connection, others) if others else 0
        _store_positions(connection, positions, days[-1])
        return len(others) - repeats, repeats, len(positions)

    def _days(self, connection: Connection, new: Sequence[Numbered]) -> list[int]:
        """The day of each entry. Days never go back along the log, even if a clock did."""
        known = connection.scalar(select(func.max(tables.days.c.day)))
        day, days = known, []
        for entry, _ in new:
            own = day_of(entry.received)
            if day is None or own > day:
                day = own
                self._begin_day(connection, day, entry)
            days.append(day)
        return days

    def _begin_day(self, connection: Connection, day: int, first: Entry) -> None:
        row = {"day": day, "first_n": first.n, "first_received": first.received}
        connection.execute(insert(tables.days), row)
        if self._database.dialect == "postgresql":
            make_partition(connection, day)

    def _store_events(
        self, connection: Connection, others: Sequence[tuple[int, Entry, Event | None]]
    ) -> int:
        """Store entries that are no positions; answers how many of them were repeats."""
        keys = [
            {"source": event.source, "event_id": event.id, "n": entry.n}
            for _, entry, event in others
            if event is not None
        ]
        fresh = insert_new_keys(connection, tables.event_keys, keys, "n")
        rows, repeats = [], []
        for day, entry, event in others:
            if event is not None and entry.n not in fresh:
                repeats.append({"n": entry.n, "received": entry.received, "raw": entry.raw})
            else:
                rows.append(_event_row(day, entry, event))
        insert_rows(connection, tables.events, rows)
        insert_rows(connection, tables.repeats, repeats)
        return len(repeats)


def _move_end(connection: Connection, end: ArchiveEnd) -> None:
    connection.execute(
        update(tables.archive_end).values(
            n=end.n, received=end.received, letters=end.letters, epoch=end.epoch
        )
    )


def _new(batch: Batch, end: ArchiveEnd) -> list[Numbered]:
    """The entries behind the end; raises `archive.gap` unless they lead to the batch's."""
    new = [row for row in batch.entries if row[0].n > end.n]
    wanted = end.n
    for entry, _ in new:
        wanted += 1
        if entry.n != wanted:
            raise CockpitError("archive.gap", wanted=wanted, found=entry.n)
    if wanted != batch.end.n:
        raise CockpitError("archive.gap", wanted=wanted + 1, found=batch.end.n)
    return new


def _event_row(day: int, entry: Entry, event: Event | None) -> dict[str, object]:
    row: dict[str, object] = {
        "day": day, "n": entry.n, "received": entry.received, "raw": entry.raw,
    }  # fmt: skip
    if event is None:
        return row | {
            "time": entry.received, "type": "", "source": "", "event_id": "", "subject": "",
            "region": "",
        }  # fmt: skip
    return row | {
        "time": event.time, "type": event.type, "source": event.source, "event_id": event.id,
        "subject": _subject(event), "region": event.region,
    }  # fmt: skip


def _subject(event: Event) -> str:
    kind = EVENT_TYPES[event.type].subject
    return f"{kind}/{event.key}" if kind else event.key


def _store_positions(
    connection: Connection, positions: Sequence[tuple[int, Entry]], today: int
) -> None:
    """Let positions wait in their table, or pack them with those that wait there: when there
    are enough, and at the end of their day."""
    table = tables.open_positions
    count, oldest = connection.execute(select(func.count(), func.min(table.c.day))).one()
    faded = any(entry.faded is not None for _, entry in positions)
    full = count + len(positions) >= blocks.FULL or len(positions) >= _MANY
    if not (full or faded or (count and oldest < today)):
        insert_rows(connection, table, [_open_row(day, entry) for day, entry in positions])
        return
    waiting = connection.execute(select(table).order_by(table.c.n)).all() if count else []
    connection.execute(delete(table))
    every = [_waiting(row) for row in waiting] + list(positions)
    packed = []
    for day, of_day in groupby(every, key=lambda pair: pair[0]):
        entries = [entry for _, entry in of_day]
        pieces = range(0, len(entries), blocks.FULL)
        packed += [_block_row(day, entries[i : i + blocks.FULL]) for i in pieces]
    connection.execute(insert(tables.position_blocks), packed)


def pack_waiting(connection: Connection, before: int) -> None:
    """Pack the positions that wait, if the oldest were received before a day: nothing more may
    ever come that would see to it. A part of a transaction begun with `write`."""
    read_end(connection, lock=True)
    _store_positions(connection, (), before)


def _open_row(day: int, entry: Entry) -> dict[str, object]:
    return {"n": entry.n, "day": day, "received": entry.received, "raw": entry.raw}


def _waiting(row: Row[tuple[int, int, int, bytes]]) -> tuple[int, Entry]:
    return row.day, Entry(row.n, row.received, row.raw)


def _block_row(day: int, entries: Sequence[Entry]) -> dict[str, object]:
    return {
        "first_n": entries[0].n, "last_n": entries[-1].n, "day": day,
        "received_first": entries[0].received, "received_last": entries[-1].received,
        "count": len(entries), "kept": any(entry.faded is None for entry in entries),
        "body": blocks.pack(entries),
    }  # fmt: skip
