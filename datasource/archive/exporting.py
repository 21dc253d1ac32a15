"""The whole archive as one file of CloudEvents, while it goes on being written."""

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct
from sqlalchemy import select

from cockpit.ports import ArchiveEnd, RuleSet
from datasource.archive import lines
from datasource.archive.export_files import LineWriter, new_file
from datasource.archive.refolding import Letters, PastReader, passed
from datasource.database import tables
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader, read_end

Tell = Callable[[int, int | None], None]
"""Is told: done, of how many if that is known."""


class Exported(Struct, frozen=True):
    """What a file holds: lines, and the archive up to number `n`."""

    lines: int
    n: int
    sha256: str


class Exporter:
    """Writes exports of one district's archive."""

    def __init__(self, database: Database, district: str, tell: Tell) -> None:
        self._database, self._district, self._tell = database, district, tell
        self._reader = ArchiveReader(database)
        self._source = f"/cockpit/{district}"

    def export(self, path: Path) -> Exported:
        """Write the archive as it is now. Raises CockpitError `export.name`,
        `export.unwritable` and as `datasource.database.faults.database_errors`; no file is left
        then."""
        with new_file(path) as file:
            with self._database.read() as connection:
                end = read_end(connection)
                time = passed(connection, end)
                losses = [
                    lines.Lost(*row)
                    for row in connection.execute(
                        select(tables.losses).order_by(tables.losses.c.first)
                    )
                ]
            opened = lines.Opened(lines.FORMAT, self._district)
            file.write([self._said(opened, "opened")])
            file.write([self._rules(rules) for rules in self._reader.rule_sets()])
            self._write_log(file, end, [loss for loss in losses if loss.last <= end.n])
            # Last: of a day that fades meanwhile they are there before its positions go.
            for piece in self._summaries():
                file.write(piece)
            count, digest = file.lines, file.sha256
            closed = lines.Closed(count, digest, end.n, end.received, end.letters, end.epoch, time)
            file.write([self._said(closed, "closed")])
        return Exported(count + 1, end.n, digest)

    def _said(self, said: lines.Said, identity: str) -> bytes:
        return lines.said_line(said, self._source, identity)

    def _rules(self, rules: RuleSet) -> bytes:
        return self._said(lines.InForce(rules.from_n, rules.text), f"rules-{rules.from_n}")

    def _write_log(self, file: LineWriter, end: ArchiveEnd, losses: list[lines.Lost]) -> None:
        for letters, entries in PastReader(self._reader).pages(end):
            file.write(self._rejected(letters))
            text = []
            for entry in entries:
                while losses and losses[0].first < entry.n:
                    text.append(self._lost(losses.pop(0)))
                text.append(lines.entry_line(entry, self._source))
            file.write(text)
            if entries:
                self._tell(entries[-1].n, end.n)
        file.write([self._lost(loss) for loss in losses])

    def _lost(self, loss: lines.Lost) -> bytes:
        return self._said(loss, f"lost-{loss.first}")

    def _rejected(self, letters: Letters) -> list[bytes]:
        return [
            self._said(
                lines.Rejected(letter.at, letter.code, letter.reason, letter.n, letter.raw), name
            )
            for name, letter in letters
        ]

    def _summaries(self) -> Iterator[list[bytes]]:
        table = tables.patrol_sessions.c
        columns = (
            table.worker, table.start, table.positions, table.inside, table.first_at,
            table.last_at,
        )  # fmt: skip
        query = select(*columns).where(table.positions.is_not(None)).order_by(table.start)
        with self._database.read() as connection:
            rows = connection.execution_options(stream_results=True, yield_per=1000).execute(query)
            for part in rows.partitions():
                yield [self._summary(lines.Summary(*row)) for row in part]

    def _summary(self, summary: lines.Summary) -> bytes:
        return self._said(summary, f"walked-{summary.worker}-{summary.start}")
