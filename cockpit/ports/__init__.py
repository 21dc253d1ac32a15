"""What the core asks of the outside, as Protocols. `app.py` hands the real ones in; tests hand
in the twins of `tests/twins`.
"""

from cockpit.ports.archive import Archive, ArchiveEnd, Checkpoint, RuleSet
from cockpit.ports.fold import FrameBus, Geography
from cockpit.ports.log import (
    Appended,
    DeadCount,
    DeadLetter,
    DeadLetters,
    Entry,
    Faded,
    Log,
    LogReader,
    Room,
)
from cockpit.ports.processes import Lock, Process, ProcessState, Stats, StopSignal
from cockpit.ports.sessions import Screen, Session, Sessions, SourceKey, Ticket

__all__ = [
    "Appended",
    "Archive",
    "ArchiveEnd",
    "Checkpoint",
    "DeadCount",
    "DeadLetter",
    "DeadLetters",
    "Entry",
    "Faded",
    "FrameBus",
    "Geography",
    "Lock",
    "Log",
    "LogReader",
    "Process",
    "ProcessState",
    "Room",
    "RuleSet",
    "Screen",
    "Session",
    "Sessions",
    "SourceKey",
    "Stats",
    "StopSignal",
    "Ticket",
]
