"""Which views a request may name: those whose frames the projector makes."""

from cockpit.domain.regions import WALL_LEVELS, Regions
from cockpit.errors import CockpitError


def checked_view(regions: Regions, region: str, screen: str) -> str:
    """The view `<region>/<screen>`. Raises CockpitError `screen.unknown` when there is none."""
    index = regions.index.get(region)
    if screen != "wall" or index is None or regions.all[index].level not in WALL_LEVELS:
        raise CockpitError("screen.unknown", region=region[:20], screen=screen[:20])
    return f"{region}/{screen}"
