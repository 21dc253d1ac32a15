"""The web server's doors against people who should not be there, and those who should.
In-process, with twins behind it."""

import json
import logging
from typing import Any

import gevent
import pytest
from flask.testing import FlaskClient

from callbacks import audit
from callbacks.gates import SESSION_COOKIE, Tokens
from cockpit.clock import parse_instant
from cockpit.domain.access import Account, Right
from cockpit.errors import CockpitError
from cockpit.ports import Session, SourceKey, Ticket
from datasource.desk.people_questions import (
    ChangePassword,
    CreateAccount,
    MySessions,
    RevokeSession,
    SignIn,
    SignOut,
    Who,
    WriteAudit,
)
from tests.house import COMMUNITY, DISTRICT, SIBLING, STREET, House
from tests.support import wait_for

pytestmark = pytest.mark.integration

TOKEN = "t" * 43
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def house() -> House:
    return House()


def csrf(client: FlaskClient, page: str = "/login") -> str:
    """The token of a page's form, or of its JSON."""
    html = client.get(page).text
    if 'name="csrf_token"' in html:
        return html.split('name="csrf_token" value="')[1].split('"')[0]
    return str(told(html)["csrf"])


def told(html: str) -> dict[str, Any]:
    return dict(json.loads(html.split('id="cockpit">')[1].split("</script>", maxsplit=1)[0]))


def sign_in(house: House, client: FlaskClient, **form: str) -> Any:
    account = Account("a1", "street_director", STREET)
    house.people.answers[SignIn] = {"token": TOKEN, "account": account, "must_change": False}
    house.people.sessions[TOKEN] = Session(account)
    data = {"name": "li", "password": "secret", "csrf_token": csrf(client)} | form
    return client.post("/login", data=data)


# -- signing in ----------------------------------------------------------------------------


def test_signing_in_begins_a_session_and_leads_back(house: House) -> None:
    client = house.nobody()
    away = client.get(f"/desk/{STREET}/overdue?sort=due&lang=en")
    assert (
        away.headers["Location"]
        == f"/login?lang=en&next=/desk/{STREET}/overdue%3Fsort%3Ddue%26lang%3Den"
    )
    back = sign_in(house, client, next=f"/desk/{STREET}/overdue")
    assert (back.status_code, back.headers["Location"]) == (303, f"/desk/{STREET}/overdue")
    cookie = next(c for c in back.headers.getlist("Set-Cookie") if c.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # it came by http
    page = client.get(f"/desk/{STREET}")
    assert page.headers["Cache-Control"] == "no-store"
    account = told(page.text)["account"]
    assert account == {"id": "a1", "role": "street_director", "region": STREET, "department": ""}
    assert client.get("/login").headers["Location"] == f"/desk/{STREET}"


def test_behind_a_proxy_that_is_trusted_the_cookie_is_for_https_alone() -> None:
    house = House(trusted_proxies="1")
    client = house.nobody()
    client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "9.9.9.9, 10.0.0.7"
    cookies = sign_in(house, client).headers.getlist("Set-Cookie")
    assert all("Secure" in cookie for cookie in cookies)
    asked = next(each for each in house.people.asked if isinstance(each, SignIn))
    assert asked.address == "10.0.0.7"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:x", "desk",
     "javascript:alert(1)", "/wall/1\n2", "/" + "a" * 900],
)  # fmt: skip
def test_nobody_is_led_to_another_site(house: House, elsewhere: str) -> None:
    back = sign_in(house, house.nobody(), next=elsewhere[:600])
    assert back.headers.get("Location") in {f"/desk/{STREET}", "/%0d%0aSet-Cookie:x"}


def test_a_wrong_password_says_so_and_keeps_the_name_as_text(house: House) -> None:
    client = house.nobody()
    token = csrf(client)
    house.people.answers[SignIn] = CockpitError("access.wrong")
    answer = client.post(
        "/login", data={"name": EVIL, "password": "x", "csrf_token": token, "next": "/account"}
    )
    assert answer.status_code == 401
    assert 'data-error="access.wrong"' in answer.text
    assert EVIL not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert 'value="/account"' in answer.text
    for name in ("n" * 65, "a\0b"):
        assert client.post("/login", data={"name": name, "csrf_token": token}).status_code == 400
    for address in ("/desk/12%000", "/login?next=%00", "/api/v1/accounts/%00"):
        assert client.get(address).status_code == 400


def test_a_one_time_password_opens_nothing_but_its_change(house: House) -> None:
    client = house.account("operator", DISTRICT, must_change=True)
    for page in (f"/desk/{DISTRICT}", "/status"):
        assert client.get(page).headers["Location"].startswith("/account")
    assert client.get("/api/v1/status").get_json()["error"]["code"] == "access.must_change"
    html = client.get("/account").text
    assert "data-must-change" in html
    form = {"old": "a", "new": "b", "again": "c", "csrf_token": csrf(client, "/account")}
    assert "access.not_the_same" in client.post("/account", data=form).text
    done = client.post("/account", data=form | {"again": "b"})
    assert done.headers["Location"] == "/account?changed=1"
    asked = house.people.asked[-1]
    assert isinstance(asked, ChangePassword)
    assert (asked.old, asked.new) == ("a", "b")


def test_signing_out_and_ending_another_session(house: House) -> None:
    client = house.account("leader", DISTRICT)
    row = {"id": "s2", "since": "2026-11-23T07:00:00Z", "seen": "2026-11-23T07:10:00Z",
           "address": "10.0.0.1", "agent": EVIL, "current": False}  # fmt: skip
    house.people.answers[MySessions] = {"sessions": [row]}
    html = client.get("/account").text
    assert "2026-11-23 15:10" in html
    assert EVIL not in html
    token = csrf(client, "/account")
    client.post("/account/revoke", data={"id": "s2", "csrf_token": token})
    asked = house.people.asked[-1]
    assert isinstance(asked, RevokeSession)
    assert asked.id == "s2"
    out = client.post("/logout", data={"csrf_token": token})
    assert isinstance(house.people.asked[-1], SignOut)
    assert "cockpit_session=;" in "".join(out.headers.getlist("Set-Cookie"))


def test_a_demonstration_says_its_accounts_and_nobody_else(house: House) -> None:
    assert "data-demonstration" not in house.nobody().get("/login").text
    shown = House(simulate="true").nobody().get("/login?lang=en").text
    assert "data-demonstration" in shown
    assert "street_director" not in shown  # in words
    assert "Street director" in shown


# -- who somebody is -----------------------------------------------------------------------


def test_a_token_that_is_none_is_nobodys(house: House) -> None:
    for forged in ("x", "../../etc", "a b" * 20, "t" * 200, "é" * 30, TOKEN):
        client = house.nobody()
        client.set_cookie(SESSION_COOKIE, forged)
        assert client.get("/api/v1/status").status_code == 401
    # Only what could have come from here is asked about.
    assert house.people.asked.count(Who(TOKEN)) == 1
    assert len([each for each in house.people.asked if isinstance(each, Who)]) == 1


def test_a_session_that_redis_has_lost_is_asked_of_the_desk(house: House) -> None:
    client = house.nobody()
    client.set_cookie(SESSION_COOKIE, TOKEN)
    account = Account("a1", "auditor", DISTRICT)
    house.people.answers[Who] = {"account": account, "must_change": False}
    assert client.get("/api/v1/status").status_code == 200


def test_a_session_that_has_ended_is_turned_out(house: House) -> None:
    client = house.account("operator", DISTRICT)
    (token,) = house.people.sessions
    tokens = Tokens(session=token)
    with house.server.test_request_context(headers={"Cookie": f"{SESSION_COOKIE}={token}"}):
        address = house.gateway.admit(f"/wall/{STREET}")
    assert house.gateway.gates.may_watch(tokens, address.family.right, STREET, address.frames)
    del house.people.sessions[token]
    assert not house.gateway.gates.may_watch(tokens, address.family.right, STREET, address.frames)
    assert client.get("/api/v1/status").status_code == 401
    house.people.down = True  # nobody can tell: it is not as if it had ended
    with pytest.raises(CockpitError):
        house.gateway.gates.may_watch(tokens, address.family.right, STREET, address.frames)


def test_a_papers_ticket_opens_its_page_once_and_nothing_else(house: House) -> None:
    at = "2026-11-23T07:10:00.000Z"
    page = f"/meeting/{STREET}/today"
    ticket = Ticket(page, parse_instant(at))
    house.people.sessions[TOKEN] = Session(Account("a1", "leader", STREET), ticket=ticket)
    client = house.nobody()
    client.set_cookie(SESSION_COOKIE, TOKEN)

    def shut(address: str) -> bool:
        answer = client.get(address)
        assert answer.status_code in {200, 302, 400, 401, 503}, address  # 503: no role behind it
        return answer.status_code in {302, 401}

    replay, history = f"/api/v1/replay/{STREET}/wall", f"/api/v1/history/{STREET}"
    for address in (
        page, f"{page}?at=2026-11-23T07:00:00Z", f"{page}?at=x", f"/meeting/{STREET}/late?at={at}",
        f"/meeting/{COMMUNITY}/today?at={at}", f"/wall/{STREET}?at={at}", f"/desk/{STREET}",
        "/account", "/api/v1/sessions", f"/api/v1/frames/{STREET}/wall",
        f"/api/v1/frames/{STREET}/wall?at={at}", f"/api/v1/drill/{STREET}?metric=cases.open",
        f"{replay}?at=2026-11-23T07:00:00Z", f"{replay}?at={at}&go=next", replay,
        f"/api/v1/replay/{COMMUNITY}/wall?at={at}", f"/api/v1/history/{COMMUNITY}?to={at}",
        f"{history}?metrics=cases.open", f"{history}/compare?metrics=x&at=2026-11-24T00:00:00Z",
        "/api/v1/papers", f"/api/v1/moments/{COMMUNITY}?to={at}", f"/api/v1/grids/{STREET}",
    ):  # fmt: skip
        assert shut(address), address
    for address in (
        f"{replay}?at={at}&lang=zh", f"{replay}?at={at}&session=1-2",
        f"{history}/compare?metrics=cases.open&at=2026-11-23T07:00:00Z",
        f"/api/v1/shapes/{STREET}", f"{page}?at={at}&paper=today",
    ):  # fmt: skip
        assert not shut(address), address
    assert shut(f"{page}?at={at}&paper=today"), "a second time"
    with (
        house.server.test_request_context(
            "/socket.io/", headers={"Cookie": f"{SESSION_COOKIE}={TOKEN}"}
        ),
        pytest.raises(CockpitError),
    ):
        house.gateway.admit(page)
    assert not house.gateway.gates.may_watch(
        Tokens(session=TOKEN), Right.LOOK_MEETING, STREET, f"{STREET}/wall"
    )


def test_a_page_that_is_only_open_keeps_no_session_alive(house: House) -> None:
    client = house.account("operator", DISTRICT)
    (token,) = house.people.sessions
    marked = house.people.marked
    assert client.get("/api/v1/status", headers={"X-Unattended": "1"}).status_code == 200
    cookie = {"Cookie": f"{SESSION_COOKIE}={token}"}
    with house.server.test_request_context("/socket.io/", headers=cookie):
        house.gateway.admit(f"/wall/{STREET}")
    told = Tokens(session=token)
    assert house.gateway.gates.may_watch(told, Right.LOOK_WALL, STREET, f"{STREET}/wall")
    assert marked == []
    for address in ("/api/v1/status", f"/desk/{STREET}", f"/wall/{STREET}"):
        marked.clear()
        assert client.get(address).status_code == 200
        assert marked
    open_to_all = House(walls="open")
    client = open_to_all.account("operator", DISTRICT)
    client.get(f"/wall/{STREET}", headers={"X-Unattended": "1"})
    assert open_to_all.people.marked == []


# -- open walls ----------------------------------------------------------------------------


def test_walls_are_open_until_an_administrator_has_signed_in(house: House) -> None:
    assert house.nobody().get(f"/wall/{STREET}").headers["Location"].startswith("/pair")
    auto = House(walls="auto")
    gates, nobody = auto.gateway.gates, auto.nobody()
    assert nobody.get(f"/wall/{STREET}").status_code == 200
    assert nobody.get("/api/v1/status").status_code == 200
    assert nobody.get(f"/desk/{STREET}").status_code == 302
    auto.people.administrator = True
    gates.open_walls._asked -= 10  # as if a second had passed
    assert nobody.get(f"/wall/{STREET}").status_code == 302
    auto.people.down = True  # once closed they stay so
    assert not gates.open_walls()


def test_nothing_is_open_before_the_desk_has_spoken() -> None:
    """A Redis that has lost everything says nothing of what the site asks for."""
    house = House(walls="auto")
    house.people.told = False
    nobody = house.nobody()
    assert nobody.get(f"/wall/{STREET}").headers["Location"].startswith("/pair")
    answer = nobody.post("/api/v1/events", json=event(1))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "query.unavailable")
    house.people.told = True
    house.gateway.gates.open_walls._asked -= 10  # as if a second had passed
    assert nobody.get(f"/wall/{STREET}").status_code == 200
    assert nobody.post("/api/v1/events", json=event(1)).status_code == 202
    house.people.told = False  # as it was when last heard
    house.gateway.gates.open_walls._asked -= 10
    assert nobody.get(f"/wall/{STREET}").status_code == 200
    shown = House(walls="auto", simulate="true")
    shown.people.told = False
    assert shown.nobody().get(f"/wall/{STREET}").status_code == 200


def test_an_open_wall_needs_neither_redis_nor_the_desk() -> None:
    house = House(walls="open")
    house.people.down = True
    client = house.nobody()
    client.set_cookie(SESSION_COOKIE, TOKEN)
    page = client.get(f"/wall/{STREET}")
    assert page.status_code == 200
    assert told(page.text)["account"] is None
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")


# -- where a request comes from ------------------------------------------------------------


def test_a_change_needs_the_token_of_a_page_of_this_session(house: House) -> None:
    client, other = house.account("administrator", DISTRICT), house.nobody()
    body = {"name": "wang", "role": "leader", "region": DISTRICT}
    house.people.answers[CreateAccount] = {"id": "a2", "password": "p"}
    token = csrf(client, "/manage/accounts")
    for wrong in ({}, {"X-CSRFToken": "x"}, {"X-CSRFToken": csrf(other)}):
        answer = client.post("/api/v1/accounts", json=body, headers=wrong)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "access.csrf")
    answer = client.post("/api/v1/accounts", json=body, headers={"X-CSRFToken": token})
    assert answer.get_json() == {"id": "a2", "password": "p"}
    assert answer.headers["Cache-Control"] == "no-store"
    wrong_body = client.post(
        "/api/v1/accounts", json=body | {"rol": 1}, headers={"X-CSRFToken": token}
    )
    assert wrong_body.get_json()["error"]["code"] == "request.invalid"


def test_a_page_of_another_site_changes_nothing_and_hears_nothing(house: House) -> None:
    client = house.account("administrator", DISTRICT)
    token = csrf(client, "/manage/accounts")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
    ):
        answer = client.post("/logout", headers={"X-CSRFToken": token, **headers})
        assert answer.get_json()["error"]["code"] == "access.origin"
        socket = client.get("/socket.io/?EIO=4&transport=websocket", headers=headers)
        assert (socket.status_code, b"origin" in socket.data) == (400, True)
    own = client.post("/logout", headers={"X-CSRFToken": token, "Origin": "http://localhost"})
    assert own.status_code == 303


def test_a_page_is_in_no_frame_unless_set(house: House) -> None:
    policy = house.nobody().get("/login").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    framed = House(frame_ancestors="'self' https://portal.example").nobody().get("/login")
    assert (
        "frame-ancestors 'self' https://portal.example" in framed.headers["Content-Security-Policy"]
    )


def test_dash_draws_no_screen_for_whoever_may_not_see_it(house: House) -> None:
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [
            {"id": "location", "property": "pathname", "value": f"/desk/{SIBLING}"},
            {"id": "location", "property": "search", "value": ""},
        ],
        "changedPropIds": ["location.pathname"],
        "parsedChangedPropsIds": ["location.pathname"],
    }
    for client, code in (
        (house.nobody(), "access.login"),
        (house.account("street_director", STREET), "access.refused"),
    ):
        answer = client.post("/_dash-update-component", json=body)
        assert f'"data-error":"{code}"' in answer.text
        assert "ag-grid" not in answer.text.lower()
        assert answer.headers["Cache-Control"] == "no-store"
    drawn = house.account("street_director", SIBLING).post("/_dash-update-component", json=body)
    assert "data-error" not in drawn.text


def test_what_no_page_sends_is_no_fault_of_the_server(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Dash's doors are open to anybody: junk must not fill the log with traces."""
    page = {"id": "page", "property": "children"}
    where = [{"id": "location", "property": name, "value": ""} for name in ("pathname", "search")]
    good = {"output": "page.children", "outputs": page, "inputs": where}
    client = house.nobody()
    assert client.post("/_dash-update-component", json=good).status_code == 200
    junk: list[object] = [
        {}, [], None, 7, "x", {"output": "x.y"}, {"output": None, "inputs": 7},
        good | {"output": "x.y"}, good | {"outputs": []}, good | {"outputs": [page]},
        good | {"inputs": where[:1]}, good | {"inputs": where[::-1]}, good | {"state": where},
        good | {"inputs": [where[0] | {"value": 7}, where[1]]}, good | {"changedPropIds": 7},
        good | {"outputs": page | {"id": {"type": "x"}}}, good | {"parsedChangedPropsIds": [7]},
    ]  # fmt: skip
    bodies = [*map(json.dumps, junk), "", "[" * 5000, '"\\ud800"']
    for body in bodies:
        for kind in ("application/json", "text/plain"):
            answer = client.post("/_dash-update-component", data=body, content_type=kind)
            assert answer.status_code == 400, body[:100]
    for path in ("dash/../../x", "dash/x.js", "nothing/x.js", "dash/%2e%2e/x", "os/path.py"):
        assert client.get(f"/_dash-component-suites/{path}").status_code == 404, path
    assert not [row for row in caplog.records if row.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "path",
    ["/desk/../wall/120110", "/desk/%2e%2e/status", "/desk/120110%00", "/desk/１２０１１０",
     "/wall/120110/..%2f..%2fetc", "/assets/../app.py", "/assets/%2e%2e/app.py", "/manage/",
     "/meeting/120110/today/../../x", "/desk/120110%0a"],
)  # fmt: skip
def test_tricks_with_paths_lead_nowhere(house: House, path: str) -> None:
    client = house.account("operator", DISTRICT)
    assert client.get(path).status_code in {308, 400, 403, 404}


# -- the audit -----------------------------------------------------------------------------


def test_what_is_refused_is_audited_once_a_minute_and_holds_nobody_up(house: House) -> None:
    client = house.account("street_director", STREET)
    for _ in range(3):
        assert client.get(f"/desk/{SIBLING}").status_code == 403
    client.get(f"/desk/{DISTRICT}")
    for region in (STREET, SIBLING, DISTRICT):
        house.nobody().get(f"/api/v1/frames/{region}/wall")

    def rows() -> list[tuple[Any, ...]]:
        gevent.sleep(0)
        found = [each for each in house.people.asked if isinstance(each, WriteAudit)]
        return [(r.who and r.who.id, r.what, r.subject, r.outcome, r.address) for r in found]

    who = f"street_director-{STREET}"
    wait_for(lambda: len(rows()) >= 3)
    assert rows() == [
        (who, "look.desk", SIBLING, "access.refused", "127.0.0.1"),
        (who, "look.desk", DISTRICT, "access.refused", "127.0.0.1"),
        (None, "look.wall", STREET, "access.login", "127.0.0.1"),
    ]


@pytest.mark.parametrize(
    "code", ["query.unavailable", "query.busy", "query.slow", "archive.unreachable"]
)
def test_what_is_refused_while_the_desk_is_away_is_audited_when_it_is_back(
    house: House, code: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(audit, "_RETRY_SECONDS", 0.0)
    facts = {"service": "desk", "limit": 16, "seconds": 15, "where": "memory", "why": "x"}
    house.people.answers[WriteAudit] = CockpitError(code, **facts)
    client = house.account("street_director", STREET)

    def tried() -> list[str]:
        gevent.sleep(0)
        return [each.what for each in house.people.asked if isinstance(each, WriteAudit)]

    with caplog.at_level(logging.WARNING):
        assert client.get(f"/meeting/{SIBLING}/today").status_code == 403
        assert client.get(f"/desk/{SIBLING}").status_code == 403
        wait_for(lambda: len(tried()) > 2)
        assert set(tried()) == {"look.meeting"}  # in their order: the first is not given up
        assert caplog.text.count("The audit of refused looks waits") == 1
        del house.people.answers[WriteAudit]
        wait_for(lambda: tried()[-1] == "look.desk")
        last = len(tried())
        assert tried()[-2:] == ["look.meeting", "look.desk"]
        gevent.sleep(0)
        assert len(tried()) == last


# -- keys and limits -----------------------------------------------------------------------


def event(number: int, **changes: str) -> dict[str, str]:
    return {
        "specversion": "1.0", "id": f"e{number}", "source": "/police", "type": "case.accepted",
        "subject": f"case/{number}", "time": "2026-11-23T15:00:00+08:00", "region": COMMUNITY,
    } | changes  # fmt: skip


def test_once_there_is_a_key_nothing_comes_in_without_one(house: House) -> None:
    client = house.nobody()
    assert client.post("/api/v1/events", json=event(1)).status_code == 202
    house.people.keys["k" * 40] = SourceKey(
        "k1", "/police", frozenset({"case.accepted"}), frozenset({STREET}), 8
    )
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"X-Api-Key": "x"},
                    {"Authorization": "Basic " + "k" * 40}):  # fmt: skip
        answer = client.post("/api/v1/events", json=event(2), headers=headers)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "access.key")
    key = {"Authorization": "Bearer " + "k" * 40}
    batch = [event(3), event(4, source="/other"), event(5, type="case.closed"),
             event(6, region=SIBLING), event(7, region=DISTRICT)]  # fmt: skip
    answer = client.post("/api/v1/events", json=batch, headers=key).get_json()
    assert answer["accepted"] == 1
    assert [(each["index"], each["code"]) for each in answer["rejected"]] == [
        (1, "access.key_source"), (2, "access.key_type"), (3, "access.key_region"),
        (4, "access.key_region"),
    ]  # fmt: skip
    assert client.post("/api/v1/events", json=[event(8)] * 3, headers=key).status_code == 202
    full = client.post("/api/v1/events", json=event(9), headers={"X-Api-Key": "k" * 40})
    assert (full.status_code, full.get_json()["error"]["code"]) == (429, "access.too_many")


def test_nobody_outside_speaks_in_the_name_of_the_desk(house: House) -> None:
    """Neither while posting is open to anybody, nor with a key, whatever it was made for."""
    forged = [event(1, source="/cockpit/commands"), event(2, source="/cockpit/escalation")]
    others = [event(3, actor="account-1", reason="x"), event(4, source="/dongli/desk")]
    open_to_all = house.nobody().post("/api/v1/events", json=[*forged, *others]).get_json()
    house.people.keys["k" * 40] = SourceKey(
        "k1", "/cockpit/commands", frozenset(), frozenset({DISTRICT}), 0
    )
    key = {"Authorization": "Bearer " + "k" * 40}
    with_key = house.nobody().post("/api/v1/events", json=forged, headers=key).get_json()
    assert (open_to_all["accepted"], with_key["accepted"]) == (2, 0)
    told = [*open_to_all["rejected"], *with_key["rejected"]]
    assert {each["code"] for each in told} == {"envelope.reserved"}
    assert len(told) == 4


def test_an_address_may_not_try_passwords_for_ever(house: House) -> None:
    client = house.nobody()
    token = csrf(client)
    house.people.answers[SignIn] = CockpitError("access.wrong")
    form = {"name": "a", "password": "b", "csrf_token": token}
    codes = [client.post("/login", data=form).status_code for _ in range(62)]
    assert set(codes[:60]) == {401}
    assert codes[60:] == [429, 429]
    other = client.post("/login", data=form, environ_base={"REMOTE_ADDR": "10.1.1.1"})
    assert other.status_code == 401
