"""From an event to the painted number: on the walls it concerns, and on no other."""

from collections.abc import Callable

import pytest

from cockpit.clock import MINUTE, SECOND, to_text
from tests.e2e.conftest import District, Wall, reported
from tests.program import post_json
from tests.support import wait_for

pytestmark = pytest.mark.e2e

DISTRICT, STREET, COMMUNITY = "120110", "120110001", "120110001005"
GRID, OTHER_STREET = "120110001005001", "120110002"
OTHER_COMMUNITY = "120110001006"
MINE = (DISTRICT, STREET, COMMUNITY)
OTHERS = (OTHER_STREET, OTHER_COMMUNITY)

OpenWall = Callable[..., Wall]


@pytest.fixture
def walls(quiet: District, open_wall: OpenWall) -> dict[str, Wall]:
    return {code: open_wall(quiet.base_url, code).wait_live() for code in (*MINE, *OTHERS)}


def test_an_event_changes_the_walls_above_it_and_no_other(
    quiet: District, walls: dict[str, Wall]
) -> None:
    for wall in walls.values():
        assert wall.root("view") == f"{wall.region}/wall"
        wall.wait_value("cases.open", 0)
        wall.wait_value("whistles.open", 0)

    quiet.publish(quiet.event("case.reported", "case/1", GRID, reported()))
    for code in MINE:
        walls[code].wait_value("cases.open", 1)
        walls[code].wait_value("cases.reported_today", 1)

    accepted = quiet.event("case.accepted", "case/1", GRID)
    status, answer = post_json(f"{quiet.base_url}/api/v1/events", [accepted, accepted])
    assert (status, answer["accepted"], answer["duplicates"]) == (202, 1, 1)
    whistle = {"kind": "emergency", "department": "区城管委", "category": "0106"}
    quiet.publish(quiet.event("whistle.blown", "whistle/1", STREET, whistle))
    for code in (DISTRICT, STREET):
        walls[code].wait_value("whistles.open", 1)
        wait_for(lambda code=code: walls[code].seq() == 3)
    for code in OTHERS:
        wait_for(lambda code=code: walls[code].seq() == 3)
        assert walls[code].value("cases.open") == "0"
        assert walls[code].value("cases.reported_today") == "0"
        assert walls[code].value("whistles.open") in {"0", None}
    assert walls[COMMUNITY].value("whistles.open") in {"0", None}


def test_what_is_painted_is_what_the_api_answers(quiet: District, walls: dict[str, Wall]) -> None:
    quiet.publish(
        *(quiet.event("case.reported", f"case/{n}", GRID, reported("8890")) for n in range(7)),
        quiet.event("case.closed", "case/3", GRID),
    )
    for code in MINE:
        wait_for(lambda code=code: walls[code].seq() == 8)
        frame = quiet.program.frame(f"{code}/wall")
        assert frame["epoch"] == walls[code].root("epoch")
        cases = frame["panels"]["cases"]
        assert (cases["open"], cases["closed_today"], cases["reported_today"]) == (6, 1, 7)
        walls[code].wait_value("cases.open", 6)
        walls[code].wait_value("cases.reported_today", 7)


def test_garbage_changes_nothing_but_its_count(quiet: District, open_wall: OpenWall) -> None:
    wall = open_wall(quiet.base_url, DISTRICT).wait_live()
    bad = quiet.event("case.reported", "case/1", "999999", reported())
    quiet.publish(bad, bad | {"id": "other", "region": GRID, "time": "yesterday"})
    wait_for(lambda: quiet.program.frame("120110/wall")["panels"]["stream"]["rejected_today"] == 2)
    quiet.publish(quiet.event("case.reported", "case/2", GRID, reported()))
    wall.wait_value("cases.open", 1)


def test_a_burst_of_a_thousand_ends_in_the_right_picture(
    quiet: District, open_wall: OpenWall
) -> None:
    wall = open_wall(quiet.base_url, STREET).wait_live()
    now = quiet.now()
    quiet.publish(
        *(quiet.event("case.reported", f"case/{n}", GRID, reported(), now) for n in range(1000))
    )
    wall.wait_value("cases.open", 1000)
    assert wall.seq() == 1000


def test_a_deadline_that_passes_moves_the_numbers_by_itself(
    quiet: District, open_wall: OpenWall
) -> None:
    wall = open_wall(quiet.base_url, STREET).wait_live()
    now = quiet.now()
    due = {"level": "grid", "unit": "网格", "due": to_text(now + 12 * SECOND)}
    quiet.publish(
        quiet.event("case.reported", "case/1", GRID, reported(), now - MINUTE),
        quiet.event("case.dispatched", "case/1", GRID, due, now - 12 * SECOND),
    )
    wall.wait_value("cases.open", 1)
    wall.wait_value("cases.overdue", 0)
    wall.wait_value("cases.overdue", 1, 30)
    assert wall.seq() == 2
