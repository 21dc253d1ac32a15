"""What the archive lets go in time: positions that no picture needs, and checkpoints that lie
close to one another. Everything else is kept for ever.

In steps of a fraction of a second, each a transaction of its own: whoever archives goes on in
between, and whoever is killed leaves a day half thinned, which the next run finishes. Two at a
time do no harm: a block is written only as the one that was read, in the order of the log, or
the day is begun again.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, select, update

from cockpit.clock import HOUR
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.rules import Rules
from cockpit.ports import Entry, Faded, Geography
from datasource.database import blocks
from datasource.database.engine import Database
from datasource.database.tables import checkpoints, open_positions, patrol_sessions, position_blocks
from datasource.database.thinning import Changes, Summaries, Thinner, Walked, midnight, sender_of
from datasource.database.writer import pack_waiting

# Old checkpoints: one for each quarter of a day, more where more entries lie between.
_SLOT = 6 * HOUR
_ENTRIES = 60_000
_PIECE = 20


class Keep(Struct, frozen=True):
    """For how many whole days everything is kept."""

    positions_days: int
    checkpoints_days: int


class Retained(Struct):
    """What has been done so far, or would be. `positions` lay in `blocks` of `days` with `bytes`;
    `faded` of them fade, and `bytes_after` remain. `checkpoints` with `checkpoint_bytes` go."""

    days: int = 0
    blocks: int = 0
    positions: int = 0
    faded: int = 0
    bytes: int = 0
    bytes_after: int = 0
    checkpoints: int = 0
    checkpoint_bytes: int = 0


class _Block(Struct, frozen=True):
    """A block by its first number; None: positions that still wait to be packed."""

    first_n: int | None
    kept: bool
    count: int


class _Overtaken(Exception):  # noqa: N818 - no error: another process has thinned a block
    """A block is not what was read any more."""


class Retention:
    """Thins an archive. `changes` asks for the rules that were ever in force."""

    def __init__(
        self,
        database: Database,
        changes: Callable[[], Changes],
        geography: Callable[[Rules], Geography],
        keep: Keep,
    ) -> None:
        self._database, self._changes = database, changes
        self._geography, self._keep = geography, keep

    def steps(self, now: int, apply: bool = True) -> Iterator[Retained]:
        """Let go, step by step, what is old at an instant; each answers all that was done so
        far. Not `apply`: nothing is changed, and it answers what would be.

        Raises as `datasource.database.faults.database_errors`; what was done stays done.
        """
        total, today = Retained(), day_of(now)
        before = today - self._keep.positions_days
        changes: Changes | None = None
        yield total
        if apply:
            with self._database.write() as connection:
                pack_waiting(connection, before)
        for day in self._days(before):
            changes = changes or self._changes()
            total.days += 1
            while True:
                try:
                    yield from self._thin(day, changes, total, apply)
                    break
                except _Overtaken:
                    continue
        yield from self._drop_checkpoints(today - self._keep.checkpoints_days, total, apply)

    # -- positions -----------------------------------------------------------------------

    def _days(self, before: int) -> list[int]:
        packed = select(position_blocks.c.day).where(
            position_blocks.c.kept, position_blocks.c.day < before
        )
        waiting = select(open_positions.c.day).where(open_positions.c.day < before)
        with self._database.read() as connection:
            return sorted(connection.scalars(packed.union(waiting)))

    def _thin(self, day: int, changes: Changes, total: Retained, apply: bool) -> Iterator[Retained]:
        """Judge all positions of a day, then write its blocks anew."""
        found, summaries = self._begin(day)
        thinner = Thinner(changes, self._geography)
        for block in found:
            with self._database.read() as connection:
                entries, _ = _entries(connection, day, block)
            thinner.take(entries, not block.kept, summaries)
            yield total
        if apply:
            self._keep_summaries(summaries.sessions)
        place = 0
        for block in found:
            fading = thinner.fading[place : place + block.count]
            place += block.count
            if block.kept:
                self._fade(day, block, fading, total, apply)
                yield total

    def _begin(self, day: int) -> tuple[list[_Block], Summaries]:
        table, sessions = position_blocks.c, patrol_sessions.c
        packed = select(table.first_n, table.kept, table.count).where(table.day == day)
        waiting = select(func.count()).where(open_positions.c.day == day)
        walked = select(sessions.worker, sessions.start, sessions.end, sessions.grid)
        with self._database.read() as connection:
            found = [_Block(*row) for row in connection.execute(packed.order_by(table.first_n))]
            count = connection.scalar(waiting) or 0
            rows = connection.execute(walked.where(sessions.day == day)).all()
        if count:
            found.append(_Block(None, True, count))
        ends = midnight(day)
        return found, Summaries([Walked(r.worker, r.start, r.end or ends, r.grid) for r in rows])

    def _keep_summaries(self, walked: Sequence[Walked]) -> None:
        """Before anything fades; of a day that was begun before, they are there already."""
        table = patrol_sessions
        one = update(table).where(
            table.c.worker == bindparam("of_worker"),
            table.c.start == bindparam("of_start"),
            table.c.positions.is_(None),
        )
        rows = [
            {
                "of_worker": each.worker, "of_start": each.start, "positions": each.positions,
                "inside": each.inside, "first_at": each.first_at, "last_at": each.last_at,
            }
            for each in walked
        ]  # fmt: skip
        if rows:
            with self._database.write() as connection:
                connection.execute(one, rows)

    def _fade(
        self, day: int, block: _Block, fading: bytearray, total: Retained, apply: bool
    ) -> None:
        with self._database.read() as connection:
            entries, size = _entries(connection, day, block)
        if any(f and e.faded for e, f in zip(entries, fading, strict=True)):
            raise _Overtaken
        body = blocks.pack([_faded(e) if f else e for e, f in zip(entries, fading, strict=True)])
        if apply:
            self._replace(block, body)
        total.blocks += 1
        total.positions += sum(entry.faded is None for entry in entries)
        total.faded += sum(fading)
        total.bytes += size
        total.bytes_after += len(body)

    def _replace(self, block: _Block, body: bytes) -> None:
        table = position_blocks
        as_read = (table.c.first_n == block.first_n, table.c.kept)
        with self._database.write() as connection:
            if self._database.dialect == "sqlite":
                # Freed pages of the file are overwritten: where somebody went is nobody's.
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            done = connection.execute(update(table).where(*as_read).values(kept=False, body=body))
        if done.rowcount == 0:
            raise _Overtaken

    # -- checkpoints ---------------------------------------------------------------------

    def _drop_checkpoints(self, before: int, total: Retained, apply: bool) -> Iterator[Retained]:
        table = checkpoints
        old = select(table.c.n, table.c.at, func.length(table.c.body)).where(
            table.c.at < day_start(before)
        )
        with self._database.read() as connection:
            rows = [tuple(row) for row in connection.execute(old.order_by(table.c.at, table.c.n))]
        gone = _superfluous(rows)
        for start in range(0, len(gone), _PIECE):
            piece = gone[start : start + _PIECE]
            if apply:
                one = delete(table).where(
                    table.c.n == bindparam("of_n"), table.c.at == bindparam("of_at")
                )
                with self._database.write() as connection:
                    connection.execute(one, [{"of_n": n, "of_at": at} for n, at, _ in piece])
            total.checkpoints += len(piece)
            total.checkpoint_bytes += sum(size for _, _, size in piece)
            yield total


def _entries(connection: Connection, day: int, block: _Block) -> tuple[list[Entry], int]:
    """The positions of a block, and how many bytes they take packed."""
    if block.first_n is not None:
        body = select(position_blocks.c.body).where(position_blocks.c.first_n == block.first_n)
        packed = connection.scalars(body).one()
        return blocks.unpack(packed), len(packed)
    table = open_positions.c
    rows = select(table.n, table.received, table.raw).where(table.day == day).order_by(table.n)
    entries = [Entry(*row) for row in connection.execute(rows)]
    return entries, len(blocks.pack(entries))


def _faded(entry: Entry) -> Entry:
    return Entry(entry.n, entry.received, b"", Faded(*sender_of(entry)))


def _superfluous(rows: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Of old checkpoints (n, at, size) in their order those that may go. The last of each quarter
    of a day stays, so the last before midnight does; and others, so that none lies too far from
    the one before it."""
    gone, kept = [], 0
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        same_slot = following is not None and _slot(following[1]) == _slot(row[1])
        if same_slot and following is not None and following[0] - kept <= _ENTRIES:
            gone.append(row)
        else:
            kept = row[0]
    return gone


def _slot(instant: int) -> int:
    return (instant - day_start(0)) // _SLOT
