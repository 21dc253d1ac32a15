"""Which grids and workers make up each number of the ledger of patrols, out of what was counted."""

from collections.abc import Iterable

from cockpit.domain.regions import Regions
from cockpit.ledgers.members import Members
from cockpit.ledgers.patrol_counts import PatrolCounts
from cockpit.ledgers.patrol_shifts import PatrolShifts


def patrol_members(
    regions: Regions,
    counts: PatrolCounts,
    region: int,
    metric: str,
    shifts: PatrolShifts,
) -> Members | None:
    """The grids by code, of `on_duty` and `off_post` the workers by key, that a metric counts in
    a region; None: it counts none."""

    def codes(grids: Iterable[int]) -> list[str]:
        return [regions.all[grid].code for grid in grids]

    name = metric.removeprefix("patrols.")
    if name in {"on_duty", "off_post"}:
        return Members(counts.workers_in(region, name))
    place = shifts.place
    rates = {**shifts.places, "coverage_rate": place}
    if name in rates:
        covered, expected = (
            counts.grids_in(region, each, rates[name]) for each in ("covered", "expected")
        )
        return Members(codes(covered), codes(expected))
    if name == "uncovered":  # no number of a screen, but what its coverage lacks
        walked = set(counts.grids_in(region, "covered", place))
        expected = counts.grids_in(region, "expected", place)
        return Members(codes(grid for grid in expected if grid not in walked))
    if name in {"expected", "covered", "completed"}:
        return Members(codes(counts.grids_in(region, name, place)))
    return None
