"""What an address means: which view a page or a request names."""

from cockpit.domain.regions import WALL_LEVELS, Regions
from cockpit.errors import CockpitError

# The operators' page, of no region.
STATUS = "/status"


def is_status(pathname: str) -> bool:
    """True for the address of the operators' page."""
    return pathname.rstrip("/") == STATUS


def checked_view(regions: Regions, region: str, screen: str) -> str:
    """The view `<region>/<screen>`, if there is such a screen.

    Raises CockpitError `region.unknown` or `screen.unknown`.
    """
    if screen != "wall" or regions.get(region).level not in WALL_LEVELS:
        raise CockpitError("screen.unknown", region=region[:20], screen=screen[:20])
    return f"{region}/{screen}"


def view_of(regions: Regions, pathname: str) -> str:
    """The view of a page's path: `/wall/120110` → `120110/wall`.

    Raises CockpitError `address.unknown` for any path that is no page.
    """
    parts = pathname.strip("/").split("/")
    try:
        screen, region = parts
        return checked_view(regions, region, screen)
    except (ValueError, CockpitError):
        raise CockpitError("address.unknown", path=pathname[:80]) from None
