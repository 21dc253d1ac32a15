"""What processes, screens and the log say of themselves, kept in a real Redis."""

import pytest
from redis import Redis

from cockpit.ports import DeadCount, DeadLetter, Process
from cockpit.watching import ConnectedScreen, LogState, ScreenReport
from datasource.dead_letters import RedisDeadLetters
from datasource.log import RedisLog
from datasource.log_gauge import RedisLogGauge
from datasource.screens_board import RedisScreensBoard
from datasource.stats import RedisStats, instance_name
from tests.support import NOW, PREFIX, event, wait_for
from tests.twins import ManualClock

pytestmark = pytest.mark.integration


def stats_of(client: Redis, clock: ManualClock, instance: str) -> RedisStats:
    return RedisStats(client, PREFIX, clock, "b1", instance)


def test_every_process_is_seen_and_the_active_one_answers_for_its_role(client: Redis) -> None:
    clock = ManualClock(NOW)
    first, second = stats_of(client, clock, "a-1"), stats_of(client, clock, "a-2")
    assert first.read("projector") == {}
    assert first.all() == []
    first.write("projector", {"seq": 7, "lag_ms": 0.5})
    second.write("projector", {"seq": 6}, "standby")
    clock.advance(5)
    first.write("projector", {"seq": 8})
    assert second.read("projector") == {"seq": 8.0}
    assert second.all() == [
        Process("projector", "a-1", "active", NOW, NOW + 5, "b1", {"seq": 8.0}),
        Process("projector", "a-2", "standby", NOW, NOW, "b1", {"seq": 6.0}),
    ]
    second.write("projector", {"seq": 9})  # takes over: another state, since another instant
    assert [each.since for each in first.all()] == [NOW, NOW + 5]
    assert first.roles() == {"projector"}
    assert instance_name().rpartition("-")[2].isdigit()


def test_a_process_that_says_nothing_is_forgotten_but_not_its_role(client: Redis) -> None:
    stats = stats_of(client, ManualClock(NOW), "a-1")
    stats.write("query", {"open": 1})
    assert 0 < client.ttl(f"{PREFIX}:stats:query:a-1") <= 15
    client.delete(f"{PREFIX}:stats:query:a-1")  # as when its time has run out
    assert stats.all() == []
    assert client.smembers(f"{PREFIX}:stats") == set()
    assert (stats.read("query"), stats.roles()) == ({}, {"query"})


def test_the_board_shows_the_screens_of_every_server(client: Redis) -> None:
    report = ScreenReport(NOW, 7, 40, "live", "b1", 1920, 1080)
    mine = [ConnectedScreen(f"{n}/wall", NOW, 5, 1, report) for n in range(2000)]
    board, other = (
        RedisScreensBoard(client, PREFIX, "a-1"),
        RedisScreensBoard(client, PREFIX, "a-2"),
    )
    assert board.all() == {}
    board.write(mine)
    other.write([ConnectedScreen("120110/wall", NOW, 0, 0)])
    assert board.all() == {"a-1": mine, "a-2": [ConnectedScreen("120110/wall", NOW, 0, 0)]}
    assert 0 < client.ttl(f"{PREFIX}:screens:a-1") <= 15
    assert client.strlen(f"{PREFIX}:screens:a-1") < 30_000
    client.delete(f"{PREFIX}:screens:a-1")
    assert list(board.all()) == ["a-2"]


def test_the_log_is_measured(client: Redis) -> None:
    log, gauge = RedisLog(client, PREFIX), RedisLogGauge(client, PREFIX)
    assert gauge.read().length == 0
    log.append([event(n) for n in range(1, 6)], NOW)
    client.xtrim(f"{PREFIX}:log", minid="3-0", approximate=False)
    state = gauge.read()
    assert state == LogState(3, 3, 5, state.memory, 0)
    assert state.memory > 100_000


def test_dead_letters_are_counted_by_code(client: Redis) -> None:
    letters = RedisDeadLetters(client, PREFIX)
    assert letters.counts() == []
    bad = [DeadLetter(b"{}", "type.unknown", "x", NOW + 1_000 * n) for n in range(3)]
    letters.put([*bad, DeadLetter(b"{}", "case.ended", "x", NOW, n=4)], "once")
    letters.put([*bad, DeadLetter(b"{}", "case.ended", "x", NOW, n=4)], "once")
    letters.put([DeadLetter(b"{}", "case.ended", "x", NOW + 9_000, n=5)])
    wait_for(letters.counts)
    assert letters.counts() == [
        DeadCount("case.ended", 2, NOW + 9_000),
        DeadCount("type.unknown", 3, NOW + 2_000),
    ]
