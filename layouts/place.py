"""What a page is about: a region, seen in a language."""

from dataclasses import dataclass
from urllib.parse import urlencode

from cockpit.domain.regions import WALL_LEVELS, Region, Regions
from cockpit.domain.rules import Rules
from layouts.i18n import Texts


@dataclass(frozen=True)
class Place:
    """A region with all that drawing it needs. `level` is that of its wall."""

    regions: Regions
    rules: Rules
    region: Region
    texts: Texts

    @property
    def level(self) -> str:
        return self.region.level

    @property
    def children(self) -> list[Region]:
        """The regions that this wall compares, without those that have no wall or polygon."""
        return [c for c in self.regions.children_of(self.region) if c.level != "zone"]

    @property
    def above(self) -> list[Region]:
        """The regions above, the district first."""
        return [self.regions.all[i] for i in reversed(self.region.chain[1:])]

    def href(self, region: Region) -> str:
        """The address of a region's wall, in the language of this one."""
        query = {} if self.texts.language == "zh" else {"lang": self.texts.language}
        return f"/wall/{region.code}" + ("?" + urlencode(query) if query else "")

    def count(self, level: str) -> int:
        """How many regions of a level lie in this one."""
        return sum(r.level == level and self.region.index in r.chain[1:] for r in self.regions.all)


def has_wall(region: Region) -> bool:
    """True when there is a wall of this region."""
    return region.level in WALL_LEVELS
