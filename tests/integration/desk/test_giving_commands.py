"""Commands on a real log and a real database: done once or not at all, and whoever asks hears
which."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from cockpit.clock import DAY, HOUR, to_text
from cockpit.domain.access import Account, Role
from cockpit.errors import CockpitError
from datasource.desk.work_questions import Give
from tests.support import RedisServer
from tests.working import GRID, OTHER_GRID, OTHER_STREET, REPORTED, STREET, Work

pytestmark = pytest.mark.integration


def account(role: Role, region: str = STREET, department: str = "", name: str = "") -> Account:
    return Account(name or f"{role}-1", role, region, department)


DIRECTOR = account("street_director")
OPERATOR = account("street_operator")
DISTRICT = account("operator", "120110")


def begun(url: str, folder: Path, client: Redis) -> Iterator[Work]:
    work = Work(url, folder, client)
    work.tell("case.reported", "case/1", REPORTED)
    work.tell("case.reported", "case/2", REPORTED)
    work.archive()
    yield work
    work.close()


@pytest.fixture
def work(tmp_path: Path, client: Redis) -> Iterator[Work]:
    """On SQLite, which is quicker to begin."""
    yield from begun("", tmp_path, client)


@pytest.fixture
def on_both(database_url: str, tmp_path: Path, client: Redis) -> Iterator[Work]:
    """On SQLite and on PostgreSQL."""
    yield from begun(database_url, tmp_path, client)


def test_a_case_goes_its_way_by_commands(work: Work) -> None:
    for name, data in (
        ("case.accepted", {}),
        ("case.filed", {}),
        ("case.dispatched", {}),
        ("case.handling", {}),
        ("case.handled", {}),
        ("case.verified", {"passed": False}),
        ("case.handled", {}),
        ("case.verified", {"passed": True}),
        ("case.closed", {}),
    ):
        work.does(OPERATOR, name, "case/1", data=data)
    row = work.row("case", "1")
    assert (row["ended"], row["checks_failed"], row["level"]) == ("closed", 1, "grid")
    assert row["unit"] == work.site.regions.get(GRID).name  # by the duty lists: its own grid
    events = work.events()[2:]
    assert {each["actor"] for each in events} == {OPERATOR.id}
    assert {each["source"] for each in events} == {"/cockpit/commands"}
    with work.database.read() as connection:
        said = connection.exec_driver_sql("SELECT what, outcome, address FROM audit ORDER BY n")
        rows = [tuple(row) for row in said]
    assert rows[:2] == [
        ("command case.accepted", "asked", "127.0.0.1"),
        ("command case.accepted", "done, n 3", "127.0.0.1"),
    ]
    work.audit.verify()


def test_of_two_at_once_one_wins_and_the_other_hears_who(work: Work) -> None:
    first = work.command("case.accepted", "case/1")
    second = work.command("case.declined", "case/1", reason="不属受理范围")
    assert work.give(OPERATOR, first) == [{"id": first.id, "n": 3, "subject": "case/1"}]
    for _ in range(2):  # by the log, then by the archive
        error = work.give(DIRECTOR, second)[0]["error"]
        assert (error["code"], error["what"]) == ("command.conflict", "case.accepted")
        assert (error["account"], error["n"]) == (OPERATOR.id, 3)
        assert work.site.log.head() == 3
        work.archive()


def test_the_same_command_again_is_done_once_and_answers_the_same(on_both: Work) -> None:
    work = on_both
    command = work.command("case.accepted", "case/1")
    done = work.give(OPERATOR, command)
    assert work.give(OPERATOR, command) == done  # known to the log
    work.archive()
    assert work.give(OPERATOR, command) == done  # known to the archive
    work.does(OPERATOR, "case.filed", "case/1")
    work.start()
    assert work.give(OPERATOR, command) == done  # and after others
    assert work.site.log.head() == 4
    # Another's, replayed: the gate lets it through, but it is not the same command.
    assert work.give(DIRECTOR, command)[0]["error"]["code"] == "command.reused"
    other = work.command("case.accepted", "case/2", id=command.id)
    assert work.give(OPERATOR, other)[0]["error"]["code"] == "command.reused"


def test_an_event_of_somebody_else_with_a_commands_id_is_another_event(work: Work) -> None:
    """An id is unique within its source; who knows a command's id can neither keep it from being
    done nor make it seem done."""
    before, after = (work.command("case.accepted", f"case/{n}") for n in (1, 2))
    work.tell("source.alive", "/test", region="120110", id=before.id)
    work.archive()
    done = work.give(OPERATOR, before)
    assert done[0]["n"] == work.site.log.head()
    taken = work.give(OPERATOR, after)
    work.tell("source.alive", "/test", region="120110", id=after.id)
    for _ in range(2):
        assert work.give(OPERATOR, before, after) == done + taken
        work.archive()


def test_who_may_not_is_refused(work: Work) -> None:
    elsewhere = account("street_director", OTHER_STREET)
    assert work.refused(elsewhere, "case.accepted", "case/1") == "access.refused"
    assert work.refused(account("leader", "120110"), "case.accepted", "case/1") == "access.refused"
    assert work.refused(OPERATOR, "case.cancelled", "case/1", reason="重复") == "access.refused"
    for level, code in ((2, ""), (3, "access.refused")):
        data = {"data": {"level": level}}
        if code:
            assert work.refused(DIRECTOR, "case.supervised", "case/1", **data) == code
        else:
            work.does(DIRECTOR, "case.supervised", "case/1", **data)
    work.does(DISTRICT, "case.supervised", "case/1", data={"level": 4})
    assert work.refused(DISTRICT, "case.supervised", "case/1", data={"level": 4}) == "command.state"


def test_a_department_answers_its_own_whistles_only(work: Work) -> None:
    city, water = "区城管委", "区水务局"
    mine = account("department", "120110", city, "city-1")
    theirs = account("department", "120110", water, "water-1")
    blown = {"kind": "routine", "department": city, "category": "0101", "case": "1"}
    command = work.command("whistle.blown", "whistle/", data=blown)
    subject = work.give(DIRECTOR, command)[0]["subject"]
    assert work.give(DIRECTOR, command)[0]["subject"] == subject  # the same key again
    with work.database.read() as connection:
        said = connection.exec_driver_sql("SELECT subject FROM audit ORDER BY n").scalars()
        assert list(said) == ["whistle/", subject] * 2
    work.archive()
    assert work.row("whistle", subject.partition("/")[2])["region"] == STREET
    assert work.refused(theirs, "whistle.signed", subject) == "access.refused"
    assert work.refused(mine, "case.accepted", "case/1") == "access.refused"
    work.does(mine, "whistle.refused", subject, reason="不属本部门职责")
    work.does(DISTRICT, "whistle.reassigned", subject, data={"department": water}, reason="水务")
    assert work.refused(mine, "whistle.signed", subject) == "access.refused"
    for name in ("whistle.signed", "whistle.arrived", "whistle.resolved"):
        work.does(theirs, name, subject)
    work.does(DIRECTOR, "whistle.confirmed", subject)
    work.does(DIRECTOR, "whistle.rated", subject, data={"score": 4})
    work.does(theirs, "whistle.rated", subject, data={"score": 2})
    row = work.row("whistle", subject.partition("/")[2])
    assert (row["street_score"], row["department_score"]) == (4, 2)


def test_what_cannot_be_is_refused_with_a_clear_code(work: Work) -> None:
    def code(name: str, subject: str = "case/1", **more: object) -> str:
        return work.refused(OPERATOR, name, subject, **more)

    assert code("case.closed") == "command.state"
    assert code("case.declined") == "command.reason"
    assert code("case.declined", reason="联系13800138000") == "privacy.personal_value"
    assert code("case.declined", reason="电话 138 0013 8000") == "privacy.personal_value"
    assert code("case.declined", reason="x" * 201) == "text.length"
    assert code("case.accepted", subject="case/none", expected=1) == "subject.unknown"
    assert code("case.accepted", subject="alert/1", expected=1) == "subject.unknown"
    assert code("case.exploded") == "command.unknown"
    assert code("case.accepted", id="13800138000") == "command.invalid"
    assert code("case.accepted", id="a/../../b") == "command.invalid"
    assert code("case.accepted", data={"actor": "somebody"}) == "data.invalid"
    assert code("case.accepted", expected=99) == "command.behind"
    dispatched = {"level": "street", "unit": "<script>", "due": to_text(work.clock.now() + HOUR)}
    assert code("case.dispatched", data=dispatched) == "data.invalid"
    past = {"level": "street", "unit": "综合执法大队", "due": to_text(work.clock.now() - HOUR)}
    assert code("case.dispatched", data=past) == "command.due"
    assert code("whistle.blown", subject="whistle/", region="120110") == "region.level"
    assert code("remark", data={"text": "身份证 11010119900307391X"}) == "privacy.personal_value"
    with pytest.raises(CockpitError, match="1 to 100"):
        work.give(OPERATOR)


def test_many_at_once_are_answered_one_by_one(work: Work) -> None:
    work.tell("case.reported", "case/3", REPORTED, OTHER_GRID)
    work.archive()
    commands = [work.command("case.accepted", f"case/{key}") for key in (1, 2, 3)]
    again = work.command("case.accepted", "case/1")
    single = work.command("case.declined", "case/2", reason="重复")
    results = work.give(OPERATOR, *commands, again, single)
    codes = [result.get("error", {}).get("code") for result in results]
    assert codes == [None, None, "access.refused", "command.conflict", "command.not_bulk"]


def test_alerts_persons_and_workers(on_both: Work) -> None:
    work = on_both
    work.tell(
        "person.enrolled", "person/p1", {"group": "care", "category": "child", "level": "key"}
    )
    raised = {"kind": "health", "severity": "warning", "person": "p1"}
    work.tell("alert.raised", "alert/a1", raised)
    work.archive()
    until = to_text(work.clock.now() + DAY)
    shelve = work.command("alert.shelved", "alert/a1", data={"until": until}, reason="已联系社区")
    for _ in range(2):
        assert "n" in work.give(OPERATOR, shelve)[0]
    remark = work.command("remark", "alert/a1", data={"text": "<b>老人</b>\n已送医"})
    for _ in range(2):
        assert "n" in work.give(OPERATOR, remark)[0]
    assert work.give(DIRECTOR, remark)[0]["error"]["code"] == "command.reused"
    with work.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT text FROM remarks").scalars().all()
        assert kept == ["<b>老人</b>\n已送医"]
        assert connection.exec_driver_sql("SELECT count(*) FROM shelvings").scalar() == 1
    work.does(OPERATOR, "alert.acknowledged", "alert/a1")
    work.does(OPERATOR, "alert.cleared", "alert/a1")
    assert [e["data"] for e in work.events()[-2:]] == [{"by": OPERATOR.id}] * 2
    assert work.refused(OPERATOR, "alert.acknowledged", "alert/a1") == "command.state"
    work.does(OPERATOR, "visit.made", "person/p1", data={"result": "well"})
    leave = {"from": to_text(work.clock.now()), "to": to_text(work.clock.now() + DAY)}
    result = work.does(
        OPERATOR, "worker.excused", "worker/", region=GRID, data=leave, reason="病假"
    )
    assert result["subject"] == f"worker/w-{GRID}"
    assert work.refused(
        account("street_director", OTHER_STREET), "worker.excused", "worker/",
        region=GRID, data=leave, reason="病假",
    ) == "access.refused"  # fmt: skip


def test_with_redis_away_the_command_is_done_or_not_but_never_both(
    work: Work, redis_server: RedisServer
) -> None:
    commands = [work.command("case.accepted", f"case/{key}") for key in (1, 2)]
    redis_server.kill()
    results = work.give(OPERATOR, *commands)
    assert [each["error"]["code"] for each in results] == ["command.unsure"] * 2
    redis_server.start()
    done = work.give(OPERATOR, *commands)
    assert [each["n"] for each in done] == [3, 4]
    assert work.give(OPERATOR, *commands) == done


def test_a_log_that_is_not_the_archives_takes_no_command(work: Work, client: Redis) -> None:
    """Redis came back with less: numbers are given out again, and the rows are of others."""
    command = work.command("case.accepted", "case/1")
    client.delete(f"{work.site.prefix}:log")
    assert work.give(OPERATOR, command)[0]["error"]["code"] == "command.behind"
    for number in range(3):
        work.tell("case.reported", f"case/new{number}", REPORTED)
    assert work.give(OPERATOR, command)[0]["error"]["code"] == "command.behind"
    assert work.site.mend_log()
    work.archive()
    assert "n" in work.give(OPERATOR, command)[0]


def test_a_stranger_cannot_ask_for_others(work: Work) -> None:
    """A department's account sees the gate, not whether something exists in another's street."""
    nobody = account("department", "120110", "区水务局")
    question = Give(nobody, [work.command("remark", "case/1", data={"text": "hm"})], language="zh")
    answer = work.answers.answer(question).decode()
    assert "access.refused" in answer
    assert "无权" in answer
