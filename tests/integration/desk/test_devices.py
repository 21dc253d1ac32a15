"""Wall screens: a code is entered, the screen gets its token; playlists; taken back at once."""

import secrets

import pytest

from cockpit.domain.access import Account
from datasource.desk.pairing import LETTERS
from datasource.desk.people_questions import (
    BeginPairing,
    ChangeDevice,
    ListDevices,
    Pair,
    PairingState,
    PlaylistPage,
    SavePlaylist,
    WhoDevice,
)
from datasource.desk.throttle import Throttle
from tests.people import COMMUNITY, OTHER_STREET, STREET, Desk, somebody
from tests.support import PREFIX

pytestmark = pytest.mark.integration
DIRECTOR = somebody("street_director", STREET)
OPERATOR = somebody("operator")
STREET_WALL = f"{STREET}/wall"


def code_of(desk: Desk, secret: str) -> str:
    return str(desk.ask(BeginPairing(secret, "127.0.0.1"))["code"])


def paired(desk: Desk, who: Account = DIRECTOR, **shows: str) -> tuple[str, str]:
    """A device's id and token."""
    secret = secrets.token_hex(32)
    made = desk.ask(Pair(who, code_of(desk, secret), "大厅", **shows))["id"]
    return made, desk.ask(PairingState(secret))["token"]


def test_from_a_code_to_a_wall_and_back(desk: Desk) -> None:
    secret = secrets.token_hex(32)
    code = code_of(desk, secret)
    assert len(code) == 6
    assert set(code) <= set(LETTERS)
    assert not set(LETTERS) & set("0O1I")
    assert code_of(desk, secret) == code
    assert desk.ask(PairingState(secret)) == {"paired": False}
    made = desk.ask(Pair(DIRECTOR, f" {code.lower()} ", "大厅", view=STREET_WALL))["id"]
    desk.refuses(Pair(DIRECTOR, code, "大厅", view=STREET_WALL), "device.code")
    state = desk.ask(PairingState(secret))
    assert (state["paired"], state["first"]) == (True, f"/wall/{STREET}")
    # An answer that was lost can be asked for again.
    assert desk.ask(PairingState(secret)) == state
    screen = desk.sessions.screen(state["token"], "10.0.0.9")
    assert screen is not None
    assert (screen.device.id, screen.device.views) == (made, {STREET_WALL})
    assert (screen.name, screen.playlist) == ("大厅", None)
    desk.upkeep.keep_marks()
    (row,) = desk.ask(ListDevices(DIRECTOR))["devices"]
    assert (row["id"], row["address"], row["seen"]) == (made, "10.0.0.9", row["since"])
    desk.client.flushdb()
    assert desk.sessions.screen(state["token"]) is None
    assert desk.ask(WhoDevice(state["token"]))["name"] == "大厅"
    assert desk.sessions.screen(state["token"]) == screen
    desk.ask(ChangeDevice(DIRECTOR, made, name="值班室", view=f"{COMMUNITY}/wall"))
    changed = desk.sessions.screen(state["token"])
    assert changed is not None
    assert (changed.name, changed.device.views) == ("值班室", {f"{COMMUNITY}/wall"})
    desk.ask(ChangeDevice(DIRECTOR, made, revoke=True))
    assert desk.sessions.screen(state["token"]) is None
    assert desk.ask(WhoDevice(state["token"])) is None
    desk.refuses(ChangeDevice(DIRECTOR, made), "device.unknown")
    with desk.database.read() as connection:
        assert state["token"] not in str(connection.exec_driver_sql("SELECT * FROM audit").all())


def test_only_within_the_scope(desk: Desk) -> None:
    code = code_of(desk, secrets.token_hex(32))
    for view in (f"{OTHER_STREET}/wall", "120110/wall"):
        desk.refuses(Pair(DIRECTOR, code, "x", view=view), "access.refused")
    for role in ("street_operator", "leader", "auditor", "community_secretary"):
        who = somebody(role, STREET)
        desk.refuses(Pair(who, code, "x", view=STREET_WALL), "access.refused")
    made, _ = paired(desk, OPERATOR, view="120110/wall")
    desk.refuses(ChangeDevice(DIRECTOR, made, revoke=True), "access.refused")
    desk.refuses(ChangeDevice(DIRECTOR, made, view=STREET_WALL), "access.refused")
    assert desk.ask(ListDevices(DIRECTOR))["devices"] == []
    # Whoever sees how the site is sees them too.
    assert len(desk.ask(ListDevices(somebody("auditor")))["devices"]) == 1
    desk.refuses(ListDevices(somebody("leader")), "access.refused")
    # What was refused has not used the code up.
    desk.ask(Pair(DIRECTOR, code, "x", view=STREET_WALL))


def test_what_is_wrong_is_said(desk: Desk) -> None:
    secret = secrets.token_hex(32)
    code = code_of(desk, secret)
    desk.refuses(BeginPairing("abc", "127.0.0.1"), "request.invalid")
    desk.refuses(Pair(DIRECTOR, code, "x"), "device.view")
    desk.refuses(Pair(DIRECTOR, code, "x", view=STREET_WALL, playlist="p"), "device.view")
    desk.refuses(Pair(DIRECTOR, code, "x", view=f"{STREET}/desk"), "screen.unknown")
    desk.refuses(Pair(DIRECTOR, code, "x", view="../etc/wall"), "screen.unknown")
    desk.refuses(Pair(DIRECTOR, code, "x", playlist="none"), "playlist.unknown")
    desk.refuses(Pair(DIRECTOR, code, "a\x00b", view=STREET_WALL), "text.unseen")
    for _ in range(12):
        Throttle(desk.client, PREFIX, "pairing.code", 5).failed(DIRECTOR.id)
    desk.refuses(Pair(DIRECTOR, code, "x", view=STREET_WALL), "access.throttled")
    for _ in range(80):
        Throttle(desk.client, PREFIX, "pairing.address", 60).failed("127.0.0.1")
    desk.refuses(BeginPairing(secrets.token_hex(32), "127.0.0.1"), "access.throttled")
    assert code_of(desk, secret) == code


def test_playlists_have_versions(desk: Desk) -> None:
    pages = [PlaylistPage(STREET, 30), PlaylistPage(COMMUNITY, 20, "08:00", "18:00")]
    made = desk.ask(SavePlaylist(DIRECTOR, "", 0, "早班", pages))
    assert made["version"] == 1
    device, token = paired(desk, playlist=made["id"])
    screen = desk.sessions.screen(token)
    assert screen is not None
    assert screen.device.views == {STREET_WALL, f"{COMMUNITY}/wall"}
    assert screen.playlist is not None
    assert screen.playlist["pages"][1]["begin"] == "08:00"
    assert desk.ask(SavePlaylist(DIRECTOR, made["id"], 1, "早班", pages[:1]))["version"] == 2
    changed = desk.sessions.screen(token)
    assert changed is not None
    assert changed.device.views == {STREET_WALL}
    error = desk.refuses(SavePlaylist(DIRECTOR, made["id"], 1, "晚班", pages), "desk.conflict")
    assert error.facts == {"found": 2, "expected": 1}
    beyond = [PlaylistPage(OTHER_STREET, 30)]
    desk.refuses(SavePlaylist(DIRECTOR, made["id"], 2, "早班", beyond), "access.refused")
    others = desk.ask(SavePlaylist(OPERATOR, "", 0, "区", beyond))["id"]
    desk.refuses(SavePlaylist(DIRECTOR, others, 1, "区", pages), "access.refused")
    desk.refuses(ChangeDevice(DIRECTOR, device, playlist=others), "access.refused")
    (shown,) = desk.ask(ListDevices(DIRECTOR))["playlists"]
    assert (shown["version"], len(shown["pages"])) == (2, 1)
    remove = SavePlaylist(DIRECTOR, made["id"], 2, "", [], remove=True)
    desk.refuses(remove, "playlist.used")
    desk.ask(ChangeDevice(DIRECTOR, device, view=STREET_WALL))
    desk.ask(remove)
    desk.refuses(remove, "playlist.unknown")


def test_pages_that_cannot_be(desk: Desk) -> None:
    for page, code in (
        (PlaylistPage(STREET, 4), "playlist.seconds"),
        (PlaylistPage(STREET, 3601), "playlist.seconds"),
        (PlaylistPage(STREET, 30, "08:00"), "playlist.hours"),
        (PlaylistPage(STREET, 30, "8:00", "9:00"), "playlist.hours"),
        (PlaylistPage(STREET, 30, "24:00", "08:00"), "playlist.hours"),
        (PlaylistPage(STREET, 30, "08:00", "08:00"), "playlist.hours"),
        (PlaylistPage(f"{COMMUNITY}001", 30), "screen.unknown"),
    ):
        desk.refuses(SavePlaylist(DIRECTOR, "", 0, "x", [page]), code)
    desk.refuses(SavePlaylist(DIRECTOR, "", 0, "x", []), "playlist.length")
