"""The file of rules: what it means, and every fault with its line."""

import re
from pathlib import Path

import pytest

from cockpit.clock import HOUR, MINUTE, SECOND
from cockpit.domain.rules import Limit, Rules
from cockpit.domain.rules_file import line_of
from cockpit.errors import CockpitError

TEXT = (Path(__file__).parents[2] / "rules.toml").read_text(encoding="utf-8")


def line(heading: str, key: str = "") -> int:
    """The line of a key in a table of the real file, counted by hand."""
    lines = TEXT.splitlines()
    start = lines.index(f"[{heading}]")
    if not key:
        return start + 1
    return next(i for i in range(start, len(lines)) if lines[i].startswith(f"{key} =")) + 1


def fault_of(text: str) -> CockpitError:
    with pytest.raises(CockpitError) as fault:
        Rules.from_toml(text, "my.toml")
    assert fault.value.code == "rules.invalid"
    assert fault.value.facts["file"] == "my.toml"
    return fault.value


def changed(heading: str, key: str, value: str) -> str:
    """The real file with another value; the line stays."""
    lines = TEXT.splitlines()
    place = line(heading, key) - 1
    lines[place] = f"{key} = {value}" if value else ""
    return "\n".join(lines)


def test_rules_of_before_alerts_could_be_shelved_for_so_long_are_read() -> None:
    begin, end = TEXT.index("[alerts]"), TEXT.index("[visits]")
    assert Rules.from_toml(TEXT[:begin] + TEXT[end:]).alerts.shelve_days == 7
    assert Rules.from_toml(changed("alerts", "shelve_days", "3")).alerts.shelve_days == 3
    assert fault_of(changed("alerts", "shelve_days", "0")).facts["line"] == line(
        "alerts", "shelve_days"
    )


def test_the_real_rules() -> None:
    rules = Rules.from_toml(TEXT)
    assert rules.case_limit("0101", "urgent") == Limit("working", 4 * HOUR)
    assert rules.case_limit("0106", "routine") == Limit("working_days", 20)
    assert rules.case_limit("0403", "urgent") == Limit("natural", 2 * HOUR)
    assert rules.case_limit("0403", "routine") == Limit("natural", 72 * HOUR)
    assert rules.whistle_limit("emergency", "sign") == Limit("natural", 10 * MINUTE)
    assert rules.whistle_limit("tough", "finish") == Limit("working_days", 10)
    assert rules.visit_interval("special", "high") == 14
    assert rules.visit_interval("care", "high") == 7
    assert rules.first_visit_days == 7
    assert (rules.off_post, rules.parking, rules.source_late) == (
        30 * MINUTE,
        15 * MINUTE,
        30 * SECOND,
    )
    assert len(rules.mains) == 11
    assert len(rules.minors) == 45
    assert rules.calendar.day_length == 7 * HOUR


BAD_VALUES = [
    ("hours", "working", '["08:30-12:00", "11:00-17:30"]', "follow one another"),
    ("hours", "working", "[]", "follow one another"),
    ("hours", "working", '["8:30-12:00"]', "not a window"),
    ("hours", "working", '["12:00-08:30"]', "does not run forward"),
    ("hours", "working", '["08:30-24:30"]', "does not run forward"),
    ("hours", "working", "[1, 2]", "Expected `str`"),
    ("patrol", "afternoon", '"11:00-17:30"', "must follow the morning"),
    ("patrol", "morning", '"early"', "not a window"),
    ("patrol", "off_post_minutes", "0", "from 1 to 1440"),
    ("patrol", "off_post_minutes", "true", "Expected `int`"),
    ("patrol", "grace_metres", "-1", "from 0"),
    ("patrol", "target_rate", "1.5", "between 0 and 1"),
    ("patrol", "alarm_rate", "nan", "between 0 and 1"),
    ("patrol", "alarm_rate", '"0.8"', "Expected `float`"),
    ("stream", "parking_seconds", "0", "from 1"),
    ("privacy", "hide_below", "0", "from 1 to 100"),
    ("rates", "rank_from", "0", "from 1"),
    ("rates", "response_weight", "0.9", "must sum up to 1"),
    ("rates", "standing", '"hearsay"', "Invalid enum value"),
    ("grades.urgent", "limit", '"2 weeks"', "not a limit"),
    ("grades.urgent", "limit", '"0 hours"', "not a limit"),
    ("whistles.tough", "arrive", '"soon"', "not a limit"),
    ("visits", "first_days", "0", "from 1"),
    ("visits.special", "high", "0", "from 1"),
    ("visits.special", "categories", '["released", "released"]', "no name of its own"),
    ("visits.care", "categories", '["released"]', "no name of its own"),
    ("visits.care", "categories", '["care"]', "no name of its own"),
    ("visits.care", "categories", '["信访"]', "no name of its own"),
    ("visits.care", "categories", "[]", "has no category"),
    ("mains.01", "zh", '" "', "must not be empty"),
    ("minors.0504", "zh", "5", "Expected `str`"),
    ("minors.0101", "limit", '"4 work hours"', "not a limit"),
    ("minors.0504", "standing", '"rumour"', "Invalid enum value"),
]


@pytest.mark.parametrize(("heading", "key", "value", "why"), BAD_VALUES)
def test_a_bad_value_is_named_with_its_line(heading: str, key: str, value: str, why: str) -> None:
    fault = fault_of(changed(heading, key, value))
    assert fault.facts["line"] == line(heading, key)
    assert f"{heading}.{key}: " in str(fault)
    assert why in str(fault)


@pytest.mark.parametrize("heading", ["patrol", "visits.care", "grades.general", "minors.0504"])
def test_an_unknown_field_is_named_with_its_line(heading: str) -> None:
    lines = TEXT.splitlines()
    lines.insert(line(heading), "colour = 'red'")
    fault = fault_of("\n".join(lines))
    assert fault.facts["line"] == line(heading) + 1
    assert f"{heading}.colour: " in str(fault)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("patrol", "morning"),
        ("visits.care", "key"),
        ("whistles.tough", "sign"),
        ("minors.0504", "zh"),
    ],
)
def test_a_missing_field_is_named_with_the_line_of_its_table(heading: str, key: str) -> None:
    fault = fault_of(changed(heading, key, ""))
    assert fault.facts["line"] == line(heading)
    assert f"`{key}`" in str(fault)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("grades.urgent", "grades.hasty", "grades.hasty: is none of urgent"),
        ("whistles.tough", "whistles.mild", "whistles.mild: is none of emergency"),
        ("mains.16", "mains.1x", "mains.1x: needs two digits"),
        ("minors.0504", "minors.504", "minors.504: needs four digits"),
        ("minors.0504", "minors.9904", "minors.9904: needs four digits that begin with a main"),
        ("rates", "rate", "rate: there is no such table"),
    ],
)
def test_a_wrong_heading_is_named_with_its_line(old: str, new: str, why: str) -> None:
    fault = fault_of(TEXT.replace(f"[{old}]", f"[{new}]"))
    assert fault.facts["line"] == line(old)
    assert why in str(fault)


def without(heading: str) -> str:
    """The real file without one table, that heading's lines up to the next."""
    pattern = rf"\[{re.escape(heading)}\]\n(?:(?!\[).*\n)*"
    return re.sub(pattern, "", TEXT + "\n", count=1)


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("privacy", "privacy: the table is missing"),
        ("grades.routine", "grades: routine is missing"),
        ("visits.care", "`care`"),
    ],
)
def test_a_missing_table_is_named(heading: str, why: str) -> None:
    assert why in str(fault_of(without(heading)))


def test_tables_that_are_none() -> None:
    assert "must be a table" in str(fault_of("hours = 5\n" + without("hours")))
    assert "minors.0504: Expected `object`" in str(
        fault_of(without("minors.0504") + "\n[minors]\n0504 = 'grill'\n")
    )
    bare = "\n".join(re.sub(r"(?s)\[minors.*", "", TEXT).splitlines())
    assert "minors: has no entry" in str(fault_of(f"{bare}\n[minors]\n"))


def test_a_main_category_has_no_limit() -> None:
    text = TEXT.replace("[mains.01]", '[mains.01]\nlimit = "2 hours"')
    assert fault_of(text).facts["line"] == line("mains.01") + 1


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (TEXT.replace("[patrol]", "[patrol"), line("patrol")),
        (TEXT.replace("[minors.0504]", "[minors.0503]"), line("minors.0504")),
        ('[hours]\nworking = ["08:30', 2),
        ("", 1),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(text: str, at: int) -> None:
    assert fault_of(text).facts["line"] == at


def test_lines_of_quoted_and_dotted_names() -> None:
    text = '[minors."0504"]\nzh = "x"\n\n[visits]\ncare.high = 3\n'
    assert line_of(text, "minors.0504.zh") == 2
    assert line_of(text, "visits.care.high") == 5
    assert line_of(text, "visits.care.low") == 4
    assert line_of(text, "nowhere") == 1
