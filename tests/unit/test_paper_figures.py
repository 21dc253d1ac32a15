"""Large numbers on paper: states and lines below agree with the number shown, tell nothing that is
hidden, and are rounded as on the screen."""

from typing import Any

import pytest

from datasource.office.figures import figure
from datasource.office.paper import Words, changed, shown
from layouts.i18n import table

WORDS = Words(table("zh"), "zh")


def visits(care: Any, special: Any) -> dict[str, Any]:
    return {"visits": {"overdue": {"care": care, "special": special}}}


@pytest.mark.parametrize(
    ("care", "special", "state", "note", "note_state"),
    [
        (0, "<5", "", "▲ 特殊人群 <5", "late"),
        (3, 0, "late", "特殊人群 0", ""),
        (0, "*", "", "特殊人群 *", ""),
        (2, 12, "late", "▲ 特殊人群 12", "late"),
    ],
)
def test_a_number_is_late_for_what_it_counts_itself(
    care: Any, special: Any, state: str, note: str, note_state: str
) -> None:
    told = figure("visits.overdue.care", visits(care, special), WORDS)
    assert (told.value, told.state, told.note, told.note_state) == (care, state, note, note_state)


@pytest.mark.parametrize(
    ("rate", "state"), [(None, ""), (0.96, ""), (0.95, ""), (0.9, "risk"), (0.5, "late")]
)
def test_coverage_is_judged_by_its_target(rate: float | None, state: str) -> None:
    patrols = {"coverage_rate": rate, "target_rate": 0.95, "alarm_rate": 0.8, "expected": 1115}
    told = figure("patrols.coverage_rate", {"patrols": patrols}, WORDS)
    assert (told.state, told.n, told.note) == (state, 1115, "目标 95% · n = 1,115")


def test_values_are_written_as_on_the_screen() -> None:
    # Halves go up, as in the browser, and not to even.
    assert [shown(value, "percent", WORDS) for value in (0.0625, 0.3125, 1, None)] == [
        "6.3%", "31.3%", "100.0%", "—",
    ]  # fmt: skip
    assert shown(148.5, "minutes", WORDS) == "2小时29分"
    assert shown("<5", "count", WORDS) == "<5"
    assert shown("*", "count", WORDS) == "*"


def test_changes_have_a_sign_and_rates_change_by_points() -> None:
    assert changed(8, "count", WORDS) == "+8"
    assert changed(-49, "count", WORDS) == "−49"
    assert changed(0.0001, "percent", WORDS) == "0.0 个百分点"
    assert changed(-0.003, "percent", WORDS) == "−0.3 个百分点"
    assert changed(-75, "minutes", WORDS) == "−1小时15分"
    assert changed(None, "count", WORDS) == "—"
