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
    wait_for(lambda: wall.seq() > first)
    wall.wait_live()

    def agrees() -> bool:
        """What stands on the page is what the frame with its number says."""
        seq = wall.seq()
        frame = district.frame(region)
        # A panel that is painted once a second may show another value than its neighbour.
        found = {name: value for name in HEADLINE if (value := wall.value(name)) is not None}
        if len(found) < 4 or frame["seq"] != seq or wall.seq() != seq:
            return False
        said = {name: metric(frame, name) for name in found}
        return all(
            value == "" if said[name] is None else value != "" and float(value) == said[name]
            for name, value in found.items()
        )

    wait_for(agrees)


def test_the_day_of_the_district_is_plausible(district: District) -> None:
    panels = district.frame("120110")["panels"]
    assert 200 <= panels["cases"]["reported_today"] <= 900
    assert panels["cases"]["open"] > 0
    assert 0.8 <= panels["patrols"]["coverage_rate"] <= 1
    assert panels["patrols"]["shift"] == "afternoon"
    assert sum(panels["cases"]["trend"]["last_week"]) > 200
    # One that the machine kept waiting is late for a while.
    wait_for(lambda: not late(district.frame("120110")["panels"]))


def late(panels: dict[str, Any]) -> list[Any]:
    return [source for source in panels["stream"]["sources"] if source["late"]]


def test_a_second_start_goes_on_and_repeats_nothing(district: District) -> None:
    program = district.program
    before = district.frame("120110")
    assert program.stop() == 0  # by SIGINT, as Ctrl-C does
    assert not program.processes()
    assert "Traceback" not in program.errors
    program.start(clock=to_text(parse_instant(before["at"]) + 5 * MINUTE))
    program.wait_ready()
    after = district.frame("120110")
    assert after["epoch"] == before["epoch"]
    assert before["seq"] <= after["seq"] < before["seq"] + 50_000
    for name in ("cases.reported_today", "visits.made_today.elder_alone"):
        assert metric(after, name) >= metric(before, name)
    assert program.errors.count("Up to the clock") == 1
