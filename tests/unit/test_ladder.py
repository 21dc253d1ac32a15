"""To which level something raises itself, on the edges."""

from pathlib import Path

import pytest

from cockpit.clock import HOUR, MINUTE
from cockpit.domain.ladder import CaseClock, Missed, case_missed, twice_at, whistle_missed
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from tests.support import NOW

TEXT = Path("rules.toml").read_text("utf-8")
RULES = Rules.from_toml(TEXT)
# General grade, no limit of its own: 24 hours, day and night.
CASE = CaseClock("0201", "general", risk=NOW + 16 * HOUR, due=NOW + 24 * HOUR, dispatched=NOW)
AT_RISK, LATE = Missed(1, CASE.risk), Missed(2, CASE.due)
TWICE = Missed(3, CASE.due + 24 * HOUR)


@pytest.mark.parametrize(
    ("raised", "now", "wanted"),
    [
        ([], CASE.risk - 1, None),
        ([], CASE.risk, AT_RISK),
        ([(CASE.risk, 1)], CASE.due, None),
        ([], CASE.due, AT_RISK),
        ([(CASE.risk, 1)], CASE.due + 1, LATE),
        ([], CASE.due + 1, LATE),  # nobody looked before: the first step is left out
        ([(CASE.due, 2)], TWICE.at - 1, None),
        ([(CASE.due, 2)], TWICE.at, TWICE),
        ([], TWICE.at, TWICE),
        ([(CASE.due, 3)], TWICE.at, None),
        ([(CASE.risk, 4)], TWICE.at, None),  # by hand
        # Raised for an earlier deadline, returned, dispatched again, and missed again.
        ([(NOW - HOUR, 2)], CASE.due, None),
        ([(NOW - HOUR, 2)], CASE.due + 1, Missed(3, CASE.due)),
    ],
)
def test_cases(raised: list[tuple[int, int]], now: int, wanted: Missed | None) -> None:
    assert case_missed(RULES, CASE, raised, now) == wanted
    assert twice_at(RULES, CASE) == TWICE.at


DUE, BEGAN = NOW + HOUR, NOW


@pytest.mark.parametrize(
    ("leg", "raised", "now", "level"),
    [
        ("sign", [], DUE, None),
        ("sign", [], DUE + 1, 1),
        ("arrive", [], DUE + 1, 2),
        ("finish", [], DUE + 1, 3),
        ("sign", [(DUE, 1)], DUE + 1, None),  # this leg has been told of
        ("sign", [(BEGAN - MINUTE, 1)], DUE + 1, 3),  # reassigned, and late again
        ("arrive", [(BEGAN - MINUTE, 1)], DUE + 1, 2),
        ("arrive", [(BEGAN - MINUTE, 2)], DUE + 1, 3),
        ("finish", [(BEGAN - MINUTE, 3)], DUE + 1, None),
    ],
)
def test_whistles(leg: str, raised: list[tuple[int, int]], now: int, level: int | None) -> None:
    missed = whistle_missed(RULES, leg, DUE, BEGAN, raised, now)
    assert (missed and missed.level) == level


def test_the_office_may_turn_a_step_off_and_not_lose_its_way() -> None:
    quiet = Rules.from_toml(TEXT.replace("at_risk = 1", "at_risk = 0"))
    assert case_missed(quiet, CASE, [], CASE.risk) is None
    assert case_missed(quiet, CASE, [], CASE.due + 1) == LATE
    with pytest.raises(CockpitError, match=r"ladder.overdue: must be from 0 to 4"):
        Rules.from_toml(TEXT.replace("overdue = 2", "overdue = 5"))
    # Rules of before there was a ladder are still read.
    begin, end = TEXT.index("[ladder]"), TEXT.index("[visits]")
    assert Rules.from_toml(TEXT[:begin] + TEXT[end:]).ladder.overdue == 2
