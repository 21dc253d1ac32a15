"""The audit: one chain whoever writes at once, nothing changed or taken out unnoticed."""

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import text

from cockpit.config import read_settings
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from datasource.archive.commands import COMMANDS
from datasource.database.engine import open_database
from datasource.desk import people_questions, work_questions
from datasource.desk.audit import Audit
from datasource.desk.demonstration import PASSWORD
from datasource.desk.people_questions import (
    BeginPairing,
    ChangeAccount,
    ChangeDevice,
    ChangeKey,
    ChangePassword,
    CreateAccount,
    CreateKey,
    MySessions,
    Pair,
    PlaylistPage,
    ReadAudit,
    RevokeSession,
    SavePlaylist,
    SignIn,
    SignOut,
    WriteAudit,
)
from datasource.site import Site
from tests.people import ADMINISTRATOR, STREET, Desk, somebody

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]
AUDITOR = somebody("auditor")


def change(desk: Desk, statement: str) -> None:
    """What somebody does who has the database in hand."""
    with desk.database.write() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_keeps_{name}"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS audit_keeps ON audit"))
        connection.execute(text(statement))


def write(desk: Desk, rows: int) -> None:
    for number in range(rows):
        desk.ask(WriteAudit(AUDITOR, "look", f"person/{number}", "done", "127.0.0.1"))


def test_the_program_cannot_change_it(desk: Desk) -> None:
    write(desk, 2)
    for statement in ("UPDATE audit SET outcome = 'x'", "DELETE FROM audit"):
        with pytest.raises(CockpitError) as caught, desk.database.write() as connection:
            connection.execute(text(statement))
        assert caught.value.code == "archive.refused"
    assert desk.people.audit.verify().rows == 2


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET outcome = 'denied' WHERE n = 3", 3),
        ("UPDATE audit SET account = NULL WHERE n = 1", 1),
        ("DELETE FROM audit WHERE n = 4", 4),
        ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE n = 1) WHERE n = 5", 5),
    ],
)
def test_what_somebody_else_changed_is_found(desk: Desk, statement: str, broken: int) -> None:
    write(desk, 6)
    assert desk.ask(ReadAudit(AUDITOR))["whole"] is True
    change(desk, statement)
    with pytest.raises(CockpitError) as caught:
        desk.people.audit.verify()
    assert (caught.value.code, caught.value.facts["n"]) == ("audit.broken", broken)
    assert desk.ask(ReadAudit(AUDITOR))["whole"] is False


def test_many_at_once_write_one_chain(desk: Desk, database_url: str, tmp_path: Path) -> None:
    def work(worker: int) -> None:
        database = open_database(database_url, tmp_path)
        audit = Audit(database, desk.clock)
        for number in range(15):
            audit.append(AUDITOR, "look", f"{worker}/{number}", "done")
        database.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert desk.people.audit.verify().rows == 60


def test_auditors_read_it_and_others_do_not(desk: Desk) -> None:
    desk.ask(SignOut(desk.sign_in("auditor")))
    write(desk, 3)
    desk.ask(WriteAudit(None, "look.refused", "x\x00\n" + "y" * 400, "access.login"))
    read = desk.ask(ReadAudit(AUDITOR))
    assert (read["total"], read["whole"], read["rows"][0]["n"]) == (6, True, 6)
    assert read["rows"][0]["account"] is None
    assert len(read["rows"][0]["subject"]) == 300
    page = desk.ask(ReadAudit(AUDITOR, offset=1, limit=2))
    assert [row["n"] for row in page["rows"]] == [6, 5]
    # The first look is a row itself, the next ones of the same account are the same look.
    looks = desk.ask(ReadAudit(AUDITOR, what="look.audit"))["rows"]
    assert [(row["n"], row["account"], row["outcome"]) for row in looks] == [
        (7, AUDITOR.id, "seen")
    ]
    by_name = desk.ask(ReadAudit(ADMINISTRATOR, account="auditor"))
    assert [(row["what"], row["name"]) for row in by_name["rows"]] == [
        ("session.ended", "auditor"), ("session.began", "auditor"),
    ]  # fmt: skip
    assert desk.ask(ReadAudit(AUDITOR, subject="person/"))["total"] == 3
    assert desk.ask(ReadAudit(AUDITOR, what="session"))["whole"] is True
    desk.refuses(ReadAudit(somebody("leader")), "access.refused")


def test_the_command_says_whether_it_holds(
    desk: Desk, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings({"database_url": database_url, "data_dir": str(tmp_path)}, {})
    site = Site(settings, (ROOT / "rules.toml").read_text("utf-8"), {}, "test")
    audit = COMMANDS["audit"]
    assert audit(site, {}) == 0
    assert capsys.readouterr().out == "The audit is empty\n"
    write(desk, 3)
    assert audit(site, {}) == 0
    told = capsys.readouterr().out
    assert told.startswith("The audit holds: 3 rows")
    assert desk.people.audit.verify().hash in told
    change(desk, "UPDATE audit SET at = at + 1 WHERE n = 2")
    # The command line makes a line on stderr and exit code 2 of it.
    with pytest.raises(CockpitError) as caught:
        audit(site, {})
    assert str(caught.value).startswith("The audit's chain breaks at row 2")
    site.database.close()


def test_its_form_is_fixed(desk: Desk) -> None:
    """Whoever wants to verify it without this program can."""
    desk.ask(WriteAudit(AUDITOR, "look", "案件/1", "done"))
    with desk.database.read() as connection:
        row = connection.execute(text("SELECT * FROM audit")).one()
    said = json.dumps(
        [1, row.at, AUDITOR.id, "look", "案件/1", "done", ""],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert row.hash == sha256(said.encode()).hexdigest()


def test_every_change_says_where_it_came_from(desk: Desk) -> None:
    here, who = "203.0.113.7", ADMINISTRATOR

    def ask(question: Struct) -> Any:
        with desk.database.read() as connection:
            before = connection.scalar(text("SELECT count(*) FROM audit"))
        answer = desk.ask(question)
        with desk.database.read() as connection:
            rows = text("SELECT what, address FROM audit WHERE n > :n")
            said = connection.execute(rows, {"n": before}).all()
        assert said, question
        assert {row.address for row in said} == {here}, said
        return answer

    made = ask(CreateAccount(who, "wang", "operator", "120110", address=here))
    own = Account(made["id"], "operator", "120110")
    token = ask(SignIn("wang", made["password"], here))["token"]
    ask(ChangePassword(own, token, made["password"], "a-long-enough-2", address=here))
    other = ask(SignIn("wang", "a-long-enough-2", here))["token"]
    rows = desk.ask(MySessions(own, other))["sessions"]
    first = next(row["id"] for row in rows if not row["current"])
    ask(RevokeSession(own, first, address=here))
    ask(SignOut(other, address=here))
    ask(ChangeAccount(who, made["id"], disabled=True, address=here))
    page = PlaylistPage(STREET, 20)
    shown = ask(SavePlaylist(who, "", 0, "大厅", [page], address=here))
    ask(SavePlaylist(who, shown["id"], 1, "大厅2", [page], address=here))
    code = desk.ask(BeginPairing("ab" * 32, here))["code"]
    device = ask(Pair(who, code, "大厅", f"{STREET}/wall", address=here))["id"]
    ask(ChangeDevice(who, device, playlist=shown["id"], address=here))
    ask(ChangeDevice(who, device, revoke=True, address=here))
    ask(SavePlaylist(who, shown["id"], 2, "", [], remove=True, address=here))
    key = ask(CreateKey(who, "k", "/s", [], ["120110"], address=here))["id"]
    ask(ChangeKey(who, key, rotate=True, address=here))
    ask(ChangeKey(who, key, revoke=True, address=here))
    # What is refused, too.
    desk.refuses(CreateKey(own, "k", "/s", [], ["120110"], address=here), "access.refused")
    assert desk.ask(ReadAudit(AUDITOR, limit=1))["rows"][0]["address"] == here
    desk.refuses(SignIn("operator", f"not {PASSWORD}", here), "access.wrong")
    assert desk.ask(ReadAudit(AUDITOR, limit=1))["rows"][0]["address"] == here


def test_no_question_forgets_to_say_where_it_came_from() -> None:
    """All that name somebody who asks, so that the audit of a refusal has an address too."""
    for module in (people_questions, work_questions):
        for kind in vars(module).values():
            fields = getattr(kind, "__struct_fields__", ())
            if "who" in fields and kind is not MySessions:  # one's own: refused to nobody
                assert "address" in fields, kind
