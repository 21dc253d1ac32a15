"""Special groups on walls: one total of each measure, hidden where it is small or would let a small
one be computed (cockpit/domain/privacy.py)."""

from collections.abc import Sequence

from cockpit.domain.privacy import Shown, suppress
from cockpit.domain.regions import WALL_LEVELS, Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.people import People

MEASURES = {
    "enrolled": "people.enrolled",
    "due_today": "visits.due_today",
    "made_today": "visits.made_today",
    "overdue": "visits.overdue",
}
_MASKS = {Shown.SMALL: "<{}", Shown.HIDDEN: "*"}


class SpecialTotals:
    """What walls show of special groups. Reads the ledger, changes nothing in it."""

    def __init__(self, regions: Regions, rules: Rules, people: People) -> None:
        self._regions, self._people = regions, people
        self._below = rules.privacy.hide_below
        self._hidden: dict[str, dict[int, Shown]] = {measure: {} for measure in MEASURES}
        self._totals: dict[str, Sequence[int]] = {}
        self._walled = {r.index for r in regions.all if r.level in WALL_LEVELS}
        self.hide_again()

    def hide_again(self) -> set[int]:
        """Decide anew which totals stay hidden; answers the regions for which that changed. To
        be called whenever the ledger has changed."""
        changed: set[int] = set()
        for measure in MEASURES:
            values = self._people.group_total("special", measure, self._walled)
            if values == self._totals.get(measure):
                continue
            district = self._regions.district.index
            hidden = suppress(values, self._walls_below, district, self._below)
            before = self._hidden[measure]
            changed.update(
                i for i in hidden.keys() | before.keys() if hidden.get(i) != before.get(i)
            )
            self._hidden[measure], self._totals[measure] = hidden, values
        return changed

    def _walls_below(self, index: int) -> list[int]:
        return [i for i in self._regions.children[index] if i in self._walled]

    def shown(self, measure: str, region: int) -> int | str:
        """The total of a region as its wall may show it."""
        how = self._hidden[measure].get(region)
        if how is None:
            return self._totals[measure][region]
        return _MASKS[how].format(self._below)
