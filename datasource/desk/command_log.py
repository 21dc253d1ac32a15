"""What the log says about commands: whether one was given before, and who was first."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select

from cockpit.domain.access import Account
from cockpit.domain.events import OWN_SOURCES, UNREADABLE, decode
from cockpit.errors import CockpitError
from cockpit.ports import Entry
from datasource.database.engine import Database
from datasource.database.people_tables import accounts
from datasource.database.reader import ArchiveReader
from datasource.desk.subjects import Found
from datasource.desk.work_questions import Command
from datasource.guarded_log import GuardedLog


class Signed(Struct):
    """What the desk adds to its events."""

    source: str = ""
    actor: str = ""
    reason: str = ""


_signed = msgspec.json.Decoder(Signed).decode


def signed(raw: bytes) -> Signed:
    """Who did it and why, as an event's message says; empty where it says nothing, or is none of
    the cockpit's own."""
    try:
        said = _signed(raw)
    except UNREADABLE:
        return Signed()
    return said if said.source in OWN_SOURCES else Signed()


class CommandLog:
    """Looks into the log and, behind it, the archive."""

    def __init__(self, log: GuardedLog, archive: ArchiveReader, database: Database) -> None:
        self._log, self._archive, self._database = log, archive, database

    def entry(self, n: int) -> Entry | None:
        """The entry of a number, wherever it is."""
        archived = self._archive.read(n - 1, 1)
        if archived and archived[0].n == n:
            return archived[0]
        return self._log.entry(n)

    def same(self, who: Account, command: Command, about: Found, n: int) -> int:
        """The number `n`, when what was kept there under the command's id is the same command of
        the same account. Raises CockpitError `command.reused` when it is another, and
        `command.behind` when the log shows something else there for the moment."""
        entry = self._entry_with(command.id, n)
        kept = decode(entry.raw)
        # Whose leave it is may be found anew each time it is asked.
        key = kept.key if about.kind == "worker" else about.key
        asked = command.command, key, who.id
        if (kept.type, kept.key, signed(entry.raw).actor) != asked:
            raise CockpitError("command.reused", id=command.id)
        return n

    def _entry_with(self, event_id: str, n: int) -> Entry:
        entry = self.entry(n) if n else None
        try:
            if entry is not None and decode(entry.raw).id == event_id:
                return entry
        except UNREADABLE:
            pass
        raise CockpitError("command.behind")

    def conflict(self, first: Entry) -> CockpitError:
        """The error `command.conflict` that tells who was first, with `account`, `by` (a name),
        `what` (the event's type), `at` and `n`."""
        message = msgspec.json.decode(first.raw, type=dict[str, Any])
        actor = signed(first.raw).actor
        name = self._name(actor) or actor or str(message.get("source", ""))
        what, at = str(message.get("type", "")), str(message.get("time", ""))
        return CockpitError(
            "command.conflict", account=actor, by=name[:80], what=what, at=at, n=first.n
        )

    def newest(self, subject: str) -> Entry | None:
        """The last archived event about a subject."""
        known = self._archive.events_with(subject)
        return known[-1] if known else None

    def _name(self, account: str) -> str:
        with self._database.read() as connection:
            wanted = select(accounts.c.name).where(accounts.c.id == account)
            return str(connection.scalar(wanted) or "")
