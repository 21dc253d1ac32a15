"""A month of the district in the archive: how soon the projector is back, how soon any moment of
the month is on a wall, and what all of it takes on disk and in memory."""

import random
import shutil
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote

import psutil
from playwright.sync_api import Page
from redis import Redis
from sqlalchemy import Connection, delete, func, select

from cockpit.clock import DAY, MINUTE, to_text
from datasource.database import tables
from datasource.database.engine import Database, open_database
from datasource.log import RedisLog
from datasource.redis_client import connect
from tests.bench.browser import HEADLINE, chromium, wall_page
from tests.bench.cockpit_run import DISTRICT, PREFIX
from tests.bench.past_month import DAYS, UNTIL, archive_of_a_month
from tests.bench.report import Row, percentile
from tests.program import Program, get_json
from tests.support import RedisServer, wait_for

RESTARTS, MOMENTS, PAINTED = 5, 30, 3
SEED = 1130
MB = 1e6
CLOCK = to_text(UNTIL + MINUTE)

# Resolves with the milliseconds from the change of an input until its moment was painted.
PICK = """([selector, value, at]) => new Promise((done) => {
  const root = document.documentElement, begun = performance.now();
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(performance.now() - begun);
  const watch = new MutationObserver(() => {
    if (Date.parse(root.dataset.replay) !== at) return;
    watch.disconnect();
    requestAnimationFrame(() => channel.port2.postMessage(0));
  });
  watch.observe(root, { attributes: true });
  const input = document.querySelector(selector);
  input.value = value;
  for (const name of ["input", "change"])
    input.dispatchEvent(new Event(name, { bubbles: true }));
})"""
OPENED = f"""
new MutationObserver((_, watch) => {{
  if (document.documentElement.dataset.live !== "replay") return;
  if (!document.querySelector(`{HEADLINE}[data-value]:not([data-value=""])`)) return;
  requestAnimationFrame(() => {{ window.benchPainted = performance.now(); }});
  watch.disconnect();
}}).observe(document, {{ subtree: true, childList: true, attributes: true }});
"""


def run(_: Namespace) -> list[Row]:
    """On a copy of the month's archive."""
    source = archive_of_a_month()
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        place = Path(folder)
        (place / "var").mkdir()
        shutil.copy(source, place / "var")
        database = open_database("", place / "var")
        with closing(database), database.read() as connection:
            rows = _sizes(connection, source)
        return rows + _restarts(place, database) + _moments(place)


# -- restart -----------------------------------------------------------------------------------


def _restarts(place: Path, database: Database) -> list[Row]:
    rows: list[Row] = []
    server = RedisServer(place).start()
    try:
        with closing(connect(server.url)) as client:
            # An empty Redis first: its memory of what came is put back out of SQL.
            lost = _started("lost", place, server.url, client)
            rows.append(Row("start of the projector at a Redis that lost everything", lost, "s"))
            rows += _restarted("the archive ended in order", place, server.url, client)
            newest = select(func.max(tables.checkpoints.c.n)).scalar_subquery()
            with closing(database), database.write() as connection:
                connection.execute(
                    delete(tables.checkpoints).where(tables.checkpoints.c.n == newest)
                )
            rows += _restarted("it was killed", place, server.url, client)
    finally:
        server.stop()
    return rows


def _restarted(how: str, place: Path, url: str, client: Redis) -> list[Row]:
    """From the start of the process to the first frame of the district's wall, several times."""
    took = [_started(f"{how} {n}", place, url, client) for n in range(RESTARTS)]
    told = (place / f"{how} 0".replace(" ", "-") / "err").read_text()
    first = int(told.partition("Folding from number ")[2].partition(" ")[0])
    behind = RedisLog(client, PREFIX).head() + 1 - first
    return [
        Row(f"start of the projector, {how}: folded behind its checkpoint", behind, "entries"),
        Row(f"start of the projector, {how}: until frames, median", median(took), "s", "≤ 3"),
        Row(f"start of the projector, {how}: until frames, longest", max(took), "s", "≤ 3"),
    ]


def _started(name: str, place: Path, url: str, client: Redis) -> float:
    client.delete(f"{PREFIX}:frame:{DISTRICT}")
    begun = time.monotonic()
    with _role("project", place, name, redis_url=url):
        wait_for(lambda: client.get(f"{PREFIX}:frame:{DISTRICT}"), 60, pause=0.005)
        return time.monotonic() - begun


@contextmanager
def _role(role: str, place: Path, name: str, **options: object) -> Iterator[Program]:
    folder = place / name.replace(" ", "-")
    folder.mkdir()
    program = Program(folder, role, data_dir=place / "var", clock=CLOCK, **options)
    try:
        yield program
    finally:
        program.stop()


# -- any moment --------------------------------------------------------------------------------


def _moments(place: Path) -> list[Row]:
    dice = random.Random(SEED)
    moments = [_whole(dice.randrange(UNTIL - DAYS * DAY, UNTIL)) for _ in range(MOMENTS)]
    with _role("run", place, "run", simulate=False) as program:
        program.wait_ready(60)
        answered = [_answered(program, at) for at in moments]
        opened, picked = _painted(program, moments[:PAINTED])
        memory = [_memory(program, role) for role in ("project", "archive", "query")]
    return [
        Row("any moment answered, p50", percentile(answered, 0.5), "s"),
        Row("any moment answered, longest", max(answered), "s", "≤ 2"),
        Row("picked on a wall until painted, median", median(picked), "s"),
        Row("picked on a wall until painted, longest", max(picked), "s", "≤ 2"),
        Row("a wall opened at a moment until painted, median", median(opened), "s"),
        Row("a wall opened at a moment until painted, longest", max(opened), "s", "≤ 2"),
        *memory,
    ]


def _whole(instant: int) -> int:
    """To the second: what the page's inputs can say."""
    return instant - instant % 1_000_000


def _answered(program: Program, at: int) -> float:
    """Every one a replay of its own, as when somebody comes."""
    begun = time.monotonic()
    address = f"{program.base_url}/api/v1/replay/{DISTRICT}?at={quote(to_text(at))}"
    status, answer = get_json(address)
    assert status == 200, answer
    return time.monotonic() - begun


def _painted(program: Program, moments: list[int]) -> tuple[list[float], list[float]]:
    """Seconds to a moment by a page's address, and from there to the same time of another day."""
    opened, picked = [], []
    with chromium() as browser:
        for at in moments:
            with wall_page(browser, OPENED) as page:
                page.goto(f"{program.base_url}/wall/120110?at={quote(to_text(at))}")
                page.wait_for_function("() => window.benchPainted", timeout=60_000)
                opened.append(page.evaluate("window.benchPainted") / 1000)
                page.wait_for_timeout(3000)  # map and chart have had their turn
                picked.append(_picked(page, at))
    return opened, picked


def _picked(page: Page, at: int) -> float:
    selector = ".replay-bar input[type=date]"
    earlier = at > UNTIL - DAYS // 2 * DAY
    other = at - 9 * DAY if earlier else at + 9 * DAY
    date = page.evaluate(
        "at => new Date(at + 8 * 3600_000).toISOString().slice(0, 10)", other // 1000
    )
    return float(page.evaluate(PICK, [selector, date, other // 1000])) / 1000


def _memory(program: Program, role: str) -> Row:
    used: psutil.Process = program.role_process(role)
    what = "after these replays" if role == "query" else "after its start"
    return Row(f"memory of `{role}` {what}", used.memory_info().rss / MB, "MB")


# -- sizes -------------------------------------------------------------------------------------


def _sizes(connection: Connection, file: Path) -> list[Row]:
    blocks, points = tables.position_blocks.c, tables.checkpoints.c
    events = connection.scalar(select(func.count()).select_from(tables.events)) or 0
    raw, raw_bytes = _packed(connection, kept=True)
    old, old_bytes = _packed(connection, kept=False)
    checkpoints, checkpoint_bytes = connection.execute(
        select(func.count(), func.sum(func.length(points.body)))
    ).one()
    size = file.stat().st_size
    rest = (
        size
        - checkpoint_bytes
        - (connection.scalar(select(func.sum(func.length(blocks.body)))) or 0)
    )
    return [
        Row("events besides positions", events, ""),
        Row("positions of the last week, raw", raw, ""),
        Row("positions before, thinned", old, ""),
        Row("size of the database", size / MB, "MB"),
        Row("an event, with all tables made of it", rest / events, "bytes"),
        Row("a raw position", raw_bytes / raw, "bytes"),
        Row("a position thinned", old_bytes / old, "bytes"),
        Row("checkpoints", checkpoints, ""),
        Row("size of a checkpoint, mean", checkpoint_bytes / checkpoints / MB, "MB"),
    ]


def _packed(connection: Connection, kept: bool) -> tuple[int, int]:
    """Positions in blocks, raw or thinned ones, and their bytes."""
    blocks = tables.position_blocks.c
    wanted = select(func.sum(blocks.count), func.sum(func.length(blocks.body)))
    count, size = connection.execute(wanted.where(blocks.kept.is_(kept))).one()
    return count, size
