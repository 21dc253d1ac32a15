"""Signing in and out: sessions that idle, end, are found again and revoked at once; passwords."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from datasource.database.engine import open_database
from datasource.database.migrate import migrate
from datasource.desk.beginning import let_administrator_in
from datasource.desk.demonstration import PASSWORD, demonstrated
from datasource.desk.people_questions import (
    ChangeAccount,
    ChangePassword,
    CreateAccount,
    MySessions,
    RevokeSession,
    SignIn,
    SignInExternally,
    SignOut,
    Who,
)
from datasource.desk.throttle import Throttle, of_names
from datasource.redis_client import connect
from datasource.sessions import IDLE_SECONDS, Places, digest_of
from tests.people import ADMINISTRATOR, COMMUNITY, OTHER_STREET, STREET, Desk
from tests.support import PREFIX, RedisServer

pytestmark = pytest.mark.integration
GOOD = "Haihe-evening-7"


def test_a_demonstration_has_one_account_of_each_role(desk: Desk) -> None:
    accounts = demonstrated(desk.regions)
    assert len({each.role for each in accounts}) == 8
    for each in accounts:
        token = desk.sign_in(each.name)
        session = desk.sessions.session(token)
        assert session is not None
        found = session.account
        assert (found.role, found.region, session.must_change) == (each.role, each.region, False)
    assert accounts[2].region == STREET
    assert accounts[4].region == COMMUNITY
    # Names are told apart neither by case nor by width.
    assert desk.sign_in(" ＯPERATOR ")


def test_they_are_gone_once_the_site_is_real(desk: Desk) -> None:
    token = desk.sign_in("admin")
    real = desk.again(demonstration=False)
    assert real.sessions.session(token) is None
    assert real.ask(Who(token)) is None
    real.refuses(SignIn("admin", PASSWORD, "127.0.0.1"), "access.wrong")
    real.database.close()


def test_a_session_until_it_is_signed_out(desk: Desk) -> None:
    token = desk.sign_in()
    assert desk.ask(Who(token))["account"]["id"] == "demo-operator"
    desk.client.flushdb()
    # What Redis has lost the desk puts back.
    assert desk.sessions.session(token) is None
    assert desk.ask(Who(token))["must_change"] is False
    assert desk.sessions.session(token) is not None
    desk.ask(SignOut(token))
    assert (desk.sessions.session(token), desk.ask(Who(token))) == (None, None)
    assert desk.ask(SignOut(token)) == {}
    assert desk.ask(Who("forged")) is None


def test_a_browser_that_signs_in_anew_leaves_its_session(desk: Desk) -> None:
    before, elsewhere = desk.sign_in("street"), desk.sign_in("street")
    desk.refuses(SignIn("operator", "wrong", "127.0.0.1", "", before), "access.wrong")
    assert desk.sessions.session(before) is not None
    desk.ask(SignIn("operator", PASSWORD, "127.0.0.1", "", before))
    assert (desk.sessions.session(before), desk.ask(Who(before))) == (None, None)
    assert desk.sessions.session(elsewhere) is not None
    assert desk.whats()[-2:] == ["session.ended: done", "session.began: done"]


def test_a_session_ends_when_it_idles_and_after_a_week(desk: Desk) -> None:
    token = desk.sign_in()
    place = Places(PREFIX).session(digest_of(token))
    assert 0 < desk.client.ttl(place) <= IDLE_SECONDS
    desk.clock.advance(11 * HOUR)
    assert desk.sessions.session(token) is not None
    desk.upkeep.keep_marks()
    desk.clock.advance(11 * HOUR)
    desk.client.delete(place)
    # It was used in between.
    assert desk.ask(Who(token)) is not None
    assert desk.client.ttl(place) <= HOUR // 1_000_000 + 1
    desk.clock.advance(1 * HOUR)
    assert desk.ask(Who(token)) is None
    watched = desk.sign_in()
    for _ in range(11):
        assert desk.sessions.session(watched, used=False) is not None
        desk.upkeep.keep_marks()
        desk.clock.advance(HOUR)
    desk.clock.advance(HOUR)
    desk.client.delete(Places(PREFIX).session(digest_of(watched)))
    assert desk.ask(Who(watched)) is None
    used = desk.sign_in()
    for _ in range(14):
        assert desk.sessions.session(used) is not None
        desk.upkeep.keep_marks()
        desk.clock.advance(DAY // 2 - MINUTE)
    desk.clock.advance(14 * MINUTE)
    assert (desk.sessions.session(used), desk.ask(Who(used))) == (None, None)


def test_a_copy_that_came_back_with_old_data_of_redis_is_taken_away(desk: Desk) -> None:
    token = desk.sign_in()
    place = Places(PREFIX).session(digest_of(token))
    old = desk.client.get(place)
    desk.ask(SignOut(token))
    desk.client.set(place, old)
    desk.sessions.session(token)
    desk.upkeep.keep_marks()
    assert desk.sessions.session(token) is None


def test_who_fails_waits_longer_and_longer(client: Redis) -> None:
    throttle = Throttle(client, PREFIX, "test", 5)
    waits, before = [], time.monotonic()
    for _ in range(16):
        throttle.failed("name")
        (key,) = client.keys("*:wait") or [""]
        waits.append(client.ttl(key) if key else 0)
    assert waits[:4] == [0, 0, 0, 0]
    passed = time.monotonic() - before + 1  # Redis rounds
    for wait, most in zip(waits[4:], (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300), strict=False):
        assert most - passed <= max(0, wait) <= most
    with pytest.raises(CockpitError) as caught:
        throttle.check("name")
    assert 200 < caught.value.facts["retry"] <= 300
    throttle.check("another")
    throttle.forget("name")
    throttle.check("name")


def test_wrong_is_wrong_and_then_has_to_wait(desk: Desk) -> None:
    for name in ("operator", "nobody"):
        desk.refuses(SignIn(name, "wrong", "127.0.0.1"), "access.wrong")
        for _ in range(12):
            Throttle(desk.client, PREFIX, "sign_in.name", 5).failed(name)
        desk.refuses(SignIn(name, PASSWORD, "127.0.0.1"), "access.throttled")
    # Whoever is given a new password is let in at once; so is who asks the machine's operator.
    made, _ = desk.account("li", "operator", "120110")
    for _ in range(12):
        of_names(desk.client, PREFIX).failed("li")
    new = desk.ask(ChangeAccount(ADMINISTRATOR, made, reset=True))["password"]
    assert desk.sign_in("li", new)
    # Others are not kept out.
    desk.sign_in("admin")
    # One address tries many names.
    for _ in range(30):
        Throttle(desk.client, PREFIX, "sign_in.address", 20).failed("127.0.0.1")
    desk.refuses(SignIn("admin", PASSWORD, "127.0.0.1"), "access.throttled")
    assert desk.ask(SignIn("admin", PASSWORD, "127.0.0.2"))
    for _ in range(4):
        desk.refuses(SignIn("admin", "wrong", "127.0.0.2"), "access.wrong")
    # Who is right begins anew.
    assert desk.ask(SignIn("admin", PASSWORD, "127.0.0.2"))
    desk.refuses(SignIn("admin", "wrong", "127.0.0.2"), "access.wrong")
    assert desk.ask(SignIn("admin", PASSWORD, "127.0.0.2"))
    # A password typed as a name is nowhere.
    desk.refuses(SignIn("My-Secret-99", "x", "127.0.0.3"), "access.wrong")
    with desk.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT subject FROM audit").scalars().all()
    assert "account/demo-operator" in rows
    assert not [row for row in rows if "secret" in row.lower()]
    assert re.fullmatch(r"name/[0-9a-f]{6}", rows[-1])


def test_the_first_administrator_is_told_once_and_changes_the_password(
    database_url: str, tmp_path: Path, client: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    real_desk = Desk(database_url, tmp_path, client, demonstration=False)
    told = capsys.readouterr().out
    password = re.findall(r"\b\w{4}(?:-\w{4}){3}\b", told)[0]
    real_desk.upkeep.tell()
    assert not real_desk.sessions.administered()
    desk = real_desk.again(demonstration=False)
    assert capsys.readouterr().out == ""
    with desk.database.read() as connection:
        assert password not in str(connection.exec_driver_sql("SELECT * FROM accounts").all())
    mine, other = (desk.sign_in("administrator", password) for _ in range(2))
    session = desk.sessions.session(mine)
    assert session is not None
    assert session.must_change
    who = session.account
    for weak, code in (
        ("short-7", "password.length"), ("administrator-7", "password.name"),
        ("1234567890x", "password.common"), ("abababababab", "password.repeats"),
        (password, "password.same"),
    ):  # fmt: skip
        desk.refuses(ChangePassword(who, mine, password, weak), code)
    desk.refuses(ChangePassword(who, mine, "wrong", GOOD), "access.wrong")
    desk.ask(ChangePassword(who, mine, password, GOOD))
    assert desk.sessions.session(other) is None
    changed = desk.sessions.session(mine)
    assert changed is not None
    assert not changed.must_change
    assert desk.ask(Who(mine))["must_change"] is False
    desk.refuses(SignIn("administrator", password, "127.0.0.1"), "access.wrong")
    desk.sign_in("administrator", GOOD)
    desk.upkeep.tell()
    assert desk.sessions.administered()
    desk.database.close()


def test_an_administrator_who_is_locked_out_is_let_in_again(
    database_url: str, tmp_path: Path, client: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(database_url, tmp_path, client, demonstration=False)
    first = re.findall(r"\b\w{4}(?:-\w{4}){3}\b", capsys.readouterr().out)[0]
    token = desk.sign_in("administrator", first)
    for _ in range(12):
        of_names(client, PREFIX).failed("administrator")
    let_administrator_in(desk.people)
    second = re.findall(r"\b\w{4}(?:-\w{4}){3}\b", capsys.readouterr().out)[0]
    assert desk.sessions.session(token) is None
    desk.refuses(SignIn("administrator", first, "127.0.0.1"), "access.wrong")
    assert desk.sign_in("administrator", second)
    desk.database.close()


def test_a_password_that_is_guessed_is_audited_and_has_to_wait(desk: Desk) -> None:
    """Apart from sign-ins: somebody's id may be another one's name."""
    made, _ = desk.account("wang", "operator", "120110")
    wang = Account(made, "operator", "120110")
    desk.refuses(ChangePassword(wang, "t", "wrong", GOOD), "access.wrong")
    assert desk.whats()[-1] == "password.refused: access.wrong"
    of_guesses = Throttle(desk.client, PREFIX, "password.account", 5)
    for _ in range(12):
        of_guesses.failed(made)
    desk.refuses(ChangePassword(wang, "t", "wrong", GOOD), "access.throttled")
    of_names(desk.client, PREFIX).check(made)


def test_a_demonstration_that_becomes_real_gets_an_administrator(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.account("administrator", "operator", "120110")
    real = desk.again(demonstration=False)
    told = capsys.readouterr().out
    password = re.findall(r"\b\w{4}(?:-\w{4}){3}\b", told)[0]
    assert real.sign_in("administrator2", password)
    real.database.close()


def test_several_desks_that_start_at_once_make_one_administrator(
    database_url: str, tmp_path: Path, client: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    migrated = open_database(database_url, tmp_path)
    migrate(migrated)
    migrated.close()

    def start(_: int) -> None:
        Desk(database_url, tmp_path, client, demonstration=False).database.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(start, range(3)))
    assert capsys.readouterr().out.count("administrator\n") == 1


def test_ones_sessions_and_those_of_whom_one_manages(desk: Desk) -> None:
    first, second = desk.sign_in("street"), desk.sign_in("street")
    session = desk.sessions.session(first)
    assert session is not None
    listed = desk.ask(MySessions(session.account, first))["sessions"]
    assert [each["current"] for each in listed].count(True) == 1
    other = next(each["id"] for each in listed if not each["current"])
    stranger = desk.sessions.session(desk.sign_in("operator"))
    assert stranger is not None
    desk.refuses(RevokeSession(stranger.account, other), "access.refused")
    assert desk.sessions.session(second) is not None
    desk.ask(RevokeSession(session.account, other))
    assert desk.sessions.session(second) is None
    desk.refuses(RevokeSession(session.account, other), "session.unknown")
    desk.ask(RevokeSession(ADMINISTRATOR, next(e["id"] for e in listed if e["current"])))
    assert desk.sessions.session(first) is None
    assert "access.refused: revoke_session" in desk.whats()


def test_a_change_of_an_account_ends_its_sessions_at_once(desk: Desk) -> None:
    made, password = desk.account("wang.li", "street_director", STREET)
    for change in (
        {"region": OTHER_STREET}, {"role": "street_operator"}, {"reset": True}, {"disabled": True},
    ):  # fmt: skip
        token = desk.sign_in("wang.li", password)
        password = desk.ask(ChangeAccount(ADMINISTRATOR, made, **change)).get("password", password)
        assert (desk.sessions.session(token), desk.ask(Who(token))) == (None, None)
    desk.refuses(SignIn("wang.li", password, "127.0.0.1"), "access.disabled")
    desk.refuses(SignIn("wang.li", "wrong", "127.0.0.1"), "access.wrong")


def test_a_session_from_elsewhere(desk: Desk) -> None:
    desk.ask(
        CreateAccount(ADMINISTRATOR, "chen", "leader", STREET, external="https://id.example 42")
    )
    began = desk.ask(SignInExternally("https://id.example", "42", "127.0.0.1"))
    assert began["account"]["region"] == STREET
    # Nobody told them a password, so there is none to change; also after Redis has lost its copy.
    session = desk.sessions.session(began["token"])
    assert session is not None
    assert (began["must_change"], session.must_change) == (False, False)
    desk.client.flushdb()
    assert desk.ask(Who(began["token"]))["must_change"] is False
    assert desk.sessions.session(began["token"]) == session
    error = desk.refuses(
        SignInExternally("https://id.example", "43", "127.0.0.1"), "access.no_account"
    )
    assert error.facts["external"] == "https://id.example 43"


def test_nothing_is_revoked_while_redis_is_away(desk: Desk, redis_server: RedisServer) -> None:
    token = desk.sign_in()
    session = desk.sessions.session(token)
    assert session is not None
    mine = desk.ask(MySessions(session.account, token))["sessions"][0]["id"]
    redis_server.kill()
    desk.refuses(RevokeSession(session.account, mine), "redis.unreachable")
    redis_server.start()
    with connect(redis_server.url) as fresh:
        fresh.ping()
    desk.ask(RevokeSession(session.account, mine))
    with pytest.raises(CockpitError):
        desk.ask(RevokeSession(session.account, mine))
    assert desk.sessions.session(token) is None
