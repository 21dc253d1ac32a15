"""An export back into an empty archive: all of it in one transaction, or nothing.

The log, dead letters, rules, losses and summaries come from the file; everything else is what
the fold makes of them.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, text, update

from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd, DeadLetter, Entry, RuleSet
from datasource.archive import lines
from datasource.archive.export_files import damaged, read_lines
from datasource.archive.exporting import Tell
from datasource.archive.recorder import Recorder
from datasource.archive.refolding import Refold
from datasource.database import tables
from datasource.database.batch import Batch
from datasource.database.engine import Database
from datasource.database.reader import read_end
from datasource.database.writer import ArchiveWriter

MakeRecorder = Callable[[Sequence[RuleSet]], Recorder]
_PIECE = 500


class Imported(Struct, frozen=True):
    """What came in: lines of the file, and the archive up to number `n`."""

    lines: int
    n: int


def items(path: Path, district: str) -> Iterator[Entry | tuple[str, lines.Said]]:
    """Every item of an export of a district; the last one, `Closed`, only if the whole file is
    as it was written.

    Raises CockpitError `export.name`, `export.unreadable`, `import.damaged`, `import.district`,
    `import.newer`.
    """
    number, closed = 0, False
    for number, line, digest in read_lines(path):
        try:
            item = lines.read_line(line)
        except ValueError as error:
            raise damaged(path, number, error) from None
        said = item[1] if isinstance(item, tuple) else None
        if number == 1:
            _check_opened(path, said, district)
        if isinstance(said, lines.Closed):
            if (said.lines, said.sha256) != (number - 1, digest):
                raise damaged(path, number, "the lines before are not those that were written")
            closed = True
        yield item
    if not closed:
        raise damaged(path, number + 1, "the end is missing")


def _check_opened(path: Path, said: object, district: str) -> None:
    if not isinstance(said, lines.Opened):
        raise damaged(path, 1, "it does not begin as an export does")
    if said.format > lines.FORMAT:
        raise CockpitError("import.newer", file=path, found=said.format, known=lines.FORMAT)
    if said.district != district:
        raise CockpitError("import.district", file=path, found=said.district, wanted=district)


class Importer:
    """Fills an empty archive of one district."""

    def __init__(
        self, database: Database, district: str, make_recorder: MakeRecorder, tell: Tell
    ) -> None:
        self._database, self._district = database, district
        self._make_recorder, self._tell = make_recorder, tell

    def bring_in(self, path: Path) -> Imported:
        """Import a file. Nothing is changed by a call that raises.

        Raises as `items`, CockpitError `import.not_empty`, `rules.invalid`, `archive.gap` and as
        `datasource.database.faults.database_errors`.
        """
        with self._database.read() as connection:
            self._refuse_unless_empty(read_end(connection))
        closed = check(path, self._district)
        with self._database.write() as connection:
            self._refuse_unless_empty(read_end(connection, lock=True))
            unlimited(connection)
            connection.execute(delete(tables.rule_sets))
            filling = _Filling(self._database, connection, self._make_recorder, closed.epoch)
            for item in items(path, self._district):
                filling.take(item)
                if isinstance(item, Entry) and item.n % _PIECE == 0:
                    self._tell(item.n, closed.n)
        return Imported(closed.lines + 1, closed.n)

    def _refuse_unless_empty(self, end: ArchiveEnd) -> None:
        if (end.n, end.letters) != (0, "0"):
            raise CockpitError("import.not_empty", where=self._database.where, n=end.n)


def check(path: Path, district: str) -> lines.Closed:
    """Read all of a file and answer its last line. Raises as `items`."""
    last: object = None
    for item in items(path, district):
        last = item
    closed = last[1] if isinstance(last, tuple) else None
    if not isinstance(closed, lines.Closed):
        raise damaged(path, 1, "something follows its end")
    return closed


def unlimited(connection: Connection) -> None:
    """Let the transaction and its statements take as long as they take."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


class _Filling:
    """Takes an export's items in their order."""

    def __init__(
        self, database: Database, connection: Connection, make: MakeRecorder, epoch: str
    ) -> None:
        self._writer, self._connection = ArchiveWriter(database), connection
        self._make_recorder, self._epoch = make, epoch
        self._rules: list[RuleSet] = []
        self._refold: Refold | None = None
        self._summaries: list[lines.Summary] = []

    @property
    def _fold(self) -> Refold:
        if self._refold is None:
            recorder = self._make_recorder(self._rules)
            self._refold = Refold(recorder, self._store, self._epoch, checkpoints=True)
        return self._refold

    def _store(self, batch: Batch) -> None:
        self._writer.store_in(self._connection, batch)

    def take(self, item: Entry | tuple[str, lines.Said]) -> None:
        """The next item."""
        if isinstance(item, Entry):
            self._fold.fold(item)
            return
        name, said = item
        if isinstance(said, lines.InForce):
            self._take_rules(said)
        elif isinstance(said, lines.Rejected):
            letter = DeadLetter(said.message, said.code, said.reason, said.at, said.n)
            self._fold.hear([(name, letter)])
        elif isinstance(said, lines.Lost):
            self._fold.hand_on()
            self._writer.accept_loss_in(self._connection, said.first, said.last, said.at)
            self._fold.skip(said.last)
        elif isinstance(said, lines.Summary):
            self._summaries.append(said)
            if len(self._summaries) >= _PIECE:
                self._fill_in()
        elif isinstance(said, lines.Closed):
            self._close(said)

    def _take_rules(self, said: lines.InForce) -> None:
        self._rules.append(RuleSet(said.from_n, said.text))
        digest = sha256(said.text.encode()).hexdigest()
        row = {"from_n": said.from_n, "text": said.text, "digest": digest}
        self._connection.execute(insert(tables.rule_sets), row)

    def _fill_in(self) -> None:
        """Give the sessions their summaries, which no fold knows any more."""
        self._fold.hand_on()
        table = tables.patrol_sessions
        one = update(table).where(
            table.c.worker == bindparam("of_worker"), table.c.start == bindparam("of_start")
        )
        rows = [
            {
                "of_worker": each.worker, "of_start": each.start, "positions": each.positions,
                "inside": each.inside, "first_at": each.first_at, "last_at": each.last_at,
            }
            for each in self._summaries
        ]  # fmt: skip
        self._summaries = []
        if rows:
            self._connection.execute(one, rows)

    def _close(self, said: lines.Closed) -> None:
        if self._rules:
            self._fill_in()
            self._fold.pass_time(said.passed)
            self._fold.hand_on(checkpoint=True)
