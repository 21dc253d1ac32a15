"""The log and the dead letters on a real Redis: no number twice, none missing, nothing lost."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from redis import Redis

from cockpit.clock import SECOND
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.events import Event, decode
from cockpit.errors import CockpitError
from cockpit.ports import Appended, DeadLetter, DeadLetters, Entry, Log
from datasource.dead_letters import RedisDeadLetters
from datasource.log import RedisLog
from datasource.redis_client import connect
from tests.support import NOW, PREFIX, RedisServer, event, wait_for
from tests.twins import MemoryDeadLetters, MemoryLog

pytestmark = pytest.mark.integration


def everything(log: Log) -> list[Entry]:
    entries: list[Entry] = []
    while found := log.read(entries[-1].n if entries else 0, 1000, 0):
        entries += found
    return entries


@pytest.fixture(params=["redis", "twin"])
def log(request: pytest.FixtureRequest) -> Log:
    if request.param == "twin":
        return MemoryLog()
    return RedisLog(request.getfixturevalue("client"), PREFIX)


@pytest.fixture(params=["redis", "twin"])
def dead_letters(request: pytest.FixtureRequest) -> DeadLetters:
    if request.param == "twin":
        return MemoryDeadLetters()
    return RedisDeadLetters(request.getfixturevalue("client"), PREFIX)


def test_an_empty_log(log: Log) -> None:
    assert (log.head(), log.last_received(), log.read(0, 10, 0)) == (0, None, [])
    assert log.append([], NOW).last == 0


def test_events_are_numbered_without_holes(log: Log) -> None:
    assert log.append([event(1), event(2)], NOW) == Appended(2, 0, 2)
    appended = log.append([event(i) for i in range(3, 1300)], NOW + 1)
    assert (appended.accepted, appended.duplicates, appended.last) == (1297, 0, 1299)
    entries = everything(log)
    assert [e.n for e in entries] == list(range(1, 1300))
    assert [decode(e.raw).id for e in entries] == [f"e{i}" for i in range(1, 1300)]
    assert entries[0] == Entry(1, NOW, event(1).raw)
    assert (log.head(), log.last_received()) == (1299, NOW + 1)


def test_a_duplicate_is_counted_and_kept_once(log: Log) -> None:
    log.append([event(1)], NOW)
    again = log.append([event(1), event(2), event(2), event(1, "/dongli/8890")], NOW + SECOND)
    assert (again.accepted, again.duplicates, again.last) == (2, 2, 3)
    assert len(everything(log)) == 3


def test_the_instant_of_receipt_never_goes_back(log: Log) -> None:
    log.append([event(1)], NOW)
    log.append([event(2)], NOW - 5 * SECOND)
    log.append([event(3)], NOW + 1)
    assert [e.received for e in everything(log)] == [NOW, NOW, NOW + 1]


def test_an_epoch_lasts_until_it_is_ended(log: Log) -> None:
    first = log.epoch()
    assert log.epoch() == first
    log.end_epoch("another")
    assert log.epoch() == first
    log.end_epoch(first)
    assert log.epoch() != first


def test_reading_waits_for_the_first_entry(client: Redis, redis_server: RedisServer) -> None:
    log = RedisLog(client, PREFIX)
    writer = RedisLog(connect(redis_server.url), PREFIX)
    found: list[Entry] = []

    def read() -> None:
        while not found:
            found.extend(log.read(0, 10, 500))

    reader = threading.Thread(target=read)
    reader.start()
    writer.append([event(1)], NOW)
    reader.join(60)
    assert [e.n for e in found] == [1]


def test_the_head_is_announced(client: Redis) -> None:
    with client.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(f"{PREFIX}:log")
        wait_for(lambda: client.pubsub_numsub(f"{PREFIX}:log")[0][1] == 1)
        log = RedisLog(client, PREFIX)
        log.append([event(1), event(2)], NOW)
        log.append([event(1)], NOW)
        log.append([event(3)], NOW)
        told = [wait_for(lambda: pubsub.get_message(timeout=0.1))["data"] for _ in range(2)]
    assert told == [b"2", b"3"]


def test_the_stream_holds_what_the_contract_says(client: Redis) -> None:
    RedisLog(client, PREFIX).append([event(1)], NOW)
    found: Any = client.xrange(f"{PREFIX}:log")
    assert found == [(b"1-0", {b"e": event(1).raw, b"at": str(NOW).encode()})]


def test_a_forgotten_script_is_sent_again(client: Redis) -> None:
    log = RedisLog(client, PREFIX)
    log.append([event(1)], NOW)
    client.script_flush()
    assert log.append([event(2)], NOW).last == 2
    client.script_flush()
    assert log.append([event(i) for i in range(3, 900)], NOW).last == 899


def test_marks_are_forgotten_after_two_days(client: Redis) -> None:
    RedisLog(client, PREFIX).append([event(1)], NOW)
    (mark,) = client.keys(f"{PREFIX}:seen:*")
    assert 47 * 3600 < client.ttl(mark) <= 48 * 3600


@pytest.mark.parametrize("flushed", [False, True])
def test_a_reader_is_told_when_numbers_were_used_again(client: Redis, flushed: bool) -> None:
    log = RedisLog(client, PREFIX)
    log.append([event(1), event(2)], NOW)
    assert len(log.read(0, 10, 0)) == 2
    assert log.read(2, 10, 0) == []
    client.flushall() if flushed else client.delete(f"{PREFIX}:log")
    log.append([event(i) for i in range(11, 15)], NOW + 1)
    with pytest.raises(CockpitError) as caught:
        log.read(2, 10, 0)
    assert caught.value.code == "log.changed"
    assert [e.n for e in log.read(0, 10, 0)] == [1, 2, 3, 4]


@pytest.fixture(params=["redis", "twin"])
def small_log(request: pytest.FixtureRequest) -> Log:
    """A log that may hold twenty entries."""
    if request.param == "twin":
        return MemoryLog(20)
    return RedisLog(request.getfixturevalue("client"), PREFIX, 20)


def test_trimming_leaves_a_tail_and_always_the_last(log: Log) -> None:
    assert (log.first(), log.length(), log.trim(5, 1)) == (0, 0, 0)
    log.append([event(i) for i in range(30)], NOW)
    assert log.trim(10, 5) == 10
    assert (log.first(), log.length(), log.head()) == (11, 20, 30)
    assert log.trim(10, 5) == 0
    assert [e.n for e in log.read(0, 3, 0)] == [11, 12, 13]  # begins with what is left
    assert log.trim(100, 5) == 15
    assert log.trim(100, 0) == 4
    assert (log.first(), log.length(), log.last_received()) == (30, 1, NOW)
    assert log.append([event(99), event(3)], NOW) == Appended(1, 1, 31)


def test_much_is_trimmed_in_pieces(client: Redis) -> None:
    log = RedisLog(client, PREFIX)
    for start in range(0, 25_000, 5000):
        log.append([event(i) for i in range(start, start + 5000)], NOW)
    assert log.trim(24_000, 100) == 24_000
    assert log.first() == 24_001


def test_a_trimmed_log_is_no_other_log(log: Log) -> None:
    log.append([event(i) for i in range(30)], NOW)
    assert log.read(0, 10, 0)[-1].n == 10
    log.trim(20, 1)
    assert [e.n for e in log.read(10, 100, 0)] == list(range(21, 31))
    log.trim(29, 1)
    assert [e.n for e in log.read(30, 100, 0)] == []


@pytest.mark.parametrize("left", [0, 5, 9])
def test_a_log_that_lost_its_tail_is_another(client: Redis, left: int) -> None:
    log = RedisLog(client, PREFIX)
    log.append([event(i) for i in range(10)], NOW)
    log.read(0, 10, 0)
    client.xtrim(f"{PREFIX}:log", 0)
    client.delete(f"{PREFIX}:log")
    if left:
        log.append([event(i) for i in range(100, 100 + left)], NOW)
    with pytest.raises(CockpitError) as caught:
        log.read(10, 10, 0)
    assert caught.value.code == "log.changed"


def test_a_full_log_refuses_what_is_new(small_log: Log) -> None:
    small_log.append([event(i) for i in range(18)], NOW)
    with pytest.raises(CockpitError) as caught:
        small_log.append([event(i) for i in range(16, 21)], NOW)
    assert (caught.value.code, caught.value.facts["limit"]) == ("log.full", 20)
    assert small_log.length() == 18
    assert small_log.append([event(i) for i in range(5, 20)], NOW) == Appended(2, 13, 20)
    assert small_log.append([event(i) for i in range(20)], NOW) == Appended(0, 20, 20)
    with pytest.raises(CockpitError):
        small_log.append([event(20)], NOW)
    small_log.trim(10, 1)
    assert small_log.append([event(20)], NOW) == Appended(1, 0, 21)


def test_a_long_batch_may_be_kept_in_part_and_is_repeated(client: Redis) -> None:
    log = RedisLog(client, PREFIX, 600)
    events = [event(i) for i in range(1000)]
    with pytest.raises(CockpitError):
        log.append(events, NOW)
    assert log.length() <= 600
    log.trim(log.head(), 1)
    appended = log.append(events, NOW)
    assert (appended.accepted + appended.duplicates, appended.last) == (1000, 1000)


def test_a_full_redis_refuses_and_keeps_nothing(client: Redis) -> None:
    log = RedisLog(client, PREFIX)
    log.append([event(1)], NOW)
    client.config_set("maxmemory", "1")
    with pytest.raises(CockpitError) as caught:
        log.append([event(2)], NOW)
    assert caught.value.code == "redis.refused"
    client.config_set("maxmemory", "0")
    assert log.append([event(2)], NOW).accepted == 1


def test_an_unreachable_redis_is_told_without_its_password(redis_server: RedisServer) -> None:
    redis_server.stop()
    url = redis_server.url.replace("//", "//user:secret@")
    with pytest.raises(CockpitError) as caught:
        RedisLog(connect(url), PREFIX).append([event(1)], NOW)
    assert caught.value.code == "redis.unreachable"
    assert str(redis_server.port) in str(caught.value)
    assert "secret" not in str(caught.value)


def repeat_until_kept(call: Callable[[], Any]) -> None:
    wait_for(lambda: (call(), True)[1])


def test_kill_9_loses_and_doubles_nothing(redis_server: RedisServer) -> None:
    """Several writers append while Redis is killed again and again; each repeats until its call
    answers, as intake and API do."""
    total, writers, kills = 6000, 3, 4

    def write(first: int) -> None:
        log = RedisLog(connect(redis_server.url), PREFIX)
        for start in range(first, total, writers * 20):
            batch: Sequence[Event] = [
                event(i) for i in range(start, min(total, start + writers * 20), writers)
            ]
            repeat_until_kept(lambda batch=batch: log.append(batch, NOW))

    threads = [threading.Thread(target=write, args=(first,)) for first in range(writers)]
    reader = RedisLog(connect(redis_server.url), PREFIX)
    for thread in threads:
        thread.start()
    for kill in range(1, kills + 1):
        goal = total * kill // (kills + 2)
        wait_for(lambda goal=goal: reader.head() >= goal)
        redis_server.kill()
        redis_server.start()
    for thread in threads:
        thread.join(120)
    entries = everything(RedisLog(connect(redis_server.url), PREFIX))
    assert [e.n for e in entries] == list(range(1, total + 1))
    assert {decode(e.raw).id for e in entries} == {f"e{i}" for i in range(total)}


def test_dead_letters_come_back_in_order(dead_letters: DeadLetters) -> None:
    letters = [DeadLetter(b"x%d" % i, "type.unknown", "why", NOW + i * 1000) for i in range(120)]
    dead_letters.put(letters)
    dead_letters.put([])
    first = dead_letters.read("0", 100)
    assert [letter for _, letter in first] == letters[:100]
    assert [letter for _, letter in dead_letters.read(first[-1][0], 100)] == letters[100:]


def test_a_refusal_is_kept_once(dead_letters: DeadLetters) -> None:
    refusal = DeadLetter(b"{}", "case.unknown", "why", NOW, n=7)
    for _ in range(3):
        dead_letters.put([refusal, DeadLetter(b"{}", "case.ended", "why", NOW, n=8)])
    assert [letter.n for _, letter in dead_letters.read("0", 10)] == [7, 8]


def test_a_repeated_call_keeps_nothing_twice(dead_letters: DeadLetters) -> None:
    letter = DeadLetter(b"?", "message.not_json", "why", NOW)
    dead_letters.put([letter, letter], once="a")
    dead_letters.put([letter, letter], once="a")
    dead_letters.put([letter], once="b")
    dead_letters.put([letter])
    dead_letters.put([letter])
    assert len(dead_letters.read("0", 100)) == 5


def test_dead_letters_are_masked_and_cut(client: Redis) -> None:
    mobile = "138" + "0013" + "8000"
    raw = b"x" * (64 * 1024 - 5) + mobile.encode() + b"tail"
    RedisDeadLetters(client, PREFIX).put(
        [DeadLetter(raw, "message.too_large", f"calls {mobile}", NOW, n=None)]
    )
    found: Any = client.xrange(f"{PREFIX}:dead")
    fields = found[0][1]
    assert set(fields) == {b"e", b"code", b"reason", b"at"}
    assert len(fields[b"e"]) <= 64 * 1024
    assert b"138" not in fields[b"e"]
    assert fields[b"reason"] == b"calls ***"
    assert fields[b"at"] == b"2026-11-23T07:00:00.000Z"


def test_every_type_fits_the_log(log: Log) -> None:
    """The log keeps messages as they are; decoding judges nothing twice."""
    assert len(EVENT_TYPES) > 30
    raw = event(1).raw.replace(b'"case/1"', '"case/一 "'.encode())
    log.append([decode(raw)], NOW)
    assert everything(log)[0].raw == raw
