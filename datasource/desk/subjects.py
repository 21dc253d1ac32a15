"""What commands are about, as the archive's rows say: how it stands, where it lies, whose it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Table, select

from cockpit.domain.access import Place
from cockpit.domain.commands import Standing, standing
from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd
from datasource.database import tables
from datasource.database.reader import read_end

TABLES: Mapping[str, Table] = {
    "case": tables.cases,
    "whistle": tables.whistles,
    "person": tables.persons,
    "alert": tables.alerts,
}


class Found(Struct, frozen=True):
    """A subject: `row` as in the archive (empty for what has none), `version` the number of its
    last event."""

    kind: str
    key: str
    region: str
    version: int
    row: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """As events say it."""
        return f"{self.kind}/{self.key}"

    @property
    def place(self) -> Place:
        """Where the gate has to let somebody through: of a whistle, to its department's too."""
        return Place(self.region, department=self.row.get("department", ""))

    @property
    def standing(self) -> Standing:
        """How it stands, for commands."""
        return standing(self.kind, self.row)


class Seen(Struct, frozen=True):
    """One moment of the archive: its end, whether its rows wait to be made anew, the subjects that
    were looked for and are there, and under which numbers it has events that were asked for."""

    end: ArchiveEnd
    stale: bool
    found: Mapping[str, Found]
    numbers: Mapping[str, int]


def parts(subject: str) -> tuple[str, str]:
    """Kind and key of a subject, which may be empty. Raises CockpitError `subject.unknown`."""
    kind, slash, key = subject.partition("/")
    if not slash or kind not in {*TABLES, "worker"} or len(subject) > 200:
        raise CockpitError("subject.unknown", subject=subject[:80])
    return kind, key


def look_up(
    connection: Connection, subjects: Iterable[str], source: str, events: Iterable[str]
) -> Seen:
    """The archive at one moment: these subjects, and the events of a source by these ids."""
    found = {}
    for subject in set(subjects):
        kind, _, key = subject.partition("/")
        if (table := TABLES.get(kind)) is not None and key:
            row = connection.execute(select(table).where(table.c.key == key)).mappings().first()
            if row is not None:
                found[subject] = Found(kind, key, row["region"], row["version"], dict(row))
    keys = tables.event_keys.c
    wanted = keys.source == source, keys.event_id.in_(list(events))
    numbers = connection.execute(select(keys.event_id, keys.n).where(*wanted))
    stale = bool(connection.scalar(select(tables.archive_end.c.stale)))
    return Seen(read_end(connection), stale, found, {row.event_id: row.n for row in numbers})
