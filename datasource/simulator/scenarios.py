"""Scenarios: what kind of day the simulated district has, one TOML file each.

The files stand beside this module in `scenarios/`; every number is checked, and a fault is a
CockpitError `scenario.invalid` with the reason.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from cockpit.errors import CockpitError

FOLDER = Path(__file__).parent / "scenarios"

Count = Annotated[int, Meta(ge=0, le=5000)]
Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[int, Meta(ge=1, le=3600)]


class Volume(Struct, forbid_unknown_fields=True, frozen=True):
    """Things a working day; `off_day` is the share of patrol cases that a day off has."""

    patrol_cases: Count
    appeals: Count
    lone_whistles: Count
    alerts: Count
    newcomers: Count
    off_day: Share


class Storm(Struct, forbid_unknown_fields=True, frozen=True):
    """Flooded streets: from `hour` of the day the scenario starts, for `hours`, so many cases
    more, and of them this share with an emergency whistle."""

    hour: Annotated[int, Meta(ge=0, le=23)]
    hours: Annotated[int, Meta(ge=1, le=12)]
    cases: Count
    whistled: Share
    categories: Annotated[list[str], Meta(min_length=1)]


class Silence(Struct, forbid_unknown_fields=True, frozen=True):
    """A channel that says nothing more from so many minutes after the scenario's start."""

    channel: Literal["8890", "opinion", "heart", "online"]
    after_minutes: Annotated[int, Meta(ge=0, le=1440)]


class Disorder(Struct, forbid_unknown_fields=True, frozen=True):
    """Shares of messages sent twice, held back a little or for long, and of garbage added."""

    twice: Share
    shuffled: Share
    shuffle_seconds: Seconds
    late: Share
    late_seconds: Seconds
    garbage: Share


class Scenario(Struct, forbid_unknown_fields=True, frozen=True):
    """One scenario; what it does not name does not happen."""

    title: str
    volume: Volume
    storm: Storm | None = None
    silence: Silence | None = None
    disorder: Disorder | None = None


def known_scenarios(folder: Path = FOLDER) -> list[str]:
    """The names that `load_scenario` takes."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_scenario(name: str, folder: Path = FOLDER) -> Scenario:
    """Read `<name>.toml`. Raises CockpitError `scenario.invalid`: an unknown name is told the
    known ones, a wrong value its place."""
    names = known_scenarios(folder)
    if name not in names:
        raise CockpitError(
            "scenario.invalid", name=name, why=f"there is none. Known: {', '.join(names)}"
        )
    try:
        text = (folder / f"{name}.toml").read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text), Scenario)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise CockpitError("scenario.invalid", name=name, why=error) from None
