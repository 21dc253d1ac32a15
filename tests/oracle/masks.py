"""Counts of special groups that a wall shows, or lets a reader compute, though they are small."""

from collections.abc import Mapping
from typing import Any

from tests.oracle import Oracle
from tests.oracle.walls import Panels

MEASURES = ("people.enrolled", "visits.due_today", "visits.made_today", "visits.overdue")


def leaks(oracle: Oracle, walls: Mapping[str, Panels]) -> list[str]:
    """Faults of the masks of special groups. `walls`: region code → panels, of every wall."""
    found, low = [], oracle.rules.privacy.hide_below
    for measure in MEASURES:
        panel, name = measure.split(".")
        shown = {code: panels[panel][name]["special"] for code, panels in walls.items()}
        true = {code: oracle.metrics(code)[f"{measure}.special"] for code in walls}
        for code, value in shown.items():
            small = 0 < true[code] < low
            if value not in ({"*", f"<{low}"} if small else {true[code], "*"}):
                found.append(f"{code} {measure}.special: {value!r} shown for {true[code]}")
            found += _by_subtraction(oracle, measure, code, shown, true)
    return found


def _by_subtraction(
    oracle: Oracle, measure: str, code: str, shown: Mapping[str, Any], true: Mapping[str, Any]
) -> list[str]:
    """One unknown in a family of parent and children whose counts add up is no unknown."""
    children = [c.code for c in oracle.regions.children_of(oracle.regions.get(code))]
    family = [code, *(c for c in children if c in shown)]
    hidden = [c for c in family if isinstance(shown[c], str)]
    adds_up = true[code] == sum(true[c] for c in family[1:])
    if len(family) > 1 and adds_up and len(hidden) == 1:
        return [f"{measure}.special of {hidden[0]} follows from its family"]
    return []
