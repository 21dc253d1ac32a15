"""What the archive's process asks of the database."""

from typing import Protocol

from cockpit.ports import Archive, ArchiveEnd
from datasource.database.batch import Batch


class Stored(Protocol):
    """What became of a batch."""

    @property
    def end(self) -> ArchiveEnd:
        """The archive's end after it."""


class Store(Protocol):
    """Writes the archive (datasource/database/writer.py)."""

    def store(self, batch: Batch) -> Stored:
        """Write one batch as one transaction; may be repeated with the same batch."""


class Past(Archive, Protocol):
    """The archive with what only its own process asks."""

    def sampled(self) -> int:
        """The last end of a half-hour that has numbers, 0 when there is none."""
