"""What is late raises itself, once, also over restarts and beside people who act."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from cockpit.clock import DAY, HOUR, MINUTE, SECOND
from cockpit.domain.access import Account
from cockpit.domain.events import ESCALATION
from datasource.desk.escalation import Escalation
from tests.support import NOW
from tests.working import REPORTED, STREET, Work

pytestmark = pytest.mark.integration
OPERATOR = Account("operator-1", "operator", "120110")
# Natural time, 24 hours.
GENERAL = {**REPORTED, "category": "0201", "grade": "general"}
DISPATCHED = {"level": "street", "unit": "城市管理办"}


def chore(work: Work) -> Escalation:
    return next(each for each in work.families if isinstance(each, Escalation))


def passes(work: Work, span: int, times: int = 1) -> None:
    """Time passes, and the desk looks so many times, as it does each second."""
    work.clock.advance(span)
    for _ in range(times):
        chore(work).step()  # gives a sign of life, if the archive is not fresh
        work.archive()
        chore(work).step()
    work.archive()


def said(work: Work) -> list[tuple[str, str, int]]:
    return [
        (e["type"], e["subject"], e["data"]["level"])
        for e in work.events()
        if e["source"] == ESCALATION and e["type"] != "source.alive"
    ]


@pytest.fixture
def work(tmp_path: Path, client: Redis) -> Iterator[Work]:
    work = Work("", tmp_path, client)
    yield work
    work.close()


def test_a_case_climbs_the_ladder_once_and_over_restarts(
    database_url: str, tmp_path: Path, client: Redis
) -> None:
    work = Work(database_url, tmp_path, client)
    work.tell("case.reported", "case/1", GENERAL)
    work.tell("case.dispatched", "case/1", DISPATCHED)
    work.archive()
    passes(work, 15 * HOUR)
    assert said(work) == []
    passes(work, 2 * HOUR, 2)
    work.start()
    passes(work, 8 * HOUR, 2)
    passes(work, 25 * HOUR, 2)
    work.start()
    passes(work, DAY, 2)
    supervised = [("case.supervised", "case/1", level) for level in (1, 2, 3)]
    assert said(work) == supervised
    assert work.row("case", "1")["supervised"] == 3
    ids = [e["id"] for e in work.events() if e["type"] == "case.supervised"]
    assert ids[1] == f"case/1-2-{NOW + DAY}"
    work.close()


def test_two_desks_at_once_and_one_that_lags_say_it_once(work: Work) -> None:
    work.tell("case.reported", "case/1", GENERAL)
    work.tell("case.dispatched", "case/1", DISPATCHED)
    work.tell("case.reported", "case/2", GENERAL)
    work.tell("case.dispatched", "case/2", DISPATCHED)
    work.archive()
    passes(work, HOUR)
    first = chore(work)
    work.start()
    second = chore(work)
    work.clock.advance(16 * HOUR)
    first.step()
    work.archive()
    work.tell("case.suspended", "case/2", {"reason": "等待配件"})  # not archived yet
    assert (first.step(), second.step(), first.step()) == (1, 0, 0)
    work.archive()
    assert said(work) == [("case.supervised", "case/1", 1)]
    passes(work, DAY)
    assert said(work)[1:] == [("case.supervised", "case/1", 2)]  # the other one's clock stands


def test_a_case_that_is_returned_and_missed_again(work: Work) -> None:
    work.tell("case.reported", "case/1", GENERAL)
    work.tell("case.dispatched", "case/1", DISPATCHED)
    work.archive()
    passes(work, MINUTE)
    passes(work, 25 * HOUR)
    work.clock.advance(SECOND)
    work.does(OPERATOR, "case.returned", "case/1", reason="责任单位有误")
    work.does(OPERATOR, "case.dispatched", "case/1", data=DISPATCHED)
    passes(work, 25 * HOUR, 2)
    assert [level for *_, level in said(work)] == [2, 3]


def test_whistles_that_are_late(work: Work) -> None:
    blown = {"kind": "emergency", "department": "区水务局", "category": "0402"}
    work.tell("whistle.blown", "whistle/1", blown, STREET)
    work.archive()
    passes(work, MINUTE)
    passes(work, 10 * MINUTE, 2)  # 10 minutes to sign
    work.tell("whistle.signed", "whistle/1", region=STREET)
    work.archive()
    passes(work, 31 * MINUTE, 2)  # 30 to arrive
    other = {"department": "区应急局"}
    work.does(OPERATOR, "whistle.reassigned", "whistle/1", data=other, reason="职责不符")
    passes(work, 11 * MINUTE, 2)  # and late again
    assert [level for *_, level in said(work)] == [1, 2, 3]


def test_a_first_start_does_not_flood(work: Work) -> None:
    """What had been late for long is left to people."""
    work.tell("case.reported", "case/old", GENERAL)
    work.tell("case.reported", "case/new", GENERAL)
    work.tell("case.dispatched", "case/old", DISPATCHED)
    work.clock.advance(5 * HOUR)
    work.tell("case.dispatched", "case/new", DISPATCHED)
    work.archive()
    passes(work, 24 * HOUR + 30 * MINUTE)
    assert said(work) == [("case.supervised", "case/new", 2)]


def test_a_past_that_is_still_being_told_raises_nothing(tmp_path: Path, client: Redis) -> None:
    work = Work("", tmp_path, client, simulate="true")
    work.tell("case.reported", "case/1", GENERAL)
    work.tell("case.dispatched", "case/1", DISPATCHED)
    work.archive()
    passes(work, 25 * HOUR, 3)
    assert len(work.events()) == 2
    command = work.command("case.handling", "case/1")
    assert work.give(OPERATOR, command)[0]["error"]["code"] == "command.behind"
    work.tell("source.alive", "/test", region="120110")
    work.archive()
    assert chore(work).step() == 1
    work.close()


@pytest.mark.parametrize(("setting", "raised"), [("off", False), ("auto", False), ("on", True)])
def test_a_site_at_which_nobody_works_yet_is_left_alone(
    tmp_path: Path, client: Redis, setting: str, raised: bool
) -> None:
    work = Work("", tmp_path, client, escalation=setting)
    chore(work).rest()
    assert bool(work.events()) == raised  # a sign of life
    work.close()
