"""All tables that follow from the log, made anew from it: in one transaction, or left as they
are."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, select, text, update

from cockpit.ports import ArchiveEnd, RuleSet
from datasource.archive.exporting import Tell
from datasource.archive.importing import unlimited
from datasource.archive.recorder import Recorder
from datasource.archive.refolding import PastReader, Refold, passed
from datasource.database import tables
from datasource.database.batch import Batch
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader, read_end
from datasource.database.rows import SUMMARY, store_rows

DERIVED = (
    tables.cases, tables.whistles, tables.persons, tables.alerts, tables.visits,
    tables.patrol_sessions, tables.moments, tables.half_hours, tables.daily, tables.checkpoints,
)  # fmt: skip
_KEPT = "kept_summaries"


def rebuild(
    database: Database, make_recorder: Callable[[Sequence[RuleSet]], Recorder], tell: Tell
) -> ArchiveEnd:
    """Make the derived tables anew; answers up to where. Whoever archives waits meanwhile.

    Raises as `datasource.database.faults.database_errors`; then nothing has changed.
    """
    reader = ArchiveReader(database)
    with database.write() as connection:
        end = read_end(connection, lock=True)
        unlimited(connection)
        time = passed(connection, end)
        _put_summaries_aside(connection)
        for table in DERIVED:
            connection.execute(delete(table))

        def store(batch: Batch) -> None:
            store_rows(connection, batch, database.dialect)

        if end.n:
            refold = Refold(make_recorder(reader.rule_sets()), store, end.epoch, checkpoints=True)
            for letters, entries in PastReader(reader).pages(end):
                refold.hear(letters)
                for entry in entries:
                    refold.fold(entry)
                if entries:
                    tell(entries[-1].n, end.n)
            refold.pass_time(time)
            refold.hand_on(checkpoint=True)
        _give_summaries_back(connection)
        connection.execute(update(tables.archive_end).values(stale=False))
    return end


def _put_summaries_aside(connection: Connection) -> None:
    """Of patrol sessions: the positions that they were counted from may have faded."""
    names = ", ".join(SUMMARY)
    connection.execute(
        text(
            f"CREATE TEMPORARY TABLE {_KEPT} AS SELECT worker, start, {names} "
            "FROM patrol_sessions WHERE positions IS NOT NULL"
        )
    )


def _give_summaries_back(connection: Connection) -> None:
    given = ", ".join(f"{name} = {_KEPT}.{name}" for name in SUMMARY)
    connection.execute(
        text(
            f"UPDATE patrol_sessions SET {given} FROM {_KEPT} "
            f"WHERE patrol_sessions.worker = {_KEPT}.worker "
            f"AND patrol_sessions.start = {_KEPT}.start"
        )
    )
    connection.execute(text(f"DROP TABLE {_KEPT}"))


def rebuild_if_stale(
    database: Database, make_recorder: Callable[[Sequence[RuleSet]], Recorder], tell: Tell
) -> bool:
    """`rebuild`, if a migration has changed what the rows say; answers whether it did."""
    with database.read() as connection:
        if not connection.scalar(select(tables.archive_end.c.stale)):
            return False
    rebuild(database, make_recorder, tell)
    return True
