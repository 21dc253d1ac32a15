"""The structure of `rules.toml`, and where in it a fault stands.

`parse(text)` answers the tables with the types below or raises a `RulesFault` with the dotted path
of the entry; `line_of(text, path)` finds its line. What the entries mean is checked in
`cockpit/domain/rules.py`.
"""

import re
import tomllib
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

Shape = TypeVar("Shape", bound=Struct)


class RulesFault(Exception):  # noqa: N818 - it is turned into a CockpitError at once
    """A fault of the entry at a dotted path. `line` where the reader of TOML told it."""

    def __init__(self, path: str, why: object, line: int | None = None) -> None:
        super().__init__(path, why)
        self.path, self.why, self.line = path, why, line


class _Standing(Struct, frozen=True, forbid_unknown_fields=True):
    standing: Literal["brief", "law", "practice", "ours"]


class Hours(_Standing, frozen=True, forbid_unknown_fields=True):
    """Working hours of a working day, as windows."""

    working: list[str]


class Patrol(_Standing, frozen=True, forbid_unknown_fields=True):
    """Patrol windows and thresholds; rates 0 to 1."""

    morning: str
    afternoon: str
    off_post_minutes: int
    grace_metres: int
    complete_minutes: int
    target_rate: float
    alarm_rate: float


class Stream(_Standing, frozen=True, forbid_unknown_fields=True):
    """Limits of the stream itself, in seconds."""

    future_seconds: int
    parking_seconds: int
    source_late_seconds: int


class Privacy(_Standing, frozen=True, forbid_unknown_fields=True):
    """Special-group values from 1 to hide_below - 1 are hidden on walls."""

    hide_below: int


class Rates(_Standing, frozen=True, forbid_unknown_fields=True):
    """No region is ranked by a rate of fewer than rank_from cases. The weights of the three rates
    in the ranking sum up to 1."""

    rank_from: int
    response_weight: float
    resolution_weight: float
    satisfaction_weight: float


class Ladder(_Standing, frozen=True, forbid_unknown_fields=True):
    """The levels to which things raise themselves, 0: they do not. Cases (督办 1 to 4): at risk,
    overdue, overdue by one more whole limit, overdue again after a return. Whistles (1 to 3): late
    with the leg, and late again after having been raised before."""

    at_risk: int = 1
    overdue: int = 2
    twice: int = 3
    second_miss: int = 3
    late_sign: int = 1
    late_arrive: int = 2
    late_finish: int = 3
    late_again: int = 3


class AlertRule(_Standing, frozen=True, forbid_unknown_fields=True):
    """For how many days an alert may be shelved at most."""

    shelve_days: int = 7


# Files of before there were these are still read: the archive keeps every rules' text.
LADDER = Ladder(standing="ours")
ALERTS = AlertRule(standing="ours")


class GradeRule(_Standing, frozen=True, forbid_unknown_fields=True):
    """The limit of cases whose category has none."""

    limit: str


class WhistleRule(_Standing, frozen=True, forbid_unknown_fields=True):
    """The limits of a whistle's legs."""

    sign: str
    arrive: str
    finish: str


class GroupRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Days between visits by level, and the categories of the group."""

    high: int
    key: int
    general: int
    categories: list[str]


class Visits(_Standing, frozen=True, forbid_unknown_fields=True):
    """Visits of both groups; a new person is due after first_days."""

    first_days: int
    special: GroupRule
    care: GroupRule


class Named(_Standing, frozen=True, forbid_unknown_fields=True):
    """A category with its names."""

    zh: str
    en: str
    limit: str | None = None


class RulesFile(Struct, frozen=True):
    """All tables."""

    hours: Hours
    patrol: Patrol
    stream: Stream
    privacy: Privacy
    rates: Rates
    visits: Visits
    grades: dict[str, GradeRule]
    whistles: dict[str, WhistleRule]
    mains: dict[str, Named]
    minors: dict[str, Named]
    ladder: Ladder = LADDER
    alerts: AlertRule = ALERTS


_TABLES: dict[str, type[Struct]] = {
    "hours": Hours,
    "patrol": Patrol,
    "stream": Stream,
    "privacy": Privacy,
    "rates": Rates,
    "visits": Visits,
}
_OPTIONAL: dict[str, type[Struct]] = {"ladder": Ladder, "alerts": AlertRule}
_TABLES_OF_ENTRIES: dict[str, type[Struct]] = {
    "grades": GradeRule,
    "whistles": WhistleRule,
    "mains": Named,
    "minors": Named,
}


def parse(text: str) -> RulesFile:
    """Read the file's text. Raises RulesFault with the path or line of what is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise RulesFault("", error, line) from None
    for name in raw:
        if name not in {**_TABLES, **_TABLES_OF_ENTRIES, **_OPTIONAL}:
            raise RulesFault(name, "there is no such table")
    tables: dict[str, Any] = {}
    for name, shape in _TABLES.items():
        tables[name] = _shaped(name, _table(raw, name), shape)
    for name, shape in _TABLES_OF_ENTRIES.items():
        tables[name] = {
            key: _shaped(f"{name}.{key}", entry, shape) for key, entry in _table(raw, name).items()
        }
    for name in _OPTIONAL.keys() & raw.keys():
        tables[name] = _shaped(name, _table(raw, name), _OPTIONAL[name])
    return RulesFile(**tables)


def _table(raw: dict[str, Any], name: str) -> dict[str, Any]:
    table = raw.get(name)
    if table is None:
        raise RulesFault(name, "the table is missing")
    if not isinstance(table, dict):
        raise RulesFault(name, "must be a table")
    return table


def _shaped(path: str, entry: object, shape: type[Shape]) -> Shape:
    try:
        return msgspec.convert(entry, shape)
    except msgspec.ValidationError as error:
        text = str(error)
        where = re.search(r" - at `\$([^`]*)`", text)
        inner = re.sub(r"\[\d+\]", "", where[1]) if where else ""
        unknown = re.search(r"unknown field `([^`]+)`", text)
        inner += f".{unknown[1]}" if unknown else ""
        raise RulesFault(path + inner, text.split(" - at `$", maxsplit=1)[0]) from None


def line_of(text: str, path: str) -> int:
    """The line in which the entry of a dotted path stands, else that of its nearest table."""
    wanted = path.split(".")
    best, best_depth, table = 1, 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.match(r"\s*\[([^\[\]]+)\]", line)
        key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
        if heading:
            here = table = _parts(heading[1])
        elif key:
            here = [*table, *_parts(key[1])]
        else:
            continue
        depth = len(here)
        # A heading may name more than is wanted: its table is where the wanted one stands.
        if here[:depth] == wanted[:depth] and depth > best_depth:
            best, best_depth = number, depth
    return best


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
