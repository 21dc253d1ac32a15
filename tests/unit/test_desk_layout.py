"""What a desk's layout offers to whom."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash.development.base_component import Component

from cockpit.domain.access import Account
from cockpit.domain.rules import Rules
from datasource.geography import load_regions
from layouts.asked import Asked
from layouts.desk.forms import forms
from layouts.desk.header import tiles
from layouts.i18n import Texts
from layouts.place import Place


@pytest.fixture(scope="module")
def place() -> Place:
    regions = load_regions()
    rules = Rules.from_toml(Path("rules.toml").read_text("utf-8"))
    return Place(regions, rules, regions.get("120110"), Texts("zh"))


def parts(component: Component) -> Iterator[Component]:
    yield component
    yield from component._traverse()


def tile(place: Place, account: Account, key: str) -> Component:
    shown = tiles(Asked(place, account))
    return next(each for each in parts(shown) if getattr(each, "data-tile", "") == key)


def test_the_tile_of_alerts_counts_what_its_list_holds(place: Place) -> None:
    shown = tile(place, Account("a", "operator", "120110"), "alerts")
    (number,) = [each for each in parts(shown) if hasattr(each, "data-count")]
    assert getattr(number, "data-count") == getattr(shown, "data-to") == "alerts_unacknowledged"
    assert "搁置" in shown.title


def test_a_tile_whose_list_may_not_be_seen_is_a_number_and_no_way(place: Place) -> None:
    for role, leads in (("operator", True), ("leader", False)):
        shown = tile(place, Account("a", role, "120110"), "visits")
        assert (shown._type == "Button") is leads
        assert hasattr(shown, "data-to") is leads
        assert tile(place, Account("a", role, "120110"), "overdue")._type == "Button"


def test_levels_are_offered_as_far_as_the_account_may_raise(place: Place) -> None:
    tops = {
        role: forms(Account("a", role, "120110"), place.rules)["case.supervised"]["top"]
        for role in ("operator", "street_director", "street_operator")
    }
    assert tops == {"operator": 4, "street_director": 2, "street_operator": 0}
    assert forms(Account("a", "operator", "120110"), place.rules)["whistle.escalated"]["top"] == 3
