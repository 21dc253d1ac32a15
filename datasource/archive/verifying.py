"""Every number that the archive keeps, held against the same number made anew from the log.

The whole log is folded once more, rows into a scratch database; what is stored is read as of one
moment, so the archive may go on being written meanwhile.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select

from cockpit.domain.regions import Regions
from cockpit.ports import ArchiveEnd, Checkpoint, Entry, RuleSet
from datasource.archive.comparing import (
    Checkpoints,
    Findings,
    HalfHours,
    Verified,
    compare_rows,
)
from datasource.archive.exporting import Tell
from datasource.archive.importing import MakeRecorder, unlimited
from datasource.archive.refolding import PastReader, Refold, passed
from datasource.database import tables
from datasource.database.batch import Batch
from datasource.database.blocks import decompressed
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader, read_end
from datasource.database.rows import store_rows

ROWS = (
    tables.cases, tables.whistles, tables.persons, tables.alerts, tables.visits,
    tables.patrol_sessions, tables.moments,
)  # fmt: skip


class Verifier:
    """Checks one district's archive. `found` is told the first differences, `tell` how far it
    is; `folder` has room for the scratch database (None: where the machine has temporary
    files)."""

    def __init__(
        self,
        database: Database,
        regions: Regions,
        make_recorder: MakeRecorder,
        folder: Path | None,
        found: Callable[[str], None],
        tell: Tell,
    ) -> None:
        self._database, self._regions, self._folder = database, regions, folder
        self._make_recorder, self._tell = make_recorder, tell
        self._findings = Findings(found)

    def verify(self) -> Verified:
        """Compare all. Raises as `datasource.database.faults.database_errors`."""
        with (
            TemporaryDirectory(prefix="cockpit-verify-", dir=self._folder) as folder,
            self._database.read() as stored,
        ):
            unlimited(stored)
            scratch = open_database("", Path(folder))
            try:
                migrate(scratch)
                self._compare(stored, scratch)
            finally:
                scratch.close()
        return self._findings.verified

    def _compare(self, stored: Connection, scratch: Database) -> None:
        end = read_end(stored)
        self._findings.verified.n = end.n
        if end.n:
            rule_sets = ArchiveReader(self._database).rule_sets()
            half_hours = HalfHours(stored, self._findings)

            def keep(batch: Batch) -> None:
                for sample in batch.samples:
                    half_hours.take(sample)
                batch.samples = []
                if batch.rows() > len(batch.entries):
                    with scratch.write() as connection:
                        store_rows(connection, batch, scratch.dialect)

            refold = Refold(self._make_recorder(rule_sets), keep, end.epoch, checkpoints=False)
            self._fold(stored, end, refold, rule_sets)
            half_hours.end()
        with scratch.read() as made:
            for table in ROWS:
                compare_rows(table, stored, made, self._findings)

    def _fold(
        self, stored: Connection, end: ArchiveEnd, refold: Refold, rule_sets: Sequence[RuleSet]
    ) -> None:
        table = tables.checkpoints.c
        places = select(table.n, table.at).where(table.n <= end.n).order_by(table.n, table.at)
        waiting = [(n, at) for n, at in stored.execute(places)][::-1]
        checks = Checkpoints(self._regions, lambda: self._make_recorder(rule_sets), self._findings)

        def check(following: Entry | None) -> None:
            """The checkpoints that lie before the entry that follows."""
            while waiting and (following is None or waiting[-1][0] < following.n):
                n, at = waiting.pop()
                if following is None or at <= following.received:
                    refold.pass_time(at)
                checks.compare(_checkpoint(stored, n, at), refold.recorder)

        for letters, entries in PastReader(ArchiveReader(self._database)).pages(end):
            refold.hear(letters)
            for entry in entries:
                check(entry)
                refold.fold(entry)
            if entries:
                self._tell(entries[-1].n, end.n)
        check(None)
        refold.pass_time(passed(stored, end))
        refold.hand_on()


def _checkpoint(stored: Connection, n: int, at: int) -> Checkpoint:
    table = tables.checkpoints.c
    wanted = select(table.letters, table.body).where(table.n == n, table.at == at)
    row = stored.execute(wanted).one()
    return Checkpoint(n, at, row.letters, decompressed(row.body))
