"""Every role × every command and question × its own, a sibling's and a parent's region, where the
role `desk` decides. The tables say by hand, in letters for roles, what the code says by rights.

A command here names a version that is not the subject's, so that what passes the gate is refused
afterwards: nothing ever happens, and each cell costs nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct
from redis import Redis

from cockpit.domain.access import Account, Role
from cockpit.domain.commands import COMMANDS
from cockpit.errors import CockpitError
from datasource.desk.looking import Looking
from datasource.desk.people_questions import (
    ChangeAccount,
    CreateAccount,
    CreateKey,
    ListAccounts,
    ListDevices,
    ListKeys,
    Pair,
    ReadAudit,
)
from datasource.desk.queues import QueueLists
from datasource.desk.subject_pages import SubjectPages
from datasource.desk.work_questions import (
    Command,
    DutyLists,
    Kind,
    QueueCounts,
    Rows,
    SaveDutyList,
    Subject,
)
from datasource.desk.worker import DeskAnswers
from datasource.redis_client import connect
from datasource.site import geography_of
from tests.people import Desk
from tests.support import RedisServer
from tests.working import GRID, OTHER_GRID, REPORTED, RULES, Work

pytestmark = pytest.mark.integration

DISTRICT, STREET, SIBLING, COMMUNITY = "120110", "120110001", "120110002", "120110001005"
MINE, THEIRS = "区城管委", "区水务局"
LETTERS: dict[str, Role] = {
    "A": "administrator", "O": "operator", "D": "street_director", "S": "street_operator",
    "C": "community_secretary", "L": "leader", "U": "auditor", "P": "department",
}  # fmt: skip
WHO_MAY = {
    "case.accepted": "ODS", "case.declined": "ODS", "case.filed": "ODS", "case.dispatched": "ODS",
    "case.returned": "ODSC", "case.handling": "ODSC", "case.handled": "ODSC",
    "case.verified": "ODS", "case.closed": "ODS", "case.followed_up": "ODS",
    "case.extended": "ODS", "case.suspended": "ODS", "case.resumed": "ODS",
    "case.supervised": "OD", "case.cancelled": "OD",
    "whistle.blown": "ODS", "whistle.confirmed": "ODS", "whistle.withdrawn": "ODS",
    "whistle.signed": "P", "whistle.refused": "P", "whistle.arrived": "P", "whistle.resolved": "P",
    "whistle.rated": "ODSP", "whistle.reassigned": "O", "whistle.extended": "O",
    "whistle.escalated": "O",
    "alert.acknowledged": "ODSC", "alert.cleared": "ODSC", "alert.shelved": "ODSC",
    "visit.made": "ODSC", "worker.excused": "ODSC", "remark": "ODSCP",
}  # fmt: skip


def account(letter: str, region: str) -> Account:
    department = MINE if letter == "P" else ""
    return Account(f"{LETTERS[letter]}-{region}", LETTERS[letter], region, department)


def everybody() -> Iterator[tuple[str, Account, set[str]]]:
    """Letter, account, and the regions that are its own."""
    for letter in LETTERS:
        yield letter, account(letter, DISTRICT), {DISTRICT, STREET, SIBLING, COMMUNITY}
        yield letter, account(letter, STREET), {STREET, COMMUNITY}
        yield letter, account(letter, COMMUNITY), {COMMUNITY}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """One of each kind here and one in the sibling street, on SQLite."""
    folder = tmp_path_factory.mktemp("matrix")
    server = RedisServer(folder).start()
    client = connect(server.url)
    work = Work("", folder, client)
    # A row of the audit for each of some thousand cells would be most of this test's time.
    work.audit.append = lambda *_, **__: None  # type: ignore[method-assign]
    site, looking = work.site, Looking(work.site.regions, work.audit)
    queues = QueueLists(site.database, site.regions, site.clock, looking)
    pages = SubjectPages(site.database, site.regions, geography_of, site.clock, looking)
    work.answers = DeskAnswers([*work.families, queues, pages], work.audit)
    for grid, name in ((GRID, "here"), (OTHER_GRID, "there")):
        blown = {"kind": "routine", "department": MINE, "category": "0101"}
        work.tell("case.reported", f"case/{name}", REPORTED, region=grid)
        work.tell("whistle.blown", f"whistle/{name}", blown, region=grid)
        work.tell("whistle.blown", f"whistle/{name}-2", blown | {"department": THEIRS}, region=grid)
        raised = {"kind": "fire_risk", "severity": "warning"}
        work.tell("alert.raised", f"alert/{name}", raised, region=grid)
        work.tell(
            "person.enrolled",
            f"person/{name}",
            {"group": "care", "category": "poor", "level": "key"},
            region=grid,
        )
    work.archive()
    site.archive.adopt_rules(RULES, 0)
    yield work
    work.close()
    client.close()
    server.stop()


def refused(work: Work, who: Account, name: str, subject: str, region: str) -> bool:
    row = COMMANDS[name]
    data = {"level": 1} if name in {"case.supervised", "whistle.escalated"} else {}
    subject = "whistle/" if name == "whistle.blown" else subject
    command = Command(f"matrix-{name}", name, subject, 10**9, "原因", region, data)
    (result,) = work.give(who, command)
    code = result["error"]["code"] if "error" in result else ""
    assert code or not row.event, (name, result)
    return code == "access.refused"


def test_the_tables_name_every_command() -> None:
    assert set(WHO_MAY) == set(COMMANDS)


@pytest.mark.parametrize("name", WHO_MAY)
def test_a_command_is_its_roles_in_their_own_region(work: Work, name: str) -> None:
    wrong = []
    for kind in COMMANDS[name].subject:
        for letter, who, own in everybody():
            for where, grid, street in (("here", GRID, STREET), ("there", OTHER_GRID, SIBLING)):
                # A street account's own is all of it, a community's what lies in it.
                inside = bool(own & ({street, COMMUNITY} if street == STREET else {street}))
                may = letter in WHO_MAY[name] and inside
                if letter == "P" and kind != "whistle":
                    may = False  # a department has whistles and nothing else
                if refused(work, who, name, f"{kind}/{where}", grid) is may:
                    wrong.append((kind, letter, who.region, where, may))
    assert not wrong


def test_a_department_has_no_part_in_anothers_whistle(work: Work) -> None:
    for name in ("whistle.signed", "whistle.rated", "remark"):
        assert refused(work, account("P", DISTRICT), name, "whistle/here-2", GRID)


def test_higher_levels_are_the_districts_alone(work: Work) -> None:
    for level, letters in ((2, "OD"), (3, "O"), (4, "O")):
        for letter in LETTERS:
            command = Command("matrix-level", "case.supervised", "case/here", 10**9, "", GRID,
                              {"level": level})  # fmt: skip
            (result,) = work.give(account(letter, STREET), command)
            assert (result["error"]["code"] != "access.refused") is (letter in letters)


# -- questions -----------------------------------------------------------------------------


def shut(answers: Work | Desk, question: Struct) -> bool:
    try:
        answers.answers.answer(question)
    except CockpitError as error:
        return error.code == "access.refused"
    return False


def test_looks_at_desks_are_of_ones_own_region(work: Work) -> None:
    wrong = []
    for letter, who, own in everybody():
        for region in (DISTRICT, STREET, SIBLING, COMMUNITY):
            for question, letters in (
                (QueueCounts(who, region), "ODSCLP"),
                (Rows(who, region, "cases_all", 0, 10), "ODSCL"),
                (Rows(who, region, "whistles_all", 0, 10), "ODSCLP"),
                (DutyLists(who, region), "AODSCL"),
                (SaveDutyList(who, region, "none", 0, []), "AOD"),
            ):
                if letter == "P" and isinstance(question, Rows) and question.queue == "cases_all":
                    continue  # it may look, and sees none: below
                if shut(work, question) is (letter in letters and region in own):
                    wrong.append((type(question).__name__, letter, who.region, region))
    assert not wrong
    department = account("P", DISTRICT)
    rows = work.answers.answer(Rows(department, DISTRICT, "whistles_all", 0, 10))
    assert {row["key"] for row in msgspec.json.decode(rows)["rows"]} == {"here", "there"}
    assert shut(work, Rows(department, DISTRICT, "cases_all", 0, 10)) or (
        msgspec.json.decode(work.answers.answer(Rows(department, DISTRICT, "cases_all", 0, 10)))[
            "total"
        ]
        == 0
    )


def test_a_subject_is_seen_where_it_lies(work: Work) -> None:
    kinds: dict[Kind, str] = {"case": "ODSCL", "whistle": "ODSCLP", "alert": "ODSCL",
                              "person": "ODSC"}  # fmt: skip
    wrong = []
    for letter, who, own in everybody():
        for kind, letters in kinds.items():
            for where, street in (("here", STREET), ("there", SIBLING)):
                inside = bool(own & ({street, COMMUNITY} if street == STREET else {street}))
                if shut(work, Subject(who, kind, where)) is (letter in letters and inside):
                    wrong.append((kind, letter, who.region, where))
    assert not wrong


def test_administration_is_for_those_who_administer(tmp_path: Path, client: Redis) -> None:
    desk = Desk("", tmp_path, client)
    wrong = []
    for letter, who, own in everybody():
        for question, letters in (
            (ListAccounts(who), "A"),
            (CreateAccount(who, "?", "leader", DISTRICT), "A"),
            (ChangeAccount(who, "demo-street", reset=True), "A"),
            (ListDevices(who), "AODU"),
            (Pair(who, "AAAAAA", "hall", f"{STREET}/wall"), "AOD"),
            (ListKeys(who), "A"),
            (CreateKey(who, "?", "", [], [DISTRICT]), "A"),
            (ReadAudit(who), "AU"),
        ):
            placed = isinstance(
                question, CreateAccount | ChangeAccount | CreateKey | Pair | ReadAudit
            )
            inside = (
                not placed
                or own >= {DISTRICT}
                or (isinstance(question, Pair | ChangeAccount) and STREET in own)
            )
            if shut(desk, question) is (letter in letters and inside):
                wrong.append((type(question).__name__, letter, who.region))
    desk.database.close()
    assert not wrong
