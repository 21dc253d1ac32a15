"""Source keys: what they allow, rotation, taken back at once, whole after a loss."""

import pytest

from cockpit.clock import DAY
from cockpit.errors import CockpitError
from datasource.desk.intake_door import open_intake
from datasource.desk.people_questions import ChangeKey, CreateKey, ListKeys
from datasource.sessions import RedisSessions
from tests.people import ADMINISTRATOR, STREET, Desk, somebody
from tests.support import PREFIX

pytestmark = pytest.mark.integration


def test_from_a_key_to_none(desk: Desk) -> None:
    desk.upkeep.tell()
    assert not desk.sessions.keys_exist()
    made = desk.ask(CreateKey(ADMINISTRATOR, "热线", "/12345", ["case.reported"], [STREET], 600))
    key = desk.sessions.key(made["key"])
    assert key is not None
    assert (key.source, key.types, key.regions) == ("/12345", {"case.reported"}, {STREET})
    assert (key.rate, key.ends) == (600, None)
    desk.upkeep.tell()
    assert desk.sessions.keys_exist()
    rotated = desk.ask(ChangeKey(ADMINISTRATOR, made["id"], rotate=True))["key"]
    old = desk.sessions.key(made["key"])
    assert old is not None
    assert old.ends == desk.clock.now() + DAY
    assert desk.sessions.key(rotated) == key
    desk.upkeep.keep_marks()
    (row,) = desk.ask(ListKeys(ADMINISTRATOR))["keys"]
    assert (row["name"], row["seen"], row["ends"] is None) == ("热线", row["since"], False)
    desk.client.flushdb()
    desk.upkeep.tell()
    assert desk.sessions.key(made["key"]) == old
    desk.clock.advance(DAY)
    assert desk.sessions.key(made["key"]) is None
    desk.upkeep.tell()
    assert len(desk.people.copies.keys()) == 1
    assert desk.ask(ListKeys(ADMINISTRATOR))["keys"][0]["ends"] is None
    desk.ask(ChangeKey(ADMINISTRATOR, made["id"], revoke=True))
    assert desk.sessions.key(rotated) is None
    desk.upkeep.tell()
    assert desk.sessions.keys_exist()
    desk.refuses(ChangeKey(ADMINISTRATOR, made["id"], revoke=True), "key.unknown")
    told = str(desk.whats())
    assert "key.created: done, /12345" in told
    assert rotated not in told


def test_the_last_key_that_goes_opens_no_door(desk: Desk) -> None:
    """From the first key on nobody sends without one, until the machine's operator says so."""
    assert not open_intake(desk.people).needed
    made = desk.ask(CreateKey(ADMINISTRATOR, "热线", "/12345", [], [STREET]))["id"]
    assert open_intake(desk.people).keys == 1
    desk.ask(ChangeKey(ADMINISTRATOR, made, revoke=True))
    desk.client.flushdb()
    desk.upkeep.tell()
    assert desk.sessions.keys_exist()
    assert open_intake(desk.people).needed
    desk.upkeep.tell()
    assert not desk.sessions.keys_exist()
    assert desk.whats()[-1] == "intake.opened: done, by command"
    assert not open_intake(desk.people).needed
    desk.ask(CreateKey(ADMINISTRATOR, "热线", "/12345", [], [STREET]))
    desk.upkeep.tell()
    assert desk.sessions.keys_exist()


def test_a_redis_that_has_lost_its_data_opens_nothing(desk: Desk) -> None:
    made = desk.ask(CreateKey(ADMINISTRATOR, "热线", "/12345", [], [STREET]))["key"]
    for ask in (desk.sessions.keys_exist, desk.sessions.administered):
        with pytest.raises(CockpitError) as caught:
            ask()
        assert caught.value.code == "query.unavailable"
    desk.upkeep.tell()
    assert (desk.sessions.keys_exist(), desk.sessions.key("another")) == (True, None)
    desk.client.flushdb()
    assert desk.sessions.keys_exist()  # as it last heard
    with pytest.raises(CockpitError) as caught:
        desk.sessions.key(made)  # not that it is wrong
    assert caught.value.code == "query.unavailable"
    with pytest.raises(CockpitError):
        RedisSessions(desk.client, PREFIX).keys_exist()
    desk.upkeep.tell()
    assert desk.sessions.key(made)


def test_what_cannot_be(desk: Desk) -> None:
    for source, types, regions, rate, code in (
        ("", [], ["120110"], 0, "text.length"),
        ("/s\n", [], ["120110"], 0, ""),
        ("/s\x07x", [], ["120110"], 0, "text.unseen"),
        ("/s", ["case.moved"], ["120110"], 0, "type.unknown"),
        ("/s", [], [], 0, "number.range"),
        ("/s", [], ["999"], 0, "region.unknown"),
        ("/s", [], ["120110"], -1, "number.range"),
        ("/cockpit/commands", [], ["120110"], 0, "envelope.reserved"),
    ):
        question = CreateKey(ADMINISTRATOR, "k", source, types, regions, rate)
        if code:
            desk.refuses(question, code)
        else:
            made = desk.ask(question)["id"]
    desk.refuses(ChangeKey(ADMINISTRATOR, made), "request.invalid")
    desk.refuses(ChangeKey(ADMINISTRATOR, made, rotate=True, revoke=True), "request.invalid")
    of_street = somebody("administrator", STREET)
    desk.refuses(ChangeKey(of_street, made, revoke=True), "access.refused")
    assert desk.ask(ListKeys(of_street))["keys"] == []
