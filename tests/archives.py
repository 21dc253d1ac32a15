"""A made-up log for tests of the archive: events, positions, repeats, foreign messages."""

import random
from collections.abc import Iterator, Sequence

import msgspec

from cockpit.clock import HOUR, SECOND, to_text
from cockpit.domain.events import Event, decode
from cockpit.ports import ArchiveEnd, Entry
from datasource.database.batch import Batch
from tests.support import NOW

Numbered = tuple[Entry, Event | None]
GRIDS = ("120110001001001", "120110001001002", "120110001002001", "120110002001001")
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
