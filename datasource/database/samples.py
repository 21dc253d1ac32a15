"""The rollups as they lie in SQL: which samples to read, and their numbers."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, and_, func, or_, select

from cockpit.domain.calendar import day_of, day_start
from datasource.archive.recorder import HALF_HOUR
from datasource.database import tables
from datasource.questions import Series

Rows = list[tuple[int, str, str]]
"""When, region, numbers as JSON."""


@lru_cache(maxsize=64)
def decoder(names: tuple[str, ...]) -> Callable[[str], Struct]:
    """Reads these numbers out of a sample's JSON and passes over the others."""
    fields: list[tuple[str, type, Any]] = [
        (f"f{i}", float, math.nan if name.endswith("_rate") else 0.0)
        for i, name in enumerate(names)
    ]
    given = {f"f{i}": name for i, name in enumerate(names)}
    return msgspec.json.Decoder(msgspec.defstruct("Sample", fields, rename=given)).decode


def known_until(connection: Connection) -> int:
    """The last end of a half-hour of which all is archived. One in which nothing changed has no
    row of its own."""
    received = connection.scalar(select(tables.archive_end.c.received)) or 0
    sampled = connection.scalar(select(func.max(tables.half_hours.c.at))) or 0
    return max(sampled, received // HALF_HOUR * HALF_HOUR)


def first_records(connection: Connection) -> dict[str, int]:
    """The first case, whistle and patrol day, by the panel whose numbers they make. What was before
    was not counted, which is not the same as none."""
    found = {
        "cases": connection.scalar(select(func.min(tables.cases.c.reported))),
        "whistles": connection.scalar(select(func.min(tables.whistles.c.blown))),
    }
    if (day := connection.scalar(select(func.min(tables.patrol_sessions.c.day)))) is not None:
        found["patrols"] = day_start(day)
    return {panel: instant for panel, instant in found.items() if instant is not None}


def half_hour_rows(
    connection: Connection, codes: Sequence[str], spans: Sequence[tuple[int, int]]
) -> Rows:
    """Samples of half-hours within spans of instants, ends included. A region has none where
    its numbers stayed as they were, but always at midnight."""
    table = tables.half_hours.c
    within = or_(*(and_(table.at >= first, table.at <= last) for first, last in spans))
    wanted = select(table.at, table.region, table.metrics).where(table.region.in_(codes), within)
    return [(at, region, text) for at, region, text in connection.execute(wanted)]


def daily_rows(connection: Connection, codes: Sequence[str], asked: Series, known: int) -> Rows:
    """Samples of whole days, and of the last day what it had come to when the period ends."""
    table, last = tables.daily.c, day_of(asked.end - 1)
    wanted = select(table.day, table.region, table.metrics).where(
        table.region.in_(codes), table.day >= day_of(asked.start), table.day < last
    )
    rows = [(day, region, text) for day, region, text in connection.execute(wanted)]
    until = min(asked.end // HALF_HOUR * HALF_HOUR, known)
    if until > day_start(last):
        of_last = sorted(half_hour_rows(connection, codes, [(day_start(last), until)]))
        newest = {region: text for _, region, text in of_last}
        rows += [(last, region, text) for region, text in newest.items()]
    return rows
