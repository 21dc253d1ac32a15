"""In-memory twins of the ports in `cockpit/ports`, for tests that mean no Redis.

They keep the same promises; `tests/integration` holds both to the same checks.
"""

from tests.twins.archive import MemoryArchive
from tests.twins.clock import ManualClock
from tests.twins.fold import Counting, MemoryFrameBus, OpenGeography
from tests.twins.log import MemoryDeadLetters, MemoryGauge, MemoryLog
from tests.twins.processes import MemoryBoard, MemoryLock, MemoryStats
from tests.twins.sessions import MemoryPeople, NoQueries

__all__ = [
    "Counting",
    "ManualClock",
    "MemoryArchive",
    "MemoryBoard",
    "MemoryDeadLetters",
    "MemoryFrameBus",
    "MemoryGauge",
    "MemoryLock",
    "MemoryLog",
    "MemoryPeople",
    "MemoryStats",
    "NoQueries",
    "OpenGeography",
]
