"""Accounts: only administrators make them, within their scope, and one is always left."""

from collections.abc import Callable

import pytest
from msgspec import Struct

from cockpit.domain.access import Account
from datasource.desk.people_questions import (
    ChangeAccount,
    ChangePassword,
    CreateAccount,
    CreateKey,
    ListAccounts,
    ListKeys,
    PlaylistPage,
    ReadAudit,
    SavePlaylist,
)
from tests.people import ADMINISTRATOR, COMMUNITY, STREET, Desk, somebody, without

pytestmark = pytest.mark.integration
PAGES = [PlaylistPage("120110", 30)]


def test_made_listed_and_changed(desk: Desk) -> None:
    made = desk.ask(
        CreateAccount(
            ADMINISTRATOR, " Wang.Li ", "department", "120110", "区城管委", "https://id 7"
        )
    )
    rows = desk.ask(ListAccounts(ADMINISTRATOR))["accounts"]
    row = next(row for row in rows if row["id"] == made["id"])
    assert (row["name"], row["role"], row["department"]) == ("wang.li", "department", "区城管委")
    assert (row["disabled"], row["must_change"], row["last_seen"]) == (False, True, None)
    desk.sign_in("wang.li", made["password"])
    change = ChangeAccount(
        ADMINISTRATOR, made["id"], role="community_secretary", region=COMMUNITY, department=""
    )
    assert desk.ask(change) == {}
    rows = desk.ask(ListAccounts(ADMINISTRATOR))["accounts"]
    row = next(row for row in rows if row["id"] == made["id"])
    assert (row["region"], row["department"], row["last_seen"] is None) == (COMMUNITY, "", False)
    changed = [line for line in desk.whats() if line.startswith("account.changed")]
    assert changed == [f"account.changed: done, role community_secretary, region {COMMUNITY}"]


def test_what_cannot_be(desk: Desk) -> None:
    create = CreateAccount
    desk.ask(create(ADMINISTRATOR, "chen", "auditor", "120110", external="https://id 7"))
    for name, role, region, department, external, code in (
        ("CHEN", "auditor", "120110", "", "", "account.exists"),
        ("lin", "auditor", "120110", "", "https://id 7", "account.exists"),
        ("operator", "auditor", "120110", "", "", "account.exists"),
        ("x", "auditor", "120110", "", "", "text.length"),
        ("a b", "auditor", "120110", "", "", "text.name"),
        ("<script>", "auditor", "120110", "", "", "text.name"),
        ("a\u202eb", "auditor", "120110", "", "", "text.unseen"),
        ("x" * 41, "auditor", "120110", "", "", "text.length"),
        ("lin", "street_director", "120110", "", "", "account.scope"),
        ("lin", "operator", STREET, "", "", "account.scope"),
        ("lin", "auditor", "120110", "区城管委", "", "account.department"),
        ("lin", "department", "120110", "", "", "account.department"),
        ("lin", "department", "120110", "x" * 61, "", "text.length"),
        # No gate lets anybody reach what is nowhere.
        ("lin", "operator", "999999", "", "", "access.refused"),
    ):
        desk.refuses(create(ADMINISTRATOR, name, role, region, department, external), code)
    desk.refuses(ChangeAccount(ADMINISTRATOR, "nobody"), "account.unknown")
    desk.refuses(ChangeAccount(ADMINISTRATOR, "demo-admin", reset=True), "account.demonstration")
    operator = desk.sign_in("operator")
    who = somebody("operator")
    desk.refuses(ChangePassword(who, operator, "x", "y"), "access.wrong")


def test_one_administrator_is_left(desk: Desk) -> None:
    first, _ = desk.account("first", "administrator", "120110")
    # Those of the demonstration end with it and do not count.
    for change in ({"disabled": True}, {"role": "operator"}):
        desk.refuses(ChangeAccount(ADMINISTRATOR, first, **change), "account.last_administrator")
    second, _ = desk.account("second", "administrator", "120110")
    desk.ask(ChangeAccount(ADMINISTRATOR, first, disabled=True))
    desk.refuses(ChangeAccount(ADMINISTRATOR, second, disabled=True), "account.last_administrator")
    desk.ask(ChangeAccount(ADMINISTRATOR, first, disabled=False))
    desk.ask(ChangeAccount(ADMINISTRATOR, second, disabled=True))


def test_who_lacks_the_right_is_refused_and_it_is_written_down(desk: Desk) -> None:
    asking: list[tuple[str, Callable[[Account], Struct]]] = [
        ("account.manage", ListAccounts),
        ("account.manage", lambda who: CreateAccount(who, "new", "auditor", "120110")),
        ("account.manage", lambda who: ChangeAccount(who, "demo-street", disabled=True)),
        ("device.manage", lambda who: SavePlaylist(who, "", 0, "a", PAGES)),
        ("key.manage", ListKeys),
        ("key.manage", lambda who: CreateKey(who, "k", "/s", [], ["120110"])),
        ("look.audit", ReadAudit),
    ]
    for right, ask in asking:
        for role in without(right):
            before = len(desk.whats())
            question = ask(somebody(role))
            error = desk.refuses(question, "access.refused")
            assert error.facts["right"] == right
            tag = question.__struct_config__.tag
            desk.refuses(question, "access.refused")  # again at once: it is told once a minute
            assert desk.whats()[before:] == [f"access.refused: {tag}"]
    desk.people.audit.verify()


def test_nobody_reaches_beyond_the_own_scope(desk: Desk) -> None:
    of_street = somebody("administrator", STREET)
    desk.refuses(CreateAccount(of_street, "new", "operator", "120110"), "access.refused")
    desk.refuses(ChangeAccount(of_street, "demo-operator", disabled=True), "access.refused")
    made = desk.ask(CreateAccount(of_street, "new", "street_operator", STREET))["id"]
    desk.refuses(ChangeAccount(of_street, made, role="operator", region="120110"), "access.refused")
    rows = desk.ask(ListAccounts(of_street))["accounts"]
    assert {row["region"][:9] for row in rows} == {STREET}
