"""A batch's other rows: letters, entities, moments, samples, checkpoint."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, select, tuple_

from cockpit.domain.calendar import day_of, day_start
from cockpit.ports import ArchiveEnd
from datasource.database import tables
from datasource.database.batch import (
    AlertRow,
    Batch,
    CaseRow,
    PersonRow,
    Sample,
    SessionRow,
    WhistleRow,
)
from datasource.database.blocks import compressed
from datasource.database.bulk import put_rows
from datasource.database.upserts import keeping, replacing

# Filled when the day's positions are thinned out; the fold does not know them.
SUMMARY = ("positions", "inside", "first_at", "last_at")
_PIECE = 400
Standing = CaseRow | WhistleRow | PersonRow | AlertRow


def stream_id(text: str) -> tuple[int, int]:
    """The two parts of a Redis stream id (`"0"`: before all), which order it."""
    first, _, second = text.partition("-")
    return int(first), int(second or 0)


def store_letters(connection: Connection, batch: Batch, end: ArchiveEnd, dialect: str) -> int:
    """Store the dead letters behind the archive's end; answers how many."""
    after = stream_id(end.letters)
    rows = []
    for name, letter in batch.letters:
        ms, seq = stream_id(name)
        if (ms, seq) > after:
            row = {"ms": ms, "seq": seq, "at": letter.at, "n": letter.n, "code": letter.code}
            rows.append(row | {"reason": letter.reason, "raw": letter.raw})
    if rows:
        connection.execute(keeping(tables.letters, dialect), rows)
    return len(rows)


def store_rows(connection: Connection, batch: Batch, dialect: str) -> None:
    """Store what the fold made of the entries: the newest state of each row wins."""
    if batch.gone:
        one = delete(tables.persons).where(tables.persons.c.key == bindparam("gone"))
        connection.execute(one, [{"gone": key} for key in batch.gone])
    standing: tuple[tuple[Table, Sequence[Standing]], ...] = (
        (tables.cases, batch.cases), (tables.whistles, batch.whistles),
        (tables.persons, batch.persons), (tables.alerts, batch.alerts),
    )  # fmt: skip
    for table, structs in standing:
        if structs:
            rows = {row.key: msgspec.structs.asdict(row) for row in structs}
            put_rows(connection, replacing(table, dialect), list(rows.values()))
    visits = [msgspec.structs.asdict(row) for row in batch.visits]
    put_rows(connection, keeping(tables.visits, dialect), visits)
    moments = [msgspec.structs.asdict(row) for row in batch.moments]
    put_rows(connection, keeping(tables.moments, dialect), moments)
    if batch.walked:
        _store_sessions(connection, batch.walked, dialect)
    for sample in batch.samples:
        _store_sample(connection, sample, dialect)
    if batch.checkpoint is not None:
        point = msgspec.structs.asdict(batch.checkpoint)
        point["body"] = compressed(batch.checkpoint.body)
        connection.execute(replacing(tables.checkpoints, dialect), point)


def _store_sessions(
    connection: Connection, walked: dict[tuple[str, int], list[SessionRow]], dialect: str
) -> None:
    """Make the sessions of these workers' days exactly these, summaries left as they are."""
    table = tables.patrol_sessions
    every = (row for sessions in walked.values() for row in sessions)
    # Of two that start at one instant the first lasted no time.
    wanted = {(row.worker, row.start): msgspec.structs.asdict(row) for row in every}
    days = list(walked)
    stale: list[dict[str, Any]] = []
    for start in range(0, len(days), _PIECE):
        of_days = tuple_(table.c.worker, table.c.day).in_(days[start : start + _PIECE])
        found = connection.execute(select(table.c.worker, table.c.start).where(of_days))
        stale += [{"worker": w, "start": s} for w, s in found if (w, s) not in wanted]
    if stale:
        one = delete(table).where(
            table.c.worker == bindparam("worker"), table.c.start == bindparam("start")
        )
        connection.execute(one, stale)
    put_rows(connection, replacing(table, dialect, *SUMMARY), list(wanted.values()))


def _store_sample(connection: Connection, sample: Sample, dialect: str) -> None:
    """Keep a half-hour's numbers; those at midnight are also the ended day's."""
    metrics = [
        (region, msgspec.json.encode(values).decode()) for region, values in sample.values.items()
    ]
    if not metrics:
        return
    rows = [{"at": sample.at, "region": region, "metrics": text} for region, text in metrics]
    put_rows(connection, replacing(tables.half_hours, dialect), rows)
    day = day_of(sample.at)
    if day_start(day) == sample.at:
        rows = [{"day": day - 1, "region": region, "metrics": text} for region, text in metrics]
        put_rows(connection, replacing(tables.daily, dialect), rows)
