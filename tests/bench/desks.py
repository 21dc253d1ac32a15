"""200 desks beside 2000 walls: what the desks wait for their lists, and whether the walls notice.

One web server, one role `desk` over the rows of `tests/bench/desk.py` on SQLite, and in place of
the projector a thread that publishes the district's frame. Each desk asks what its page asks when
the district moves all the time: the counts of its queues and its first rows, each two seconds.
"""

import http.client
import tempfile
import time
from argparse import Namespace
from contextlib import closing
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

import msgspec
import psutil

from datasource.asking import Queries
from datasource.database.engine import open_database
from datasource.database.migrate import migrate
from datasource.desk.demonstration import PASSWORD
from datasource.desk.people_questions import SignIn
from datasource.geography import load_regions
from tests.bench.cockpit_run import PREFIX
from tests.bench.crowd import Crowd
from tests.bench.desk import fill
from tests.bench.fanout import SCREENS, SETTLE, Site, district_frame, stopped
from tests.bench.report import Row, percentile
from tests.program import Program
from tests.support import wait_for

DESKS, EACH_SECONDS, RATE, SECONDS = 200, 2.0, 4, 30
QUEUES = ("to_accept", "to_handle", "overdue", "at_risk", "cases_all")


def run(_: Namespace) -> list[Row]:
    """The walls alone, then with the desks."""
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-desks-") as name:
        folder = Path(name)
        with closing(open_database("", folder)) as database:
            migrate(database)
            fill(database, load_regions())
            url = f"sqlite:///{database.file}"
        with Site(folder, district_frame(), RATE) as site:
            (folder / "desk").mkdir()
            program = Program(folder / "desk", "desk", redis_url=site.redis_url, database_url=url)
            with stopped(program), Crowd() as crowd:
                token = wait_for(lambda: _token(site), 60)
                crowd("connect", site.servers[0].port, SCREENS)
                time.sleep(SETTLE)
                alone = crowd("measure", SECONDS)
                return _rows(alone, *_with_desks(crowd, site, program, token))


def _token(site: Site) -> str | None:
    try:
        asked = SignIn("operator", PASSWORD, "127.0.0.1")
        answer = Queries(site.client, PREFIX, "desk").ask(asked)
    except Exception:  # it is not there yet
        return None
    return str(msgspec.json.decode(answer)["token"])


def _with_desks(
    crowd: Crowd, site: Site, program: Program, token: str
) -> tuple[dict[str, float], dict[str, list[float]], float, float]:
    """What the walls get meanwhile, what the desks got, and how busy both roles were."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_desks, args=(site.servers[0].port, token, theirs))
    roles = [psutil.Process(p.process.pid) for p in (site.servers[0], program)]
    process.start()
    ours.recv()
    before = [sum(role.cpu_times()[:2]) for role in roles]
    walls = crowd("measure", SECONDS)
    busy = [
        (sum(role.cpu_times()[:2]) - spent) / SECONDS
        for role, spent in zip(roles, before, strict=True)
    ]
    ours.send("end")
    answers = ours.recv()
    process.join()
    return walls, answers, busy[0], busy[1]


def _desks(port: int, token: str, orders: Connection) -> None:
    """All desks, in a process of their own."""
    answers: dict[str, list[float]] = {"queues": [], "rows": [], "refused": []}
    regions, ended = load_regions(), []
    places = cycle(regions.at_level("street") + regions.at_level("community"))
    threads = [
        Thread(target=_desk, args=(port, token, next(places).code, number, answers, ended))
        for number in range(DESKS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(EACH_SECONDS)
    for told in answers.values():
        told.clear()
    orders.send("at work")
    orders.recv()
    ended.append(True)
    for thread in threads:
        thread.join()
    orders.send(answers)


def _desk(
    port: int,
    token: str,
    region: str,
    number: int,
    answers: dict[str, list[float]],
    ended: list[bool],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    queue = QUEUES[number % len(QUEUES)]
    paths = {"queues": "queues", "rows": f"rows?queue={queue}&start=0&end=100&sort=due:asc"}
    due = time.monotonic() + EACH_SECONDS * number / DESKS
    while not ended:
        time.sleep(max(0.0, due - time.monotonic()))
        due += EACH_SECONDS
        for what, path in paths.items():
            begun = time.monotonic()
            connection.request(
                "GET",
                f"/api/v1/desk/{region}/{path}",
                headers={"Cookie": f"cockpit_session={token}"},
            )
            answer = connection.getresponse()
            answer.read()
            taken = (time.monotonic() - begun) * 1000
            answers[what if answer.status == 200 else "refused"].append(taken)


def _rows(
    alone: dict[str, float],
    walls: dict[str, float],
    answers: dict[str, list[float]],
    serve: float,
    desk: float,
) -> list[Row]:
    rows = [
        Row(f"{SCREENS} walls alone, {RATE}/s, p99", alone["p99"], "ms"),
        Row(f"{SCREENS} walls beside {DESKS} desks, p50", walls["p50"], "ms"),
        Row(f"{SCREENS} walls beside {DESKS} desks, p99", walls["p99"], "ms", "≤ 60"),
        Row(f"{SCREENS} walls beside {DESKS} desks, frames missed", walls["missing"], "", "0"),
    ]
    for what in ("queues", "rows"):
        told = sorted(answers[what])
        rows += [
            Row(f"{DESKS} desks, {what}: answers a second", len(told) / SECONDS, ""),
            Row(f"{DESKS} desks, {what}, p50", percentile(told, 0.50), "ms"),
            Row(f"{DESKS} desks, {what}, p99", percentile(told, 0.99), "ms"),
        ]
    return [
        *rows,
        Row(f"{DESKS} desks, refused answers", len(answers["refused"]), "", "0"),
        Row("processor, serve", serve * 100, "% of a core"),
        Row("processor, desk", desk * 100, "% of a core"),
    ]
