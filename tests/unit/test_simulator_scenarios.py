"""Scenarios: files are checked, and each does what it says and nothing before its time."""

from pathlib import Path

import pytest

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.domain.calendar import day_of, day_start
from cockpit.errors import CockpitError
from datasource.simulator.messages import OF_CHANNEL, Made
from datasource.simulator.runner import TODAY_EACH
from datasource.simulator.scenarios import FOLDER, known_scenarios, load_scenario
from tests.unit.simulated import BORN, body, world

pytestmark = pytest.mark.bulk

# Born so late that BORN lies in the first days told: quickly made.
LATER = BORN + 12 * DAY
YOUNG = {"born": LATER, "anchor": BORN}


def reported(events: list[Made]) -> list[dict[str, object]]:
    return [body(event) for event in events if '"case.reported"' in event.text]


def test_every_file_is_valid() -> None:
    assert known_scenarios() == ["dead_source", "disorder", "ordinary", "storm"]
    for name in known_scenarios():
        assert load_scenario(name).title


@pytest.mark.parametrize("name", ["stormy", "", "../ordinary", "ordinary.toml"])
def test_an_unknown_name_is_told_the_known_ones(name: str) -> None:
    with pytest.raises(CockpitError, match="dead_source, disorder, ordinary, storm") as error:
        load_scenario(name)
    assert error.value.code == "scenario.invalid"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("alerts = 4", "alerts = -1", "alerts"),
        ("alerts = 4", "alarms = 4", "alarms"),
        ("off_day = 0.35", 'off_day = "much"', "off_day"),
        ("[volume]", "[volume", "line"),
        ("[volume]", "[silence]\nchannel = 'tv'\nafter_minutes = 1\n[volume]", "channel"),
    ],
)
def test_a_wrong_file_says_why(tmp_path: Path, old: str, new: str, why: str) -> None:
    text = (FOLDER / "ordinary.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CockpitError, match=why) as error:
        load_scenario("mine", tmp_path)
    assert error.value.code == "scenario.invalid"


def test_a_storm_floods_streets_and_whistles_for_help() -> None:
    start = day_start(day_of(BORN)) + 14 * HOUR
    stormy, quiet = world(scenario="storm", **YOUNG), world(**YOUNG)
    storm = list(stormy.events(start, start + 4 * HOUR, TODAY_EACH))
    calm = list(quiet.events(start, start + 4 * HOUR, TODAY_EACH))
    wet = ("0104", "0108", "0402")
    flooded = [b for b in reported(storm) if b["data"]["category"] in wet]  # type: ignore[index]
    assert len(flooded) > 350 > 20 * len(wet)
    emergencies = [e for e in storm if '"kind":"emergency"' in e.text]
    assert len(emergencies) > 40 + len([e for e in calm if '"kind":"emergency"' in e.text])
    before = (start - DAY, start)
    assert list(stormy.events(*before, 40)) == list(quiet.events(*before, 40))


def test_a_storm_chosen_later_invents_no_cases_of_before() -> None:
    start = day_start(day_of(BORN)) + 14 * HOUR
    chosen = start + 90 * MINUTE
    late = world(scenario="storm", born=LATER, since=chosen, anchor=chosen)
    until = chosen, chosen + 2 * HOUR
    known = {e.id for e in world(**YOUNG).events(start, until[1], TODAY_EACH)}
    fresh = [e for e in late.events(*until, TODAY_EACH) if e.id not in known]
    opened = {body(e)["subject"] for e in fresh if '"case.reported"' in e.text}
    told = {str(body(e)["subject"]) for e in fresh}
    assert opened
    assert {subject for subject in told if subject.startswith("case/")} == opened


def test_a_dead_source_is_silent_with_all_its_cases() -> None:
    dead = world(scenario="dead_source", **YOUNG)
    hotline = OF_CHANNEL["8890"]
    end = BORN + 26 * HOUR
    found = list(dead.events(BORN, end, TODAY_EACH))
    assert [e for e in found if e.source == hotline and e.time >= BORN + 3 * MINUTE] == []
    ordinary = list(world(**YOUNG).events(BORN, end, TODAY_EACH))
    assert len([e for e in ordinary if e.source == hotline]) > 50
    # Whoever is told of a case has heard of it: nobody handles what was never reported.
    opened = {body(e)["subject"] for e in found if '"case.reported"' in e.text}
    missing = {body(e)["subject"] for e in ordinary if e.source == hotline} - opened
    assert not {body(e)["subject"] for e in found} & missing
    assert hotline in dead.sources(BORN)
    assert hotline not in dead.sources(BORN + 3 * MINUTE)
