"""The kinds of screens: one table that says for each what its addresses look like, which right it
needs, what draws it, and which script and texts come with it.

A new kind of screen is one row here. Pages, sockets and the role matrix's test read this table;
nothing else knows an address of a screen.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dash.development.base_component import Component

from callbacks.gates import Need
from cockpit.domain.access import Right
from cockpit.domain.meeting import PAGE_NAMES
from cockpit.domain.regions import WALL_LEVELS, Regions
from cockpit.errors import CockpitError
from layouts.asked import Asked
from layouts.manage.frame import PAGES as MANAGE_PAGES
from layouts.screens import desk, duties, manage, meeting, pair, status, wall

_REGION = r"(?P<region>\d{1,15})"


@dataclass(frozen=True)
class Family:
    """One kind of screen.

    `path`: a regular expression of its whole path; a group `region` names a region that has a
    wall. `right` is needed for that region; where the path names none, in the account's own;
    `account`: any account, `free`: nobody need be known. `unknown`: where somebody unknown is
    led. `frames`: its socket gets the frames of its region's wall. `texts`: files of
    layouts/i18n that its scripts need. `libraries`: packages of Dash components whose scripts
    come with it alone.
    """

    name: str
    path: str
    right: Right | Need
    layout: Callable[[Asked], Component]
    title: Callable[[Asked], str]
    entry: str
    texts: tuple[str, ...] = ("wall",)
    frames: bool = False
    unknown: str = "/login"
    libraries: tuple[str, ...] = ()


def _wall_title(asked: Asked) -> str:
    region, texts = asked.place.region, asked.place.texts
    if region.level == "district":
        return texts("app.title", district=region.name)
    return f"{region.name} · {texts('app.title.below')}"


FAMILIES = (
    Family(
        name="wall",
        path=f"/wall/{_REGION}",
        right=Right.LOOK_WALL,
        layout=lambda asked: wall.layout(asked.place),
        title=_wall_title,
        entry="/assets/js/boot.js",
        frames=True,
        # A screen on a wall has no keyboard: it shows its code for pairing.
        unknown="/pair",
    ),
    Family(
        name="meeting",
        path=f"/meeting/{_REGION}/(?P<page>{'|'.join(PAGE_NAMES)})",
        right=Right.LOOK_MEETING,
        layout=lambda asked: meeting.layout(asked.place, asked.words["page"]),
        title=lambda asked: asked.place.texts("meeting.title", place=asked.place.region.name),
        entry="/assets/js/meeting/meeting.js",
        texts=("wall", "meeting", "briefs"),
        frames=True,
    ),
    Family(
        name="desk",
        # A queue, or a kind and a key: the page's own scripts read them.
        path=f"/desk/{_REGION}(/[a-z_]+)?(/.{{1,256}})?",
        right=Right.LOOK_DESK,
        layout=desk.layout,
        title=lambda asked: asked.place.texts("desk.title", place=asked.place.region.name),
        entry="/assets/js/desk/main.js",
        texts=("wall", "desk", "briefs"),
        frames=True,
        libraries=("dash_ag_grid",),
    ),
    Family(
        name="status",
        path="/status",
        right=Right.LOOK_STATUS,
        layout=lambda asked: status.layout(asked.place.texts, asked.place.regions.district.name),
        title=lambda asked: asked.place.texts("status.title"),
        entry="/assets/js/screens/status.js",
    ),
    Family(
        name="pair",
        path="/pair",
        right="free",
        layout=pair.layout,
        title=pair.title,
        entry="/assets/js/manage/pair.js",
        texts=("wall", "people"),
    ),
    *(
        Family(
            name=f"manage-{page}",
            path=f"/manage/(?P<page>{page})",
            right=right,
            layout=manage.layout,
            title=manage.title,
            entry="/assets/js/manage/start.js",
            # The audit tells of the desk's commands by their names there.
            texts=("wall", "people", "desk") if page == "audit" else ("wall", "people"),
        )
        for page, right in MANAGE_PAGES.items()
        if page != "duties"
    ),
    Family(
        name="manage-duties",
        path="/manage/duties",
        right=MANAGE_PAGES["duties"],
        layout=duties.layout,
        title=duties.title,
        entry="/assets/js/desk/duties.js",
        texts=("wall", "people", "desk"),
        libraries=("dash_ag_grid",),
    ),
)


@dataclass(frozen=True)
class Address:
    """A screen's address, read: its region's code or '', and the other named parts of its path."""

    family: Family
    region: str
    words: Mapping[str, str]

    @property
    def view(self) -> str:
        """What the page shows, `<region>/<kind>`; '' without a region."""
        return f"{self.region}/{self.family.name}" if self.region else ""

    @property
    def frames(self) -> str:
        """The view whose frames it gets, '' for none."""
        return f"{self.region}/wall" if self.family.frames else ""


def address_of(regions: Regions, pathname: str) -> Address:
    """What a path means. Raises CockpitError `address.unknown` for one that is no screen's."""
    path = pathname.rstrip("/")
    for family in FAMILIES:
        if match := re.fullmatch(family.path, path, re.ASCII):
            words = {name: text for name, text in match.groupdict().items() if text is not None}
            region = words.pop("region", "")
            if not region or _has_wall(regions, region):
                return Address(family, region, words)
    raise CockpitError("address.unknown", path=pathname[:80])


def _has_wall(regions: Regions, code: str) -> bool:
    index = regions.index.get(code)
    return index is not None and regions.all[index].level in WALL_LEVELS
