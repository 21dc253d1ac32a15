"""What Dash builds of a meeting: what feeds each page, and which numbers have a list."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash.development.base_component import Component

from cockpit.domain.meeting import NOTES, PAGE_NAMES
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers import Ledgers
from cockpit.ledgers.stream import FEEDS
from datasource.geography import load_regions
from layouts.i18n import Texts
from layouts.place import Place
from layouts.screens import meeting
from tests.property.small_world import FlatGeography
from tests.support import NOW

ALL = {feed for feed in FEEDS.values() if feed}
DISTRICT = {
    "today": ALL,
    "late": {"cases", "whistles", "people"},
    "streets": {"cases", "patrols"},
    "trends": ALL,
    "patrol": {"patrols"},
    "care": {"people"},
    "departments": {"whistles"},
    "incident": {"cases", "whistles", "people"},
}
# Below a district's and a street's the grids stand in the place of what is compared.
COMMUNITY = DISTRICT | {
    "late": ALL,
    "streets": {"cases", "patrols", "people"},
    "patrol": {"cases", "patrols", "people"},
}


@pytest.fixture(scope="module")
def regions() -> Regions:
    return load_regions()


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.from_toml(Path("rules.toml").read_text("utf-8"))


def built(regions: Regions, rules: Rules, code: str) -> Component:
    return meeting.layout(Place(regions, rules, regions.get(code), Texts("zh")), "today")


def having(component: Component, name: str) -> Iterator[Component]:
    """The parts of a component that have an attribute."""
    for part in component._traverse():
        if isinstance(part, Component) and hasattr(part, name):
            yield part


@pytest.mark.parametrize(
    ("code", "feeds"),
    [("120110", DISTRICT), ("120110001", DISTRICT), ("120110001005", COMMUNITY)],
)
def test_each_page_says_what_of_the_stream_feeds_it(
    regions: Regions, rules: Rules, code: str, feeds: dict[str, set[str]]
) -> None:
    found = {
        getattr(page, "data-page"): [
            set(getattr(part, "data-feeds").split()) for part in having(page, "data-feeds")
        ]
        for page in having(built(regions, rules, code), "data-page")
    }
    assert found == {name: [feeds[name]] for name in PAGE_NAMES}


def test_a_number_in_the_line_below_a_figure_is_a_button_with_a_list(
    regions: Regions, rules: Rules
) -> None:
    page, listed = built(regions, rules, "120110"), set()
    ledgers = Ledgers(regions, rules, FlatGeography())
    ledgers.patrols.advance(NOW)
    for note in having(page, "data-sub"):
        named = getattr(note, "data-list", None)
        assert (named is None) == (note._type == "Span")
        if named:
            assert (note._type, note.type) == ("Button", "button")
            assert ledgers.members(regions.district.index, named).among is None
            listed.add(named)
    assert {numbers[0] for _, *numbers in NOTES.values()} < listed
    assert "whistles.arrivals_judged" in listed
