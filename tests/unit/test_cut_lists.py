"""A list that the frame cuts off says on paper, too, of how many it has the first."""

from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.frames import WallFrames
from cockpit.ledgers import Ledgers
from datasource.office.leaves import Leaves
from datasource.office.paper import Words
from layouts.i18n import table
from tests.property.small_world import FlatGeography, regions, rules
from tests.support import NOW

WHISTLE = {
    "kind": "emergency", "street": "一街", "region": "120110001", "department": "区城管委",
    "category": "0101", "leg": "sign", "due": "2026-11-23T07:00:00.000Z", "state": "in_time",
}  # fmt: skip


@pytest.mark.parametrize(
    ("opened", "title"),
    [(20, "最急的哨（前 12 个，在途共 20 个）"), (12, "最急的哨")],
)
def test_the_most_urgent_whistles_are_told_as_the_first_of_all(opened: int, title: str) -> None:
    tree = regions()
    ledgers = Ledgers(tree, rules(), FlatGeography())
    ledgers.patrols.advance(NOW)
    panels = WallFrames(tree, rules(), ledgers).panels(tree.district)
    panels["whistles"] |= {"open": opened, "list": [WHISTLE] * 12}
    past: Any = SimpleNamespace(panels=lambda: panels, late_sources=list, until=NOW)
    words = Words(table("zh"), "zh")
    paper = Leaves(tree.district, words, rules(), past, NOW).paper(["late"], "/meeting")
    assert title in [sheet.title for leaf in paper.leaves for sheet in leaf.sheets]
