"""The whole program with the simulated district: a living wall, and a second start."""

from collections.abc import Callable
from typing import Any

import pytest

from cockpit.clock import MINUTE, parse_instant, to_text
from tests.e2e.conftest import District, Wall
from tests.support import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

OpenWall = Callable[..., Wall]

HEADLINE = (
    "cases.reported_today",
    "cases.open",
    "cases.on_time_rate",
    "cases.overdue",
    "whistles.open",
    "whistles.overdue",
    "patrols.on_duty",
)


def metric(frame: dict[str, Any], name: str) -> Any:
    """A metric of a frame by its name."""
    value: Any = frame["panels"]
    for step in name.split("."):
        value = value[step]
    return value


@pytest.mark.parametrize("region", ["120110", "120110001", "120110001005"])
def test_the_wall_of_a_living_district(
    district: District, open_wall: OpenWall, region: str
) -> None:
    wall = open_wall(district.base_url, region).wait_live()
    first = wall.seq()
    assert first > 200_000
    wait_for(lambda: wall.seq() > first, 30)
    assert wall.root("live") == "live"
    shown = [name for name in HEADLINE if wall.value(name) is not None]
    assert len(shown) >= 4

    def agrees() -> bool:
        """What stands on the page is what the frame with its number says."""
        seq = wall.seq()
        frame = district.program.frame(f"{region}/wall")
        found = {name: wall.value(name) for name in shown}
        if frame["seq"] != seq or wall.seq() != seq:
            return False
        said = {name: metric(frame, name) for name in shown}
        return all(
            found[name] == "" if said[name] is None else float(found[name]) == said[name]
            for name in shown
        )

    wait_for(agrees, 30)


def test_the_day_of_the_district_is_plausible(district: District) -> None:
    panels = district.program.frame("120110/wall")["panels"]
    assert 200 <= panels["cases"]["reported_today"] <= 900
    assert panels["cases"]["open"] > 0
    assert 0.8 <= panels["patrols"]["coverage_rate"] <= 1
    assert panels["patrols"]["shift"] == "afternoon"
    assert sum(panels["cases"]["trend"]["last_week"]) > 200
    assert not [source for source in panels["stream"]["sources"] if source["late"]]


def test_a_second_start_goes_on_and_repeats_nothing(district: District) -> None:
    program = district.program
    before = wait_for(lambda: program.frame("120110/wall"))
    assert program.stop() == 0  # by SIGINT, as Ctrl-C does
    assert not program.processes()
    assert "Traceback" not in program.errors
    program.start(clock=to_text(parse_instant(before["at"]) + 5 * MINUTE))
    program.wait_ready()
    after = wait_for(lambda: program.frame("120110/wall"))
    assert after["epoch"] == before["epoch"]
    assert before["seq"] <= after["seq"] < before["seq"] + 50_000
    for name in ("cases.reported_today", "visits.made_today.elder_alone"):
        assert metric(after, name) >= metric(before, name)
    assert program.errors.count("Up to the clock") == 1
