"""Reading positions: those that wait in their table, and the packed blocks."""

from bisect import bisect_right
from itertools import starmap
from operator import attrgetter

from sqlalchemy import Connection, func, select

from cockpit.ports import Entry
from datasource.database.blocks import unpack
from datasource.database.tables import open_positions, position_blocks

_n = attrgetter("n")
_received = attrgetter("received")


class Positions:
    """Keeps the block that was unpacked last: whoever reads on needs it again at once."""

    def __init__(self) -> None:
        # (first number, whether it is whole) and its entries; replaced as one, so threads may
        # share it.
        self._last: tuple[tuple[int, bool], list[Entry]] = ((0, True), [])

    def between(self, connection: Connection, after: int, upper: int) -> list[Entry]:
        """The positions with numbers from above `after` up to `upper`, in order."""
        found: list[Entry] = []
        table = position_blocks
        before = select(func.max(table.c.first_n)).where(table.c.first_n <= after + 1)
        touched = select(table.c.first_n, table.c.kept).where(
            table.c.first_n >= func.coalesce(before.scalar_subquery(), 0),
            table.c.first_n <= upper,
            table.c.last_n > after,
        )
        for first_n, kept in connection.execute(touched.order_by(table.c.first_n)).all():
            entries = self._block(connection, first_n, kept)
            start = bisect_right(entries, after, key=_n)
            found += entries[start : bisect_right(entries, upper, start, key=_n)]
        waiting = select(open_positions.c.n, open_positions.c.received, open_positions.c.raw)
        waiting = waiting.where(open_positions.c.n > after, open_positions.c.n <= upper)
        rows = connection.execute(waiting.order_by(open_positions.c.n))
        found += starmap(Entry, rows)
        return found

    def number_at(self, connection: Connection, instant: int) -> int:
        """The number of the last position received at or before an instant, 0 if none was."""
        waiting = select(func.max(open_positions.c.n)).where(open_positions.c.received <= instant)
        number = connection.scalar(waiting)
        if number:
            return int(number)
        table = position_blocks
        last = select(table.c.first_n, table.c.last_n, table.c.kept, table.c.received_last)
        last = last.where(table.c.received_first <= instant)
        last = last.order_by(table.c.received_first.desc(), table.c.first_n.desc()).limit(1)
        row = connection.execute(last).one_or_none()
        if row is None:
            return 0
        if row.received_last <= instant:
            return int(row.last_n)
        entries = self._block(connection, row.first_n, row.kept)
        return entries[bisect_right(entries, instant, key=_received) - 1].n

    def _block(self, connection: Connection, first_n: int, kept: bool) -> list[Entry]:
        name, entries = self._last
        if name != (first_n, kept):
            body = select(position_blocks.c.body).where(position_blocks.c.first_n == first_n)
            entries = unpack(connection.scalars(body).one())
            self._last = ((first_n, kept), entries)
        return entries
