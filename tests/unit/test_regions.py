"""The tree of regions."""

from pathlib import Path

import pytest

from cockpit.domain.regions import LEVELS, Regions
from cockpit.errors import CockpitError

TABLE = Path(__file__).parents[2] / "datasource" / "geodata" / "regions.csv"
HEAD = "code,name,level,parent_code"
SMALL = [
    ("1", "district", "district", ""),
    ("2", "street", "street", "1"),
    ("3", "zone", "zone", "1"),
    ("4", "community", "community", "2"),
    ("5", "grid", "grid", "4"),
]


def test_the_real_district() -> None:
    regions = Regions.from_csv(TABLE.read_text(encoding="utf-8").splitlines())
    counts = {level: len(regions.at_level(level)) for level in LEVELS}
    assert counts == {"district": 1, "street": 11, "zone": 2, "community": 103, "grid": 1147}
    assert regions.district.code == "120110"
    assert len(regions) == 1264
    for region in regions.all:
        assert regions.all[region.index] is region is regions.get(region.code)
        assert region.chain[0] == region.index
        assert region.chain[-1] == regions.district.index
        for child in regions.children_of(region):
            assert child.parent == region.index
            assert child.chain == (child.index, *region.chain)


def test_looking_up() -> None:
    regions = Regions(SMALL)
    assert regions.get("5").chain == (4, 3, 1, 0)
    assert regions.ancestor(4, "street") == regions.get("2")
    assert regions.ancestor(2, "street") is None
    assert regions.street_like(4) == regions.get("2")
    assert regions.street_like(2) == regions.get("3")
    assert regions.street_like(0) is None
    assert regions.path_name(regions.get("5")) == "street community grid"
    assert regions.path_name(regions.get("5"), regions.get("2")) == "community grid"
    assert regions.path_name(regions.get("1")) == "district"
    again = Regions([*SMALL[:4], ("5", "community 7", "grid", "4")])
    assert again.path_name(again.get("5")) == "street community 7"
    with pytest.raises(CockpitError, match="There is no region 9") as fault:
        regions.get("9")
    assert fault.value.code == "region.unknown"
    with pytest.raises(CockpitError) as fault:
        regions.get("9" * 60_000)
    assert len(str(fault.value)) < 100


@pytest.mark.parametrize(
    ("rows", "line", "why"),
    [
        ([("1", "d", "district", ""), ("2", "s", "town", "1")], 3, "unknown level"),
        ([("1", "d", "district", ""), ("1", "s", "street", "1")], 3, "stands twice"),
        ([("1", "d", "district", ""), ("2", "s", "street", "7")], 3, "unknown parent"),
        ([("1", "d", "district", ""), ("2", "s", "street", "")], 3, "has no parent"),
        ([("1", "d", "district", "1")], 2, "has no parent"),
        ([], 1, "exactly one district"),
        ([("1", "d", "district", ""), ("2", "d", "district", "")], 1, "exactly one district"),
    ],
)
def test_a_faulty_table_is_named_with_its_line(
    rows: list[tuple[str, str, str, str]], line: int, why: str
) -> None:
    with pytest.raises(CockpitError, match=why) as fault:
        Regions(rows)
    assert fault.value.code == "regions.invalid"
    assert fault.value.facts["line"] == line


def test_the_heading_is_checked() -> None:
    assert len(Regions.from_csv([HEAD, "1,d,district,"])) == 1
    with pytest.raises(CockpitError, match="heading"):
        Regions.from_csv(["code,name", "1,d"])
