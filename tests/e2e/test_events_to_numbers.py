"""From an event to the painted number: on the walls it concerns, and on no other."""

from collections.abc import Callable

import pytest

from cockpit.clock import HOUR, MINUTE, SECOND, to_text
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

# What the rows of whistles that are to be seen say of their state.
STATES = """() => [...document.querySelectorAll('[data-metric="whistles.list"] .row')]
  .filter((row) => row.checkVisibility()).map(({ dataset }) => dataset.state)"""


def test_an_event_changes_the_walls_above_it_and_no_other(
    shared: District, open_wall: OpenWall
) -> None:
    walls = {code: open_wall(shared.base_url, code).wait_live() for code in (*MINE, *OTHERS)}
    frames = {code: shared.frame(code)["panels"] for code in walls}
    opened = {code: frame["cases"]["open"] for code, frame in frames.items()}
    today = {code: frame["cases"]["reported_today"] for code, frame in frames.items()}
    blown = {code: frame["whistles"]["open"] for code, frame in frames.items()}
    closed = {code: frame["cases"]["closed_today"] for code, frame in frames.items()}
    seq = walls[DISTRICT].seq()
    for code, wall in walls.items():
        assert wall.root("view") == f"{code}/wall"
        wall.wait_value("cases.open", opened[code])
        wall.wait_value("whistles.open", blown[code])

    shared.publish(shared.event("case.reported", "case/1", GRID, reported()))
    for code in MINE:
        walls[code].wait_value("cases.open", opened[code] + 1)
        walls[code].wait_value("cases.reported_today", today[code] + 1)

    accepted = shared.event("case.accepted", "case/1", GRID)
    status, answer = post_json(f"{shared.base_url}/api/v1/events", [accepted, accepted])
    assert (status, answer["accepted"], answer["duplicates"]) == (202, 1, 1)
    whistle = {"kind": "emergency", "department": "区城管委", "category": "0106"}
    shared.publish(shared.event("whistle.blown", "whistle/1", STREET, whistle))
    for code in (DISTRICT, STREET):
        walls[code].wait_value("whistles.open", blown[code] + 1)
        wait_for(lambda code=code: walls[code].seq() == seq + 3)
    for code in OTHERS:
        wait_for(lambda code=code: walls[code].seq() == seq + 3)
        assert walls[code].value("cases.open") == str(opened[code])
        assert walls[code].value("cases.reported_today") == str(today[code])
        assert walls[code].value("whistles.open") in {str(blown[code]), None}
    assert walls[COMMUNITY].value("whistles.open") in {str(blown[COMMUNITY]), None}

    # What is painted is what the API answers.
    shared.publish(
        *(shared.event("case.reported", f"case/b{n}", GRID, reported("8890")) for n in range(7)),
        shared.event("case.closed", "case/b3", GRID),
    )
    for code in MINE:
        wait_for(lambda code=code: walls[code].seq() == seq + 11)
        frame = shared.frame(code)
        assert frame["epoch"] == walls[code].root("epoch")
        cases = frame["panels"]["cases"]
        assert cases["open"] == opened[code] + 7
        assert cases["closed_today"] == closed[code] + 1
        assert cases["reported_today"] == today[code] + 8
        walls[code].wait_value("cases.open", opened[code] + 7)
        walls[code].wait_value("cases.reported_today", today[code] + 8)


def test_garbage_changes_nothing_but_its_count(shared: District, open_wall: OpenWall) -> None:
    wall = open_wall(shared.base_url, DISTRICT).wait_live()
    before, rejected = shared.cases(DISTRICT), rejections(shared)
    bad = shared.event("case.reported", "case/g1", "999999", reported())
    shared.publish(bad, bad | {"id": "other", "region": GRID, "time": "yesterday"})
    wait_for(lambda: rejections(shared) == rejected + 2)
    shared.publish(shared.event("case.reported", "case/g2", GRID, reported()))
    wall.wait_value("cases.open", before + 1)


def rejections(district: District) -> int:
    return int(district.frame(DISTRICT)["panels"]["stream"]["rejected_today"])


def test_a_burst_of_a_thousand_ends_in_the_right_picture(
    shared: District, open_wall: OpenWall
) -> None:
    wall = open_wall(shared.base_url, STREET).wait_live()
    before, seq, now = shared.cases(STREET), wall.seq(), shared.now()
    shared.publish(
        *(shared.event("case.reported", f"case/t{n}", GRID, reported(), now) for n in range(1000))
    )
    wall.wait_value("cases.open", before + 1000)
    assert wall.seq() == seq + 1000


def test_a_deadline_that_passes_moves_the_numbers_by_itself(
    shared: District, open_wall: OpenWall
) -> None:
    wall = open_wall(shared.base_url, STREET).wait_live()
    before, seq, now = shared.cases(STREET), wall.seq(), shared.now()
    wall.wait_value("cases.overdue", 0)
    due = {"level": "grid", "unit": "网格", "due": to_text(now + 12 * SECOND)}
    shared.publish(
        shared.event("case.reported", "case/d1", GRID, reported(), now - MINUTE),
        shared.event("case.dispatched", "case/d1", GRID, due, now - 12 * SECOND),
    )
    wall.wait_value("cases.open", before + 1)
    wall.wait_value("cases.overdue", 1)
    assert wall.seq() == seq + 2


def test_each_whistle_bears_its_own_state(shared: District, open_wall: OpenWall) -> None:
    """Late first, then by deadline: the long leg at risk stands behind the short one in time."""
    wall = open_wall(shared.base_url, OTHER_STREET).wait_live()
    now = shared.now()

    def tells(step: str, key: int, ago: int, kind: str | None = None) -> dict[str, object]:
        data = kind and {"kind": kind, "department": "区城管委", "category": "0106"}
        return shared.event(f"whistle.{step}", f"whistle/state{key}", OTHER_STREET, data, now - ago)

    shared.publish(
        tells("blown", 1, 24 * HOUR, "routine"),
        tells("signed", 1, 23 * HOUR + 15 * MINUTE),
        tells("blown", 2, 30 * MINUTE, "routine"),
        tells("blown", 3, 15 * MINUTE, "emergency"),
    )
    states = ["overdue", "in_time", "at_risk"]
    wait_for(lambda: wall.page.evaluate(STATES) == states)
    listed = shared.frame(OTHER_STREET)["panels"]["whistles"]["list"]
    assert [item["state"] for item in listed] == states
