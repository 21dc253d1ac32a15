"""One subject: its timeline is the ledger's, what belongs to it, what may be done, who sees it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select

from cockpit.clock import HOUR, parse_instant, to_text
from cockpit.errors import CockpitError
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.people_tables import audit
from datasource.database.work_tables import remarks
from datasource.desk.subject_pages import SubjectPages
from datasource.desk.work_questions import Kind, Subject
from tests.desks import OPERATOR, RULES, START, account, life, looking, regions
from tests.lived import Life, flat
from tests.property.small_world import message
from tests.twins import ManualClock

pytestmark = pytest.mark.integration
GRID = "120110001005001"


def opened(folder: Any) -> Database:
    database = open_database("", folder)
    migrate(database)
    return database


def ask(database: Database, now: int, kind: Kind, key: str, who: Any = OPERATOR) -> dict[str, Any]:
    pages = SubjectPages(database, regions(), flat, ManualClock(now), looking(database))
    return pages.page(Subject(who, kind, key))


class Street:
    """A short life by hand: hours after the start."""

    def __init__(self) -> None:
        self.life, self._n = Life(START, regions(), RULES), 0

    def hear(self, hour: float, kind: str, subject: str, data: Any = None, **more: Any) -> None:
        self._n += 1
        at = START + int(hour * HOUR)
        self.life.tick(at - self.life.now)
        told = json.loads(message(self._n, kind, subject, at, more.pop("region", GRID), data))
        self.life.hear(json.dumps({**told, **more}, ensure_ascii=False).encode())


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, int]]:
    """A case that is late, its whistle, one alike beside it, and an alert about a person."""
    street = Street()
    reported = {"category": "0106", "grade": "urgent", "channel": "8890", "lon": 117.3, "lat": 39.1}
    desk = {"source": "/cockpit/commands", "actor": "account-7"}
    street.hear(0, "case.reported", "case/1", reported)
    street.hear(0, "case.reported", "case/2", {**reported, "channel": "patrol"})
    street.hear(1, "case.accepted", "case/1", **desk)
    due = {"due": to_text(START + 6 * HOUR)}
    street.hear(
        2, "case.dispatched", "case/1", {"level": "street", "unit": "街道办", **due}, **desk
    )
    street.hear(3, "case.suspended", "case/1", {"reason": "等待材料"})
    street.hear(4, "case.resumed", "case/1")
    extended = {"due": to_text(START + 9 * HOUR)}
    street.hear(5, "case.extended", "case/1", extended, reason="材料未到", **desk)
    blown = {"kind": "routine", "department": "区住建委", "category": "0106", "case": "1"}
    street.hear(5, "whistle.blown", "whistle/9", blown)
    street.hear(
        6, "person.enrolled", "person/p", {"group": "care", "category": "poor", "level": "high"}
    )
    raised = {"kind": "health", "severity": "warning", "person": "p"}
    street.hear(6, "alert.raised", "alert/3", raised)
    unknown = {"kind": "fire_risk", "severity": "warning", "person": "unknown-to-the-register"}
    street.hear(6, "alert.raised", "alert/4", unknown)
    street.hear(6, "alert.raised", "alert/5", {"kind": "fire_risk", "severity": "warning"})
    street.hear(10, "case.handled", "case/1")
    street.hear(11, "case.closed", "case/1")
    street.hear(12, "case.accepted", "case/1")
    street.hear(12, "source.alive", "/dongli/terminal", region="120110")
    database = opened(tmp_path_factory.mktemp("archive"))
    street.life.archive(database)
    yield database, street.life.now
    database.close()


def instant(hours: float) -> str:
    return to_text(START + int(hours * HOUR))


def test_the_timeline_tells_who_did_what_and_which_deadline_held(
    story: tuple[Database, int],
) -> None:
    page = ask(*story, "case", "1")
    events = page["events"]
    assert [(e["n"], e["type"], e["time"]) for e in events[:3]] == [
        (1, "case.reported", instant(0)),
        (3, "case.accepted", instant(1)),
        (4, "case.dispatched", instant(2)),
    ]
    assert [e["actor"] for e in events[:3]] == ["/dongli/terminal", "account-7", "account-7"]
    # Suspended for an hour, so an hour later; then extended by hand; none once it is closed.
    assert [e["deadline"] for e in events] == [
        None, None, instant(6), None, instant(7), instant(9), instant(9), None, None,
    ]  # fmt: skip
    assert events[5]["reason"] == "材料未到"
    assert [e["refused"] for e in events] == [None] * 8 + ["case.ended"]
    assert (page["row"]["lon"], page["row"]["lat"]) == (117.3, 39.1)
    assert page["row"]["version"] == events[7]["n"]


def test_each_leg_has_its_length_and_whether_it_was_late(story: tuple[Database, int]) -> None:
    legs = ask(*story, "case", "1")["legs"]
    assert [(leg["name"], leg["start"], leg["end"], leg["late"]) for leg in legs] == [
        ("reported", instant(0), instant(1), False),
        ("accepted", instant(1), instant(2), False),
        ("dispatched", instant(2), instant(3), False),
        ("suspended", instant(3), instant(4), False),
        ("dispatched", instant(4), instant(10), True),
        ("handled", instant(10), instant(11), True),
    ]
    running = ask(*story, "whistle", "9")["legs"]
    assert [(leg["name"], leg["start"], leg["end"], leg["late"]) for leg in running] == [
        ("sign", instant(5), None, True)
    ]


def test_what_belongs_together_is_found(story: tuple[Database, int]) -> None:
    related = ask(*story, "case", "1")["related"]
    assert [each["subject"] for each in related] == ["whistle/9", "case/2"]
    assert [each["subject"] for each in ask(*story, "whistle", "9")["related"]] == ["case/1"]
    assert [each["subject"] for each in ask(*story, "alert", "3")["related"]] == ["person/p"]
    assert [each["subject"] for each in ask(*story, "person", "p")["related"]] == ["alert/3"]


def test_remarks_and_what_may_be_done(story: tuple[Database, int]) -> None:
    database, now = story
    note = {"id": "r1", "subject": "case/2", "at": now, "account": "a", "text": "<b>看过</b>"}
    with database.write() as connection:
        connection.execute(insert(remarks), note)
    page = ask(database, now, "case", "2")
    assert page["remarks"] == [
        {"at": to_text(now), "account": "a", "name": "", "text": "<b>看过</b>"}
    ]
    assert {"case.accepted", "case.declined", "remark"} <= set(page["commands"])
    assert ask(database, now, "case", "2", account("leader"))["commands"] == []


def test_whoever_may_not_see_it_is_refused(story: tuple[Database, int]) -> None:
    elsewhere = account("street_director", "120110002")
    mine = account("department", department="区住建委")
    other = account("department", department="区水务局")
    leader = account("leader")
    for who, kind, key in (
        (elsewhere, "case", "1"), (mine, "case", "1"), (other, "whistle", "9"),
        (leader, "person", "p"), (elsewhere, "person", "p"),
    ):  # fmt: skip
        with pytest.raises(CockpitError) as caught:
            ask(*story, kind, key, who)
        assert caught.value.code == "access.refused", (who, kind)
    seen = ask(*story, "whistle", "9", mine)
    assert seen["related"] == []
    assert "whistle.signed" in seen["commands"]
    blind = ask(*story, "alert", "3", leader)
    assert "person" not in json.dumps({**blind, "commands": []})
    with pytest.raises(CockpitError) as caught:
        ask(*story, "case", "77")
    assert caught.value.code == "subject.unknown"


def test_a_look_at_a_person_is_audited(story: tuple[Database, int]) -> None:
    """Also where an alert alone says who it is; but not of an alert about nobody."""
    who = account("community_secretary", GRID[:12])
    looks: list[tuple[Kind, str]] = [
        ("person", "p"),
        ("alert", "3"),
        ("alert", "4"),
        ("alert", "5"),
    ]
    for kind, key in looks:
        ask(*story, kind, key, who)
    told = select(audit.c.what, audit.c.subject).where(audit.c.account == who.id)
    with story[0].read() as connection:
        assert [tuple(row) for row in connection.execute(told.order_by(audit.c.n))] == [
            ("look.person", "person/p"), ("look.person", "alert/3"), ("look.person", "alert/4"),
        ]  # fmt: skip
    ask(*story, "alert", "3", account("leader"))
    with story[0].read() as connection:
        blind = select(audit.c.n).where(audit.c.account == account("leader").id)
        assert connection.execute(blind.where(audit.c.what == "look.person")).first() is None


def test_every_timeline_ends_as_the_district_left_it(tmp_path: Any) -> None:
    """Random lives under changing rules: the fold of one subject's events alone comes to the
    same deadline, version and refusals as the fold of all of them."""
    database, ledgers = opened(tmp_path), life().live.ledgers
    life().archive(database)
    refused = {letter.n for _, letter in life().letters if letter.n}
    checked = 0
    for key in list(ledgers.cases._state.cases)[:60]:
        page = ask(database, life().now, "case", key)
        last = [e for e in page["events"] if e["refused"] is None][-1]
        case = ledgers.cases.record(key)
        runs = case.deadline is not None and case.deadline.left is None and not case.ended
        assert last["deadline"] == (to_text(case.deadline.due) if runs else None)
        taken = {e["n"] for e in page["events"] if e["refused"] is None}
        assert max(taken) == case.version == page["row"]["version"]
        assert {e["n"] for e in page["events"] if e["refused"]} <= refused
        assert not taken & refused
        ends = [leg for leg in page["legs"] if leg["end"] is None]
        assert len(ends) == (not case.ended)
        checked += len(page["events"])
        assert all(parse_instant(e["time"]) for e in page["events"])
    assert checked > 150
    database.close()
