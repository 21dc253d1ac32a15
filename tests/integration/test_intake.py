"""The intake and the receiver: everything that can be heard is kept, whatever it is."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from redis import Redis

from cockpit.domain.events import EventReader, decode
from cockpit.domain.rules import Rules
from cockpit.errors import ERRORS, CockpitError
from datasource.dead_letters import RedisDeadLetters
from datasource.geography import load_regions
from datasource.intake import CANARY, Intake
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.receive import Receiver
from datasource.redis_client import connect
from datasource.stats import RedisStats
from tests.support import NOW, PREFIX, Proxy, RedisServer, event, wait_for
from tests.twins import ManualClock

pytestmark = pytest.mark.integration
CHANNEL = f"{PREFIX}:events"


@pytest.fixture(scope="module")
def reader() -> EventReader:
    return EventReader(load_regions(), Rules.from_toml(Path("rules.toml").read_text("utf-8")))


class Running:
    """An intake in a thread, and what looks at it from outside."""

    def __init__(self, url: str, reader: EventReader, log_limit: int = 0) -> None:
        client = connect(url)
        clock = ManualClock(NOW)
        receiver = Receiver(
            RedisLog(client, PREFIX, log_limit), RedisDeadLetters(client, PREFIX), reader, clock
        )
        lock = RedisLock(client, PREFIX, "intake")
        stats = RedisStats(client, PREFIX, instance=uuid4().hex)
        self._intake = Intake(client, PREFIX, receiver, lock, stats)
        self.stop = threading.Event()
        self.error: CockpitError | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._intake.run(self.stop)
        except CockpitError as error:
            self.error = error

    def end(self) -> None:
        self.stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


@pytest.fixture
def running(redis_server: RedisServer, reader: EventReader) -> Iterator[Running]:
    intake = Running(redis_server.url, reader)
    yield intake
    intake.end()


class Site:
    """The Redis as sources and operators see it."""

    def __init__(self, url: str) -> None:
        self.client = connect(url)
        self.log = RedisLog(self.client, PREFIX)
        self.dead_letters = RedisDeadLetters(self.client, PREFIX)

    def listeners(self) -> int:
        try:
            return int(self.client.pubsub_numsub(CHANNEL)[0][1])
        except Exception:
            return 0

    def publish(self, *messages: bytes) -> None:
        for message in messages:
            self.client.publish(CHANNEL, message)

    def stats(self) -> dict[str, float]:
        return RedisStats(self.client, PREFIX).read("intake")

    def states(self) -> list[str]:
        return sorted(each.state for each in RedisStats(self.client, PREFIX).all())

    def ids(self) -> list[str]:
        return [decode(e.raw).id for e in self.log.read(0, 10_000, 0)]


@pytest.fixture
def site(redis_server: RedisServer, running: Running) -> Site:
    site = Site(redis_server.url)
    wait_for(site.listeners)
    return site


def test_nobody_speaks_in_the_name_of_the_desk(site: Site) -> None:
    """Who may PUBLISH may tell what a source tells, and not what people at a desk have done."""
    forged = event(1, "/cockpit/commands").raw
    signed = event(2).raw[:-1] + b',"actor":"account-1"}'
    site.publish(forged, signed, event(3).raw)
    wait_for(lambda: site.ids() == ["e2", "e3"])
    wait_for(lambda: len(site.dead_letters.read("0", 10)) == 1)
    letters = [letter for _, letter in site.dead_letters.read("0", 10)]
    assert {letter.code for letter in letters} == {"envelope.reserved"}
    assert [letter.raw for letter in letters] == [forged]


def test_what_is_published_is_in_the_log(site: Site) -> None:
    site.publish(*(event(i).raw for i in range(300)), event(0).raw)
    wait_for(lambda: site.log.head() == 300)
    assert site.ids() == [f"e{i}" for i in range(300)]
    stats = wait_for(lambda: (s := site.stats()).get("received") == 301 and s)
    assert (stats["accepted"], stats["duplicates"], stats["rejected"]) == (300, 1, 0)
    assert (stats["gaps"], stats["reconnections"], stats["dropped"]) == (0, 0, 0)


def test_garbage_stops_nothing(site: Site) -> None:
    mobile = "139" + "1234" + "5678"
    garbage = [
        b"", b"null", b"[]", b"\xff\xfe", b"{" * 50_000, b'{"specversion":"1.0"}', b"NaN",
        b"x" * (64 * 1024 + 1), b'{"tel":"%s"}' % mobile.encode(),
    ]  # fmt: skip
    site.publish(*garbage, event(1).raw)
    wait_for(lambda: site.log.head() == 1)
    letters = wait_for(
        lambda: len(found := site.dead_letters.read("0", 100)) == len(garbage) and found
    )
    assert all(letter.code and letter.reason for _, letter in letters)
    assert {letter.code for _, letter in letters} >= {"message.not_json", "message.too_large"}
    assert not any(mobile.encode() in letter.raw for _, letter in letters)


def _broken(number: int, dice: random.Random) -> bytes:
    """A message with one fault; the number says which, the dice where."""
    raw = event(number).raw
    message = json.loads(raw)
    name = dice.choice(["id", "source", "type", "subject", "time", "region", "specversion"])
    faults: list[Callable[[], bytes]] = [
        lambda: raw[: dice.randrange(len(raw))],
        lambda: dice.randbytes(dice.randrange(200)),
        lambda: json.dumps({k: v for k, v in message.items() if k != name}).encode(),
        lambda: json.dumps(message | {name: dice.choice([None, 7, [], {}, 1.5, ""])}).encode(),
        lambda: json.dumps(message | {"region": str(dice.randrange(10**9))}).encode(),
        lambda: json.dumps(message | {"type": f"case.{dice.random()}"}).encode(),
        lambda: json.dumps(message | {"time": f"2026-13-{dice.randrange(99)}T00:00:00Z"}).encode(),
        lambda: json.dumps(message | {"data": {"lon": float("nan")}}).encode(),
        lambda: b"[" * dice.randrange(2, 2000),
    ]
    return faults[number % len(faults)]()


def test_ten_thousand_bad_messages_are_all_in_the_dead_letters(site: Site) -> None:
    dice = random.Random(120110)
    bad = [_broken(number, dice) for number in range(10_000)] + [b" " * (64 * 1024 + 1)]
    for start in range(0, len(bad), 500):
        site.publish(event(start).raw, *bad[start : start + 500])
    good = len(range(0, len(bad), 500))
    wait_for(lambda: site.client.xlen(f"{PREFIX}:dead") == len(bad), 240)
    wait_for(lambda: site.log.head() == good)
    letters = [letter for _, letter in site.dead_letters.read("0", len(bad))]
    assert {letter.code for letter in letters} <= set(ERRORS)
    assert all(letter.reason for letter in letters)
    assert site.ids() == [f"e{start}" for start in range(0, len(bad), 500)]


def test_the_canary_is_never_kept(site: Site) -> None:
    site.publish(CANARY, CANARY + b"!", event(1).raw)
    wait_for(lambda: site.dead_letters.read("0", 10))
    assert [letter.raw for _, letter in site.dead_letters.read("0", 10)] == [CANARY + b"!"]
    assert wait_for(site.stats)["reconnections"] == 0


def kill_subscribers(client: Redis) -> None:
    client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")


def test_a_killed_connection_is_noticed(site: Site) -> None:
    for kill in range(1, 3):
        kill_subscribers(site.client)
        wait_for(site.listeners)
        site.publish(event(kill).raw)
        wait_for(lambda kill=kill: site.log.head() == kill)
        wait_for(lambda kill=kill: site.stats().get("gaps") == kill)


def test_a_half_open_connection_is_noticed(redis_server: RedisServer, reader: EventReader) -> None:
    """A connection that swallows everything is given up after three seconds of silence."""
    with Proxy(redis_server.port) as proxy:
        running = Running(proxy.url, reader)
        try:
            site = Site(redis_server.url)
            wait_for(site.listeners)
            site.publish(event(1).raw)
            wait_for(lambda: site.log.head() == 1)
            proxy.swallow()
            wait_for(lambda: site.stats().get("reconnections") == 1)
            wait_for(lambda: site.stats().get("gaps") == 1)
            site.publish(event(2).raw)
            wait_for(lambda: site.log.head() == 2)
        finally:
            running.end()


def test_what_is_in_hand_is_held_while_redis_is_away(
    redis_server: RedisServer, site: Site, running: Running
) -> None:
    """Redis refuses to write, then is killed: what the intake has in hand gets in afterwards."""
    site.client.config_set("maxmemory", "1")
    site.publish(event(1).raw)
    wait_for(lambda: "errorstat_OOM" in site.client.info("errorstats"))
    redis_server.kill()
    redis_server.start()
    wait_for(lambda: site.ids() == ["e1"])
    wait_for(site.listeners)
    site.publish(event(99).raw, event(1).raw)
    wait_for(lambda: site.ids() == ["e1", "e99"])
    assert running.error is None


def test_a_redis_that_refuses_gets_the_batch_later(site: Site) -> None:
    site.client.config_set("maxmemory", "1")
    site.publish(event(1).raw, b"garbage")
    with pytest.raises(CockpitError):
        site.log.append([event(2)], NOW)
    site.client.config_set("maxmemory", "0")
    wait_for(lambda: site.log.head() == 1)
    wait_for(lambda: len(site.dead_letters.read("0", 10)) == 1)


def test_a_second_intake_waits_and_takes_over(
    redis_server: RedisServer, site: Site, running: Running, reader: EventReader
) -> None:
    second = Running(redis_server.url, reader)
    wait_for(lambda: "standby" in site.states())
    assert site.listeners() == 1
    site.publish(*(event(i).raw for i in range(50)))
    running.end()
    wait_for(lambda: site.listeners() == 1)
    site.publish(event(99).raw)
    wait_for(lambda: site.ids() == [*(f"e{i}" for i in range(50)), "e99"])
    second.end()
    assert (running.error, second.error) == (None, None)


def test_who_loses_the_lock_keeps_what_it_heard(site: Site, running: Running) -> None:
    with site.client.pipeline(transaction=True) as together:
        together.set(f"{PREFIX}:lock:intake", "99-somebody")
        for i in range(3000):
            together.publish(CHANNEL, event(i).raw)
        together.execute()
    wait_for(lambda: site.states() == ["standby"])
    assert site.listeners() == 0
    assert len(site.ids()) == 3000
    site.client.delete(f"{PREFIX}:lock:intake")
    wait_for(site.listeners)
    wait_for(lambda: site.states() == ["active"])
    assert site.stats()["gaps"] == 0
    assert running.error is None


def test_a_full_log_makes_dead_letters(
    redis_server: RedisServer, reader: EventReader, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(redis_server.url)
    site.log.append([event(i) for i in range(990)], NOW)
    running = Running(redis_server.url, reader, log_limit=1000)
    wait_for(site.listeners)
    site.publish(*(event(i).raw for i in range(980, 1020)), b"garbage")
    wait_for(lambda: len(site.dead_letters.read("0", 100)) == 21)
    assert site.ids() == [f"e{i}" for i in range(1000)]
    letters = [letter for _, letter in site.dead_letters.read("0", 100)]
    assert [each.code for each in letters].count("log.full") == 20
    assert {decode(each.raw).id for each in letters if each.code == "log.full"} == {
        f"e{i}" for i in range(1000, 1020)
    }
    stats = wait_for(lambda: (s := site.stats()).get("refused") == 20 and s)
    assert (stats["refusing"], stats["accepted"], stats["duplicates"]) == (1, 10, 10)
    site.log.trim(500, 1)
    site.publish(event(1000).raw)
    wait_for(lambda: site.log.head() == 1001)
    wait_for(lambda: site.stats()["refusing"] == 0)
    running.end()
    said = [r.message for r in caplog.records if r.message.startswith("The log ")]
    assert [line.split(" ")[2] for line in said] == ["waits:", "goes"]


def test_a_successor_waits_out_the_lock_of_the_dead(
    redis_server: RedisServer, client: Redis, reader: EventReader
) -> None:
    client.set(f"{PREFIX}:lock:intake", "4-dead", px=1500)
    running = Running(redis_server.url, reader)
    wait_for(Site(redis_server.url).listeners)
    running.end()
    assert running.error is None


def test_an_intake_starts_before_its_redis(redis_server: RedisServer, reader: EventReader) -> None:
    redis_server.stop()
    running = Running(redis_server.url, reader)
    redis_server.start()
    site = Site(redis_server.url)
    wait_for(site.listeners)
    site.publish(event(1).raw)
    wait_for(lambda: site.log.head() == 1)
    running.end()


def test_append_in_python(client: Redis, redis_server: RedisServer) -> None:
    """The way in that events.md promises: `append(events)` of `datasource.log`."""
    from datasource.log import append

    body: dict[str, Any] = msgspec.json.decode(event(1).raw)
    body["time"] = "2026-01-05T09:00:00+08:00"
    receipt = append([body, msgspec.json.encode(body), {"id": "x"}], redis_url=redis_server.url)
    assert (receipt.accepted, receipt.duplicates, len(receipt.rejected)) == (1, 1, 1)
    assert RedisLog(client, PREFIX).head() == 1
    again = append([body | {"id": "another"}], redis_url=redis_server.url)
    assert again.accepted == 1
