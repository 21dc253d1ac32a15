"""A made-up log for tests of the archive: events, positions, repeats, foreign messages."""

import importlib
import random
import subprocess
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import MetaData

from cockpit.clock import HOUR, SECOND, to_text
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.events import Event, decode
from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd, Checkpoint, DeadLetter, Entry
from datasource.database import tables
from datasource.database.batch import (
    AlertRow,
    Batch,
    CaseRow,
    MomentRow,
    PersonRow,
    Sample,
    SessionRow,
    VisitRow,
    WhistleRow,
)
from tests.postgres import PASSWORD
from tests.support import NOW

Numbered = tuple[Entry, Event | None]
GRIDS = ("120110001001001", "120110001001002", "120110001002001", "120110002001001")
PLACE = (GRIDS[0], "120110001", "120110001001")
STEPS = ("case.accepted", "case.filed", "case.handled", "case.closed")


def message(kind: str, identity: str, subject: str, region: str, at: int) -> bytes:
    """A message of a type whose data may be missing, or a position."""
    data = {"data": {"lon": 117.4, "lat": 39.1}} if kind == "patrol.pinged" else {}
    return msgspec.json.encode(
        {
            "specversion": "1.0", "id": identity, "source": "/dongli/terminal", "type": kind,
            "subject": subject, "time": to_text(at), "region": region, "sequence": "7",
        }
        | data
    )  # fmt: skip


def log_of(count: int, seed: int = 1, positions: float = 0.6, days: float = 2.5) -> list[Numbered]:
    """So many entries over some days: one in a hundred a repeat, one in a hundred foreign."""
    dice = random.Random(seed)
    at, step = NOW, int(days * 24 * HOUR / count)
    log: list[Numbered] = []
    for n in range(1, count + 1):
        # Several entries share an instant of receipt.
        at += dice.choice((0, 0, step, 2 * step))
        what = dice.random()
        if what < 0.01:
            log.append((Entry(n, at, f"foreign {n}".encode()), None))
            continue
        if what < 0.02 and log:
            raw = dice.choice(log)[0].raw
        elif what < 0.02 + positions:
            raw = message("patrol.pinged", f"p{n}", f"worker/w{n % 50}", GRIDS[n % 4], at - SECOND)
        else:
            raw = message(STEPS[n % 4], f"e{n}", f"case/{n % 20}", GRIDS[n % 3], at - SECOND)
        log.append((Entry(n, at, raw), None if raw.startswith(b"foreign") else decode(raw)))
    return log


def batch(entries: Sequence[Numbered], epoch: str = "first", letters: str = "0") -> Batch:
    """The entries as a batch of the archive."""
    last = entries[-1][0]
    return Batch(ArchiveEnd(last.n, last.received, letters, epoch), entries=list(entries))


def batches(log: Sequence[Numbered], seed: int = 1, most: int = 700) -> Iterator[Batch]:
    """The log in batches of any size."""
    dice, start = random.Random(seed), 0
    while start < len(log):
        stop = start + dice.randrange(1, most)
        yield batch(log[start:stop])
        start = stop


def full_batch(log: Sequence[Numbered]) -> Batch:
    """The entries, and a row or more for every other table."""
    last = log[-1][0]
    letters = [(f"{ms}-{ms % 3}", DeadLetter(b"{}", "type.unknown", "why", NOW)) for ms in (5, 9)]
    session = SessionRow("w1", day_of(NOW), NOW, None, GRIDS[0])
    return Batch(
        end=ArchiveEnd(last.n, last.received, letters[-1][0], "first"),
        entries=list(log),
        letters=letters,
        cases=[case_row("1"), case_row("2", closed=NOW + HOUR)],
        whistles=[whistle_row("1")],
        persons=[PersonRow("p1", *PLACE, "care", "poor", "key", 20_000, None, NOW, 3)],
        alerts=[AlertRow("a1", *PLACE, "health", "info", "p1", True, False, NOW, None, None, 4)],
        visits=[VisitRow(3, "person-1", GRIDS[0], "elderly", "alone", NOW, "met")],
        walked={("w1", day_of(NOW)): [session]},
        moments=[MomentRow(NOW, "alert", "a1", GRIDS[0])],
        samples=[Sample(day_start(day_of(NOW) + 1), {"120110": {"cases.open": 3}})],
        checkpoint=Checkpoint(last.n, last.received, letters[-1][0], b"state" * 1000),
    )


def case_row(key: str, closed: int | None = None, stage: str = "handling") -> CaseRow:
    """A case that is open, or closed in time."""
    return CaseRow(
        key=key, region=GRIDS[0], street="120110001", community="120110001001",
        category="c1", grade="general", channel="patrol", stage=stage,
        ended="closed" if closed else "", reported=NOW, accepted=NOW, filed=None,
        dispatched=None, handled=closed, closed=closed, level="street", unit="街道办",
        due=NOW + 2 * HOUR, suspended=False, on_time=True if closed else None,
        checks_failed=0, supervised=0, version=7, risk_at=None if closed else NOW + HOUR,
    )  # fmt: skip


def whistle_row(key: str, leg: str = "sign") -> WhistleRow:
    """A whistle that waits for its signature."""
    return WhistleRow(
        key=key, region=GRIDS[0], street="120110001", kind="urgent", department="城管委",
        category="c1", case_key=None, leg=leg, ended="", blown=NOW, signed=None, arrived=None,
        resolved=None, confirmed=None, due=NOW + HOUR, arrived_on_time=None,
        finished_on_time=None, escalated=0, street_score=None, department_score=None,
        version=8, risk_at=NOW + HOUR // 2,
    )  # fmt: skip


def all_tables() -> MetaData:
    """The tables of the archive, of people, of work, of briefs: whatever a module defines."""
    for file in Path(tables.__file__).parent.glob("*_tables.py"):
        importlib.import_module(f"datasource.database.{file.stem}")
    return tables.metadata


def code_of(action: Callable[[], object]) -> str:
    """The code of the error that an action raises; the password stands nowhere in it."""
    with pytest.raises(CockpitError) as caught:
        action()
    error = caught.value
    told = f"{error} {error.text('zh')} {error.facts}" + "".join(traceback.format_exception(error))
    assert PASSWORD not in told
    return error.code


def mount(*arguments: str) -> None:
    """Mount a file system of a test's own; skips the test where that is not allowed."""
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
