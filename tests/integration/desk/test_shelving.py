"""Shelving an alert: each time is kept, nobody overwrites another unseen, and all is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from cockpit.clock import DAY, HOUR, SECOND, to_text
from cockpit.domain.access import Account
from datasource.desk.looking import Looking
from datasource.desk.subject_pages import SubjectPages
from datasource.desk.work_questions import Command, Subject
from datasource.site import geography_of
from tests.working import RULES, STREET, Work

pytestmark = pytest.mark.integration
DIRECTOR = Account("director-1", "street_director", STREET)
OPERATOR = Account("operator-1", "street_operator", STREET)


@pytest.fixture
def work(database_url: str, tmp_path: Path, client: Redis) -> Iterator[Work]:
    """A site with an alert."""
    work = Work(database_url, tmp_path, client)
    work.tell("alert.raised", "alert/a1", {"kind": "health", "severity": "warning"})
    work.archive()
    work.site.archive.adopt_rules(RULES, 1)
    yield work
    work.close()


def page(work: Work, key: str) -> Any:
    desk = SubjectPages(
        work.database, work.site.regions, geography_of, work.clock,
        Looking(work.site.regions, work.audit),
    )  # fmt: skip
    return desk.page(Subject(OPERATOR, "alert", key))


def test_who_shelved_an_alert_until_when_and_why_stays_in_its_timeline(work: Work) -> None:

    def shelve(hours: int, after: int, reason: str) -> Command:
        until = to_text(work.clock.now() + hours * HOUR)
        data = {"until": until, "after": after}
        return work.command("alert.shelved", "alert/a1", data=data, reason=reason)

    # The answer to the first is lost; somebody shelves anew before it is asked for again.
    lost, anew = shelve(4, 0, "已联系社区"), shelve(24, 1, "家属外出")
    for who, each in ((OPERATOR, lost), (DIRECTOR, anew), (OPERATOR, lost)):
        assert "n" in work.give(who, each)[0]
    assert page(work, "a1")["row"]["shelved_until"] == anew.data["until"]
    refused = work.give(OPERATOR, shelve(1, 1, "未见更新"))[0]["error"]
    assert (refused["code"], refused["account"], refused["what"]) == (
        "command.conflict", DIRECTOR.id, "alert.shelved",
    )  # fmt: skip
    assert work.refused(OPERATOR, "alert.shelved", "alert/a1", reason="编号不存在",
                        data={**anew.data, "after": 7}) == "command.conflict"  # fmt: skip
    assert work.give(DIRECTOR, lost)[0]["error"]["code"] == "command.reused"
    work.clock.advance(DAY)  # both are over
    work.does(OPERATOR, "alert.acknowledged", "alert/a1")
    shown = page(work, "a1")
    assert (shown["row"]["shelved_until"], shown["row"]["shelvings"]) == (None, 2)
    assert [
        (e["type"], e["actor"], e["data"].get("until"), e["reason"]) for e in shown["events"][1:]
    ] == [
        ("alert.shelved", OPERATOR.id, lost.data["until"], "已联系社区"),
        ("alert.shelved", DIRECTOR.id, anew.data["until"], "家属外出"),
        ("alert.acknowledged", OPERATOR.id, None, ""),
    ]
    # It is asked for once more long after, and has been done.
    assert "n" in work.give(OPERATOR, lost)[0]


def test_what_is_shelved_stands_as_it_was_seen_and_for_some_days_at_most(work: Work) -> None:
    seen = work.row("alert", "a1")["version"]
    data = {"until": to_text(work.clock.now() + DAY)}
    work.does(DIRECTOR, "alert.acknowledged", "alert/a1")
    late = {"data": data, "reason": "已联系", "expected": seen}
    assert work.refused(OPERATOR, "alert.shelved", "alert/a1", **late) == "command.conflict"
    assert "n" in work.give(
        OPERATOR, work.command("remark", "alert/a1", data={"text": "已送医"}, expected=seen)
    )[0]  # fmt: skip
    for days, micros, code in ((7, 1, "command.until"), (0, 0, "command.due")):
        until = to_text(work.clock.now() + days * DAY + micros * SECOND)
        given = {"data": {"until": until}, "reason": "已联系"}
        assert work.refused(OPERATOR, "alert.shelved", "alert/a1", **given) == code
    work.does(OPERATOR, "alert.shelved", "alert/a1", reason="已联系",
              data={"until": to_text(work.clock.now() + 7 * DAY)})  # fmt: skip
