"""A month of the district as its archive would hold it: made once, kept for later runs.

A week of raw positions before the month's end; of the days before, each tenth position, thinned
by the archive's own retention. It ends on a Monday afternoon, in the middle of the patrols.
"""

import shutil
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path

from cockpit.config import SETTINGS
from cockpit.domain.calendar import day_of, day_start
from cockpit.ports import Entry
from cockpit.projector import DUMP_VERSION
from datasource.database.engine import open_database
from datasource.database.migrate import revisions
from datasource.database.retention import Keep, Retention
from datasource.rules_in_force import changes_of
from datasource.site import geography_of
from tests.past import RULES_TEXT, archive_all, entries_of, month
from tests.unit.simulated import BORN, SEED

DAYS, RAW_DAYS, SPARSE = 30, 7, 10
UNTIL = BORN
_TELL = 250_000


def archive_of_a_month() -> Path:
    """The SQLite file, made first if it is not there. Nobody may write to it."""
    what = f"{SEED} {DAYS} {RAW_DAYS} {SPARSE} {UNTIL} {DUMP_VERSION} {revisions()[-1]}"
    key = sha256(f"{what} {RULES_TEXT}".encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"cockpit-bench-month-{key}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as scratch:
            _make(Path(scratch))
            shutil.copytree(scratch, folder)
    return folder / "cockpit.db"


def _make(folder: Path) -> None:
    print("  making the archive of a month, once", flush=True)
    made, start, _ = month(DAYS)
    raw = day_start(day_of(UNTIL) - RAW_DAYS)
    events = chain(made.events(start, raw, SPARSE), made.events(raw, UNTIL))
    database = open_database("", folder)
    reader = archive_all(database, _told(entries_of(events)))
    keep = Keep(*(int(_default(name)) for name in ("positions_days", "checkpoints_days")))
    thinning = Retention(database, lambda: changes_of(reader.rule_sets()), geography_of, keep)
    done = deque(thinning.steps(UNTIL), maxlen=1).pop()
    print(f"  {done.faded:,} of {done.positions:,} older positions faded", flush=True)
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()


def _default(name: str) -> str:
    return next(one.default for one in SETTINGS if one.name == name)


def _told(entries: Iterable[Entry]) -> Iterator[Entry]:
    begun = time.monotonic()
    for entry in entries:
        if entry.n % _TELL == 0:
            print(f"  {entry.n:,} entries, {time.monotonic() - begun:.0f} s", flush=True)
        yield entry
