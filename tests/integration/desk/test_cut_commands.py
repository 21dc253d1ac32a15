"""Redis is lost at every point of a command: whoever asks hears that it was done or that this is
not known, never that it was not done when it was; asked again by its id it is done once."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis import Redis

from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from datasource.answering import Worker
from datasource.asking import Inbox, Queries
from datasource.desk.work_questions import Command, Give
from datasource.redis_client import connect
from tests.scissors import Scissors
from tests.support import PREFIX, RedisServer, wait_for
from tests.twins import MemoryStats
from tests.working import REPORTED, STREET, Work

pytestmark = pytest.mark.integration

OPERATOR = Account("operator-1", "street_operator", STREET, "")
CASES = 100
STRIDE = 90  # bytes between two cuts of a question, which is long
ANSWER = 40  # bytes around an answer, which are cut at every other one


class Site:
    """A desk with many cases to accept, and what is known of them beside the desk."""

    def __init__(self, folder: Path, server: RedisServer, client: Redis) -> None:
        self.beside = connect(server.url)
        self.work = Work("", folder, client)
        for number in range(CASES):
            self.work.tell("case.reported", f"case/{number}", REPORTED)
        self.work.archive()
        self._next = iter(range(CASES))

    def command(self) -> Command:
        """To accept a case that nobody has touched."""
        return self.work.command("case.accepted", f"case/{next(self._next)}")

    def kept(self) -> Counter[str]:
        """How often each id stands in the log."""
        entries: Any = self.beside.xrange(f"{PREFIX}:log")
        return Counter(msgspec.json.decode(fields[b"e"])["id"] for _, fields in entries)

    def number(self, command: Command) -> int:
        """The number of a command's event in the log."""
        entries: Any = self.beside.xrange(f"{PREFIX}:log")
        ids = {msgspec.json.decode(f[b"e"])["id"]: int(n.partition(b"-")[0]) for n, f in entries}
        return ids[command.id]

    def audited(self, command: Command) -> list[str]:
        """What the audit says became of a command, each time that it was asked."""
        with self.work.database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT outcome FROM audit WHERE subject = '{command.subject}' ORDER BY n"
            )
            return list(rows.scalars())

    def done_once(self, command: Command, first: str, result: dict[str, Any]) -> None:
        """It was done once, and the audit says of both times what was answered."""
        assert self.kept()[command.id] == 1
        number = self.number(command)
        assert result == {"id": command.id, "n": number, "subject": command.subject}
        told = self.audited(command)
        assert told[-2:] == ["asked", f"done, n {number}"]
        assert told[:2] == ["asked", first], told

    def close(self) -> None:
        self.beside.close()
        self.work.close()


@contextmanager
def cut_site(folder: Path, server: RedisServer) -> Iterator[tuple[Site, Scissors]]:
    """A site whose desk reaches its Redis through scissors."""
    with Scissors(server.port) as line:
        client = connect(line.url)
        site = Site(folder, server, client)
        yield site, line
        site.close()
        client.close()


def outcome(result: dict[str, Any]) -> str:
    return result["error"]["code"] if "error" in result else f"done, n {result['n']}"


@pytest.mark.parametrize("stays", [True, False], ids=["away", "back at once"])
def test_cut_at_every_byte_between_desk_and_redis(
    tmp_path: Path, redis_server: RedisServer, stays: bool
) -> None:
    with cut_site(tmp_path, redis_server) as (site, line):
        work = site.work
        work.give(OPERATOR, site.command())  # Redis knows the script from here on
        before = line.passed
        work.give(OPERATOR, site.command())
        size = line.passed - before
        seen = Counter[str]()
        points = (*range(0, size - ANSWER, STRIDE), *range(size - ANSWER, size + ANSWER // 2, 2))
        for after in points:
            command = site.command()
            line.cut(after, stays)
            first = outcome(work.give(OPERATOR, command)[0])
            line.mend()
            kept = site.kept()[command.id]
            assert kept == 1 or not first.startswith("done")
            assert first.startswith("done") or first == "command.unsure"
            seen[f"{first.partition(',')[0]}, kept {kept}"] += 1
            site.done_once(command, first, work.give(OPERATOR, command)[0])
        # The cuts were before the event was kept, between that and the answer, and behind it.
        wanted = {"command.unsure, kept 0", "command.unsure, kept 1", "done, kept 1"}
        assert set(seen) == (wanted if stays else {"done, kept 1"}), seen


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_redis_is_lost_among_many_commands(
    tmp_path: Path, redis_server: RedisServer, client: Redis, how: str
) -> None:
    site = Site(tmp_path, redis_server, client)
    for reached in (1, 4, 17) if how == "kill" else (9,):
        commands = [site.command() for _ in range(24)]
        head = site.work.site.log.head()
        results: list[dict[str, Any]] = []
        asking = threading.Thread(
            target=lambda: results.extend(site.work.give(OPERATOR, *commands))  # noqa: B023
        )
        asking.start()
        wait_for(lambda: _head(site) >= head + reached, pause=0)  # noqa: B023
        getattr(redis_server, how)()
        asking.join()
        redis_server.start() if how == "kill" else redis_server.resume()
        kept = wait_for(site.kept)
        firsts = [outcome(each) for each in results]
        for command, first in zip(commands, firsts, strict=True):
            assert first.startswith("done") or first == "command.unsure"
            assert kept[command.id] == 1 or not first.startswith("done")
        again = site.work.give(OPERATOR, *commands)
        for command, first, result in zip(commands, firsts, again, strict=True):
            site.done_once(command, first, result)
    site.close()


@pytest.mark.parametrize("side", ["serve", "desk"])
def test_cut_between_the_question_and_its_answer(
    tmp_path: Path, redis_server: RedisServer, client: Redis, side: str
) -> None:
    """The web server's question to the desk goes through Redis too."""
    site = Site(tmp_path, redis_server, client)
    with Scissors(redis_server.port) as line, connect(line.url) as cuttable:
        asking, working = (cuttable, client) if side == "serve" else (client, cuttable)
        queries = Queries(asking, PREFIX, "desk", seconds=1.0)
        with _answering(site, working):
            wait_for(lambda: _ask(queries, site.command()).startswith("done"))
            seen = Counter[str]()
            for after in range(0, 1400, 70 if side == "serve" else 200):
                command = site.command()
                line.cut(after, stays=True)
                first = _ask(queries, command)
                line.mend()
                kept = site.kept()[command.id]
                assert kept == 1 or not first.startswith("done")
                assert first.startswith("done") or first in _UNKNOWN
                seen[first.partition(",")[0]] += 1
                again = wait_for(lambda: _done(queries, command))  # noqa: B023
                assert again == f"done, n {site.number(command)}"
                assert site.kept()[command.id] == 1
                assert set(site.audited(command)) == {"asked", again}
        assert seen.keys() & _UNKNOWN, seen
    site.close()


# What the web server answers with a status from 500 on, so that a page asks again.
_UNKNOWN = {"redis.unreachable", "query.slow", "query.unavailable"}


def _ask(queries: Queries, command: Command) -> str:
    """What the web server hears of a command."""
    try:
        answer = msgspec.json.decode(queries.ask(Give(OPERATOR, [command], "127.0.0.1")))
    except CockpitError as error:
        return error.code
    return outcome(answer["results"][0])


def _done(queries: Queries, command: Command) -> str:
    """The command's end once it is known."""
    told = _ask(queries, command)
    return told if told.startswith("done") else ""


@contextmanager
def _answering(site: Site, client: Redis) -> Iterator[None]:
    """The desk's loop on a thread, its inbox by this client."""
    stop = threading.Event()
    worker = Worker("desk", Inbox(client, PREFIX, "desk"), site.work.answers, MemoryStats())
    loop = threading.Thread(target=worker.run, args=(stop,))
    loop.start()
    try:
        yield
    finally:
        stop.set()
        loop.join()


def _head(site: Site) -> int:
    found: Any = site.beside.xrevrange(f"{PREFIX}:log", count=1)
    return int(found[0][0].partition(b"-")[0])
