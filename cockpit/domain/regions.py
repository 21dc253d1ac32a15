"""The immutable tree of regions: district, streets and functional zones, communities, grids.

Codes are those of the National Bureau of Statistics down to the community (district 6
digits, street and zone 9, community 12) and three more digits for the grid.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from cockpit.errors import CockpitError

LEVELS = ("district", "street", "zone", "community", "grid")
WALL_LEVELS = ("district", "street", "community")


@dataclass(frozen=True, slots=True)
class Region:
    """One region. `index` is its place in `Regions.all`, `chain` the indices from itself
    up to the district, both fixed for the life of the tree."""

    index: int
    code: str
    name: str
    level: str
    parent: int | None
    chain: tuple[int, ...]


class Regions:
    """The tree, looked up by code or by index. Parents stand before their children."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Build from rows (code, name, level, parent code), parents first.

        Raises CockpitError `regions.invalid` for an unknown level or parent, a code twice,
        or a tree without exactly one district.
        """
        self.all: list[Region] = []
        self.index: dict[str, int] = {}
        self.children: list[list[int]] = []
        for code, name, level, parent_code in rows:
            self._add(code, name, level, parent_code)
        if [r.level for r in self.all].count("district") != 1:
            raise CockpitError("regions.invalid", line=1, why="there must be exactly one district")

    def _add(self, code: str, name: str, level: str, parent_code: str) -> None:
        index = len(self.all)
        line = index + 2
        if level not in LEVELS:
            raise CockpitError("regions.invalid", line=line, why=f"unknown level {level!r}")
        if code in self.index:
            raise CockpitError("regions.invalid", line=line, why=f"code {code} stands twice")
        if (level == "district") != (parent_code == ""):
            raise CockpitError("regions.invalid", line=line, why="only the district has no parent")
        parent = self.index.get(parent_code) if parent_code else None
        if parent_code and parent is None:
            raise CockpitError("regions.invalid", line=line, why=f"unknown parent {parent_code}")
        chain = (index, *(self.all[parent].chain if parent is not None else ()))
        self.all.append(Region(index, code, name, level, parent, chain))
        self.index[code] = index
        self.children.append([])
        if parent is not None:
            self.children[parent].append(index)

    @classmethod
    def from_csv(cls, lines: Iterable[str]) -> "Regions":
        """Read the table `code,name,level,parent_code` with its heading line."""
        table = csv.DictReader(lines)
        wanted = ["code", "name", "level", "parent_code"]
        if table.fieldnames != wanted:
            raise CockpitError("regions.invalid", line=1, why=f"the heading must be {wanted}")
        return cls((r["code"], r["name"], r["level"], r["parent_code"] or "") for r in table)

    def __len__(self) -> int:
        return len(self.all)

    @property
    def district(self) -> Region:
        """The root."""
        return self.all[0]

    def get(self, code: str) -> Region:
        """The region of this code. Raises CockpitError `region.unknown`."""
        index = self.index.get(code)
        if index is None:
            raise CockpitError("region.unknown", region=code[:40])
        return self.all[index]

    def at_level(self, level: str) -> list[Region]:
        """All regions of a level, in the order of their codes' table."""
        return [region for region in self.all if region.level == level]

    def children_of(self, region: Region) -> list[Region]:
        """The regions directly below."""
        return [self.all[i] for i in self.children[region.index]]

    def ancestor(self, index: int, level: str) -> Region | None:
        """The region of this level on the way from `index` up, itself included."""
        return next(
            (self.all[i] for i in self.all[index].chain if self.all[i].level == level), None
        )

    def path_name(self, region: Region, top: Region | None = None) -> str:
        """The names from below `top` (the district) down to a region, its own for `top` itself. A
        name that the next one says again is left out: a grid's begins with its community's."""
        above = region.chain.index(0 if top is None else top.index)
        names = [self.all[index].name for index in reversed(region.chain[: above or 1])]
        pairs = zip(names, [*names[1:], ""], strict=True)
        return " ".join(name for name, after in pairs if not after.startswith(name))

    def street_like(self, index: int) -> Region | None:
        """The street or functional zone that `index` lies in, or is."""
        return self.ancestor(index, "street") or self.ancestor(index, "zone")
