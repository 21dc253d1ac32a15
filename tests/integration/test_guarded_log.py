"""Appending on a condition, on a real Redis: who was first is found however it was written."""

import json

import pytest
from redis import Redis

from cockpit.domain.events import Event, decode
from cockpit.errors import CockpitError
from cockpit.ports import Entry
from datasource.guarded_log import MOST_BEHIND, GuardedLog, mentions
from datasource.log import RedisLog
from tests.support import NOW, PREFIX, RedisServer, event

pytestmark = pytest.mark.integration


def about(subject: str, identity: str = "x", how: str = "") -> Event:
    message = json.dumps(
        {
            "specversion": "1.0", "id": identity, "source": "/test", "type": "case.accepted",
            "subject": subject, "time": "2026-11-23T15:00:00+08:00", "region": "120110",
        },
        ensure_ascii=how == "escaped",
    )  # fmt: skip
    return decode((message.replace("/", "\\/") if how == "slashes" else message).encode())


@pytest.fixture
def log(client: Redis) -> RedisLog:
    return RedisLog(client, PREFIX)


@pytest.fixture
def guarded(client: Redis) -> GuardedLog:
    return GuardedLog(client, PREFIX)


@pytest.mark.parametrize("how", ["", "escaped", "slashes"])
@pytest.mark.parametrize("subject", ["case/7", "case/案7"])
def test_a_newer_entry_about_the_subject_was_first(
    log: RedisLog, guarded: GuardedLog, subject: str, how: str
) -> None:
    log.append([event(1), about(subject + "7")], NOW)
    seen = guarded.entry(2)
    log.append([event(3)], NOW)
    assert guarded.append(about(subject, "a"), NOW, seen, subject).outcome == "done"
    log.append([about(subject, "b", how)], NOW + 5)
    late = guarded.append(about(subject, "c"), NOW, seen, subject)
    assert (late.outcome, late.n) == ("met", 4)
    seen = guarded.entry(4)
    first = guarded.append(about(subject, "c"), NOW, seen, subject).first
    assert first is not None
    assert (first.n, first.received, decode(first.raw).id) == (5, NOW + 5, "b")
    assert log.head() == 5
    # An event that is new needs no look.
    assert guarded.append(about(subject, "d"), NOW, seen, None).n == 6


def test_the_same_event_is_known_with_its_number(log: RedisLog, guarded: GuardedLog) -> None:
    log.append([event(1)], NOW)
    for outcome in ("done", "known"):
        kept = guarded.append(about("case/7"), NOW, guarded.entry(1), "case/7")
        assert (kept.outcome, kept.n) == (outcome, 2)
    assert log.append([about("case/7")], NOW).duplicates == 1
    log.append([about("case/8", "plain")], NOW)
    known = guarded.append(about("case/8", "plain"), NOW, guarded.entry(1), "case/8")
    assert (known.outcome, known.n) == ("known", 0)  # marked without its number


def test_what_stands_on_another_log_or_lags_far_behind_is_not_kept(
    log: RedisLog, guarded: GuardedLog, client: Redis
) -> None:
    log.append([event(n) for n in range(MOST_BEHIND + 2)], NOW)

    def outcome(seen: Entry | None) -> str:
        return guarded.append(about("case/x"), NOW, seen, "case/x").outcome

    seen = guarded.entry(2)
    assert seen is not None
    assert outcome(guarded.entry(1)) == outcome(None) == "behind"
    assert outcome(Entry(2, seen.received, b"another")) == "behind"
    assert outcome(Entry(2, seen.received + 1, seen.raw)) == "behind"
    assert outcome(Entry(MOST_BEHIND + 9, NOW, seen.raw)) == "behind"
    full = GuardedLog(client, PREFIX, limit=MOST_BEHIND)
    assert full.append(about("case/x"), NOW, seen, "case/x").outcome == "full"
    log.trim(5, 1)
    assert outcome(seen) == "behind"  # trimmed away: it cannot be compared
    assert outcome(guarded.entry(6)) == "done"


def test_redis_away(guarded: GuardedLog, redis_server: RedisServer) -> None:
    redis_server.kill()
    with pytest.raises(CockpitError, match="does not answer"):
        guarded.append(about("case/x"), NOW, None, "case/x")


def test_how_a_text_may_say_a_subject() -> None:
    assert mentions("case/7") == [b'"case/7"', b'"case\\/7"']
    assert len(mentions("case/案")) == 4
