"""Who may reach what: every role at every door of its own, a sibling's and a parent's region.

The table below says it once more, by hand and in other words than the code: a letter for a role.
In-process, with twins behind it; what the role `desk` decides is in test_desk_matrix.py.
"""

import re
from collections.abc import Iterator

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.families import FAMILIES
from callbacks.gates import Tokens
from cockpit.domain.access import Role
from cockpit.errors import CockpitError
from datasource.desk.people_questions import WriteAudit
from datasource.office.questions import MakePaper, ReadBrief
from tests.house import COMMUNITY, DISTRICT, ROLES, SIBLING, SIBLING_COMMUNITY, STREET, House
from tests.support import wait_for

pytestmark = pytest.mark.integration

AT = "2026-11-20T09:30:00Z"
LETTERS: dict[Role, str] = {
    "administrator": "A", "operator": "O", "street_director": "D", "street_operator": "S",
    "community_secretary": "C", "leader": "L", "auditor": "U", "department": "P",
}  # fmt: skip
# Of a region: the address with `R`, and who may.
PLACES = {
    "/wall/R": "AODSCLU",
    "/desk/R": "ODSCLP",
    "/desk/R/to_accept": "ODSCLP",
    "/desk/R/case/K1": "ODSCLP",
    "/meeting/R/today": "ODSCL",
    "/api/v1/drill/R?metric=cases.open": "ODSCL",
    "/api/v1/papers?region=R": "ODSCL",
    "/api/v1/frames/R/wall": "AODSCLU",
    "/api/v1/frames/R/wall?at=2026-11-20T09:30:00Z": "AODSCLU",
    "/api/v1/replay/R/wall?at=2026-11-20T09:30:00Z": "AODSCLU",
    "/api/v1/moments/R": "AODSCLU",
    "/api/v1/history/R?metrics=cases.open": "AODSCLU",
    "/api/v1/history/R/compare?metrics=cases.open": "AODSCLU",
    "/api/v1/history/R/handling": "AODSCLU",
    "/api/v1/history/R/departments": "AODSCLU",
}
# Of no region.
OTHERS = {
    "/status": "AOU",
    "/api/v1/status": "AOU",
    "/manage/accounts": "A",
    "/manage/devices": "AOD",
    "/manage/keys": "A",
    "/manage/audit": "AU",
    "/manage/duties": "AOD",
}
# Nobody need be known there.
FREE = {
    "/login", "/logout", "/pair", "/account", "/healthz", "/readyz", "/metrics", "/",
    "/assets/<path:filename>", "/_favicon.ico", "/_reload-hash", "/_dash-layout",
    "/_dash-dependencies", "/wall/rotate", "/api/v1/pairing", "/api/v1/events",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
}  # fmt: skip
SCOPES = (
    (DISTRICT, {DISTRICT: True, STREET: True, COMMUNITY: True}),
    (STREET, {STREET: True, COMMUNITY: True, SIBLING: False, DISTRICT: False}),
    (COMMUNITY, {COMMUNITY: True, SIBLING_COMMUNITY: False, STREET: False, DISTRICT: False}),
)


@pytest.fixture(scope="module")
def house() -> House:
    return House()


def refused(client: FlaskClient, address: str) -> bool:
    """Whether the door stays shut; what lies behind it may be away."""
    answer = client.get(address)
    if answer.status_code == 403:
        assert b"access.refused" in answer.data
        return True
    assert answer.status_code in {200, 503}, (address, answer.status_code, answer.text[:300])
    return False


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_its_own_and_nothing_else(house: House, role: Role) -> None:
    wrong = []
    for home, places in SCOPES:
        client = house.account(role, home)
        for pattern, letters in PLACES.items():
            for region, own in places.items():
                address = pattern.replace("R", region)
                may = own and LETTERS[role] in letters
                if refused(client, address) is may:
                    wrong.append((home, address, may))
        for address, letters in OTHERS.items():
            if refused(client, address) is (LETTERS[role] in letters):
                wrong.append((home, address, LETTERS[role] in letters))
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_a_paper_is_made_for_who_sees_the_meeting(role: Role) -> None:
    house, wrong, meeting = House(), [], PLACES["/meeting/R/today"]
    house.server.config["WTF_CSRF_ENABLED"] = False
    house.people.answers[MakePaper] = CockpitError("query.unavailable", service="office")
    for home, places in SCOPES:
        client = house.account(role, home)
        for region, own in places.items():
            wanted = {"region": region, "pages": ["today"], "format": "xlsx", "at": AT}
            answer = client.post("/api/v1/papers", json=wanted)
            assert answer.status_code in {403, 503}, answer.text
            if (answer.status_code == 503) is not (own and LETTERS[role] in meeting):
                wrong.append((home, region))
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_a_brief_is_whose_the_office_says_and_a_refusal_is_audited(role: Role) -> None:
    """The web server does not know of what region a brief is: the role office does, which keeps
    no audit."""
    house = House()
    client = house.account(role, STREET)
    no = CockpitError("access.refused", right="look.meeting", region=SIBLING)
    house.people.answers[ReadBrief] = no
    for _ in range(3):
        assert refused(client, f"/api/v1/papers/{'a' * 24}")
    (row,) = wait_for(lambda: audited(house))
    assert (row.who and row.who.id, row.what, row.subject, row.outcome, row.address) == (
        f"{role}-{STREET}", "look.meeting", SIBLING, "access.refused", "127.0.0.1",
    )  # fmt: skip
    house.people.answers[ReadBrief] = CockpitError("query.unavailable", service="office")
    assert not refused(client, f"/api/v1/papers/{'a' * 24}")


def audited(house: House) -> list[WriteAudit]:
    """What has been written into the audit by now."""
    gevent.sleep(0)
    return [each for each in house.people.asked if isinstance(each, WriteAudit)]


@pytest.mark.parametrize("role", ROLES)
def test_a_socket_is_as_its_page(house: House, role: Role) -> None:
    pages = {"/wall/R": PLACES["/wall/R"], "/desk/R": PLACES["/desk/R"],
             "/meeting/R/today": PLACES["/meeting/R/today"]}  # fmt: skip
    wrong = []
    for home, places in SCOPES:
        cookie = house.account(role, home).get_cookie("cockpit_session")
        assert cookie is not None
        for pattern, letters in pages.items():
            for region, own in places.items():
                address = pattern.replace("R", region)
                may = own and LETTERS[role] in letters
                wall = own and LETTERS[role] in PLACES["/wall/R"]
                wanted = (f"{region}/wall" if wall else f"{region}/head") if may else ""
                if hears(house, address, Tokens(session=cookie.value)) != wanted:
                    wrong.append((home, address, wanted))
    assert not wrong


def test_what_is_refused_is_in_the_audit() -> None:
    """Whoever is known, once for each right and region; a page's own doubts are nobody's fault."""
    house = House()
    client, wanted = house.account("department", DISTRICT), set()
    for pattern, right in (
        ("/wall/R", "look.wall"), ("/api/v1/frames/R/wall", "look.wall"),
        ("/meeting/R/today", "look.meeting"), ("/api/v1/replay/R/wall?at=x", "look.wall"),
    ):  # fmt: skip
        for region in (DISTRICT, STREET):
            wanted.add((right, region))
            answer = client.get(pattern.replace("R", region))
            assert (answer.status_code, b"access.refused" in answer.data) == (403, True)
    assert '"early": false' in client.get(f"/desk/{DISTRICT}").text
    told = Tokens(session=next(iter(house.people.sessions)))
    assert hears(house, f"/desk/{DISTRICT}", told) == f"{DISTRICT}/head"

    rows = wait_for(lambda: len(audited(house)) >= len(wanted) and audited(house))
    assert {(row.what, row.subject) for row in rows} == wanted
    assert len(rows) == len(wanted)
    assert all(row.who and row.who.role == "department" for row in rows)
    assert {(row.outcome, row.address) for row in rows} == {("access.refused", "127.0.0.1")}


def hears(house: House, address: str, told: Tokens) -> str:
    """The view whose frames a socket of these tokens hears at this address, now and later; ''
    when it is refused."""
    cookies = f"cockpit_session={told.session}; cockpit_device={told.device}"
    with house.server.test_request_context(headers={"Cookie": cookies}):
        try:
            asked = house.gateway.admit(address)
            rights, view = house.gateway.share(asked)
        except CockpitError as error:
            assert error.code in {"access.refused", "access.login", "address.unknown"}
            return ""
    region = asked.region
    assert asked.family.right in rights
    assert all(house.gateway.gates.may_watch(told, right, region, view) for right in rights)
    return view


def test_a_screen_reads_its_own_walls_alone(house: House) -> None:
    screen = house.screen(STREET)
    for pattern in PLACES:
        for region in (STREET, SIBLING, DISTRICT, COMMUNITY):
            address = pattern.replace("R", region)
            answer = screen.get(address)
            own = region == STREET and not pattern.startswith(
                ("/desk", "/meeting", "/api/v1/drill", "/api/v1/papers")
            )
            assert (answer.status_code in {200, 503}) is own, address
    for address in OTHERS:
        assert screen.get(address).status_code in {302, 403}


def routes(server: Flask) -> Iterator[tuple[str, str, str]]:
    """Each route with its methods and an address of it."""
    words = {"region": STREET, "screen": "wall", "kind": "case", "path": "wall/120110001"}
    for rule in server.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: words.get(m[1], "x"), rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule.rule, method, address


def test_every_route_that_is_not_free_asks_who_comes(house: House) -> None:
    """A new route is either gated or in the list of free ones above."""
    token = {"X-CSRFToken": ""}
    house.server.config["WTF_CSRF_ENABLED"] = False
    try:
        for rule, method, address in routes(house.server):
            if rule in FREE or rule.startswith("/login/"):
                continue
            if rule == "/_dash-update-component":
                continue  # its own test: test_gates.py
            answer = house.nobody().open(address, method=method, headers=token)
            shut = answer.status_code == 401 or answer.headers.get("Location", "").startswith(
                ("/login", "/pair")
            )
            assert shut, (method, address, answer.status_code, answer.text[:200])
    finally:
        house.server.config["WTF_CSRF_ENABLED"] = True


def test_every_kind_of_screen_is_in_the_table() -> None:
    addresses = [address.replace("R", STREET) for address in (*PLACES, *OTHERS)]
    for family in FAMILIES:
        known = [each for each in addresses if re.fullmatch(family.path, each, re.ASCII)]
        assert known or family.path in FREE, f"{family.name} is in no table of this test"
