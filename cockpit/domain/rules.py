"""The district's rules, read from the text of `rules.toml` (rules.md says where each stands).

Nothing here opens a file: the composition root reads the text. A fault is a CockpitError
`rules.invalid` with the line it stands in.
"""

import re
import tomllib
from typing import Any, Literal

import msgspec

from cockpit.clock import HOUR, MINUTE, SECOND
from cockpit.domain.calendar import WorkingCalendar, well_ordered
from cockpit.errors import CockpitError

Group = Literal["special", "care"]
Level = Literal["high", "key", "general"]
Grade = Literal["urgent", "general", "routine"]
WhistleKind = Literal["emergency", "routine", "tough"]
LEGS = ("sign", "arrive", "finish")


class Limit(msgspec.Struct, frozen=True):
    """A time limit. `unit` is `natural` or `working` (amount in microseconds) or
    `working_days` (amount in days)."""

    unit: Literal["natural", "working", "working_days"]
    amount: int


class _Standing(msgspec.Struct, forbid_unknown_fields=True):
    standing: Literal["brief", "law", "practice", "ours"]


class _Hours(_Standing, forbid_unknown_fields=True):
    working: list[str]


class Patrol(_Standing, forbid_unknown_fields=True):
    """Patrol windows and thresholds; rates 0 to 1."""

    morning: str
    afternoon: str
    off_post_minutes: int
    grace_metres: int
    complete_minutes: int
    target_rate: float
    alarm_rate: float


class Stream(_Standing, forbid_unknown_fields=True):
    """Limits of the stream itself, in seconds."""

    future_seconds: int
    parking_seconds: int
    source_late_seconds: int


class Privacy(_Standing, forbid_unknown_fields=True):
    """Special-group values from 1 to hide_below - 1 are hidden on walls."""

    hide_below: int


class Rates(_Standing, forbid_unknown_fields=True):
    """No region is ranked by a rate of fewer than rank_from cases."""

    rank_from: int


class _GradeRule(_Standing, forbid_unknown_fields=True):
    limit: str


class _WhistleRule(_Standing, forbid_unknown_fields=True):
    sign: str
    arrive: str
    finish: str


class GroupRule(msgspec.Struct, forbid_unknown_fields=True):
    """Days between visits by level, and the categories of the group."""

    high: int
    key: int
    general: int
    categories: list[str]


class _Visits(_Standing, forbid_unknown_fields=True):
    first_days: int
    special: GroupRule
    care: GroupRule


class Named(_Standing, forbid_unknown_fields=True):
    """A category with its names."""

    zh: str
    en: str
    limit: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    hours: _Hours
    patrol: Patrol
    stream: Stream
    privacy: Privacy
    rates: Rates
    grades: dict[Grade, _GradeRule]
    whistles: dict[WhistleKind, _WhistleRule]
    visits: _Visits
    mains: dict[str, Named]
    minors: dict[str, Named]


_UNITS: dict[str, tuple[Literal["natural", "working", "working_days"], int]] = {
    "minutes": ("natural", MINUTE),
    "hours": ("natural", HOUR),
    "working hours": ("working", HOUR),
    "working days": ("working_days", 1),
}
_LIMIT = re.compile(r"([1-9]\d{0,3}) (minutes|hours|working hours|working days)")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def _limit(text: str) -> Limit:
    match = _LIMIT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a limit like '24 hours' or '2 working days'")
    unit, size = _UNITS[match[2]]
    return Limit(unit, int(match[1]) * size)


def _window(text: str) -> tuple[int, int]:
    match = _WINDOW.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a window like '08:30-12:00'")
    a, b = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if not a < b <= 1440:
        raise ValueError(f"{text!r} does not run forward within a day")
    return a, b


class Rules:
    """All rules, checked. Build with `Rules.from_toml(text)`."""

    def __init__(self, file: _File) -> None:
        self._fault = ""  # path of the entry being read, for the line of a fault
        self.patrol, self.stream, self.privacy = file.patrol, file.stream, file.privacy
        self.rates, self.mains, self.minors = file.rates, file.mains, file.minors
        self.first_visit_days = file.visits.first_days
        self.groups: dict[str, GroupRule] = {
            "special": file.visits.special,
            "care": file.visits.care,
        }

    @classmethod
    def from_toml(cls, text: str, file_name: str = "rules.toml") -> "Rules":
        """Read and check. Raises CockpitError `rules.invalid` with the line of the fault."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            raise CockpitError("rules.invalid", file=file_name, line=line, why=error) from None
        path = ""
        try:
            rules = cls(msgspec.convert(raw, _File))
            rules._complete(msgspec.convert(raw, _File))
            return rules
        except msgspec.ValidationError as error:
            path = _path_of(str(error), raw)
            why: object = error
        except _Fault as error:
            path, why = error.path, error.why
        line = _line_of(text, path)
        raise CockpitError("rules.invalid", file=file_name, line=line, why=f"{path}: {why}")

    def _complete(self, file: _File) -> None:
        """Everything that needs reading beyond its type."""
        hours = tuple(_at("hours.working", _window, w) for w in file.hours.working)
        shifts = {
            "morning": _at("patrol.morning", _window, file.patrol.morning),
            "afternoon": _at("patrol.afternoon", _window, file.patrol.afternoon),
        }
        if not hours or not well_ordered(hours):
            raise _Fault("hours.working", "the windows must follow one another")
        if not well_ordered((shifts["morning"], shifts["afternoon"])):
            raise _Fault("patrol.afternoon", "the afternoon must follow the morning")
        self.calendar = WorkingCalendar(hours, shifts)
        _check_numbers(file)
        self.grade_limits = {
            g: _at(f"grades.{g}.limit", _limit, file.grades[g].limit)
            for g in _whole("grades", file.grades, ("urgent", "general", "routine"))
        }
        self.whistle_limits = {
            (k, leg): _at(f"whistles.{k}.{leg}", _limit, getattr(file.whistles[k], leg))
            for k in _whole("whistles", file.whistles, ("emergency", "routine", "tough"))
            for leg in LEGS
        }
        self._category_limits: dict[str, Limit] = {}
        for code, named in file.minors.items():
            if not re.fullmatch(r"\d{4}", code) or code[:2] not in file.mains:
                raise _Fault(f"minors.{code}", "needs four digits that begin with a main category")
            if named.limit is not None:
                self._category_limits[code] = _at(f"minors.{code}.limit", _limit, named.limit)
        for code in file.mains:
            if not re.fullmatch(r"\d{2}", code):
                raise _Fault(f"mains.{code}", "needs two digits")

    def case_limit(self, category: str, grade: str) -> Limit:
        """The limit of a case: its category's own, else its grade's."""
        return self._category_limits.get(category) or self.grade_limits[grade]

    def whistle_limit(self, kind: str, leg: str) -> Limit:
        """The limit of a leg (`sign`, `arrive`, `finish`) of a kind of whistle."""
        return self.whistle_limits[kind, leg]

    def visit_interval(self, group: str, level: str) -> int:
        """Days from one visit to the next."""
        return int(getattr(self.groups[group], level))

    @property
    def off_post(self) -> int:
        """Microseconds without a position after which a worker in session is off post."""
        return self.patrol.off_post_minutes * MINUTE

    @property
    def parking(self) -> int:
        """Microseconds an early event waits for the one that opens its subject."""
        return self.stream.parking_seconds * SECOND

    @property
    def source_late(self) -> int:
        """Microseconds of silence after which a source is late."""
        return self.stream.source_late_seconds * SECOND


class _Fault(Exception):
    def __init__(self, path: str, why: object) -> None:
        self.path, self.why = path, why


def _at(path: str, read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError as error:
        raise _Fault(path, error) from None


def _whole(path: str, table: dict[Any, Any], wanted: tuple[str, ...]) -> tuple[str, ...]:
    for key in wanted:
        if key not in table:
            raise _Fault(path, f"{key} is missing")
    return wanted


def _check_numbers(file: _File) -> None:
    for path in (
        "patrol.off_post_minutes", "patrol.complete_minutes", "stream.parking_seconds",
        "stream.source_late_seconds", "privacy.hide_below", "rates.rank_from",
        "visits.first_days", "visits.special.high", "visits.special.key",
        "visits.special.general", "visits.care.high", "visits.care.key", "visits.care.general",
    ):  # fmt: skip
        value: Any = file
        for part in path.split("."):
            value = getattr(value, part)
        if value < 1:
            raise _Fault(path, "must be at least 1")
    for path, value in (
        ("patrol.grace_metres", file.patrol.grace_metres),
        ("stream.future_seconds", file.stream.future_seconds),
    ):
        if value < 0:
            raise _Fault(path, "must not be negative")
    for name in ("target_rate", "alarm_rate"):
        if not 0 <= getattr(file.patrol, name) <= 1:
            raise _Fault(f"patrol.{name}", "must lie between 0 and 1")


def _path_of(message: str, raw: dict[str, Any]) -> str:
    """The dotted path of a msgspec fault; keys of dicts are shown as [...] there."""
    found = re.search(r"at `(?:key in )?\$\.?([^`]*)`", message)
    parts = [p for p in found[1].split(".") if p] if found else []
    field = re.search(r"(?:field|enum value|unknown field) [`'](\w+)[`']", message)
    path: list[str] = []
    here: Any = raw
    for part in parts:
        bare = part.split("[")[0]
        if bare and bare != "":
            path.append(bare)
            here = here.get(bare, {}) if isinstance(here, dict) else {}
    if field and isinstance(here, dict) and field[1] in here:
        path.append(field[1])
    return ".".join(path)


def _line_of(text: str, path: str) -> int:
    """The line in which the entry of a dotted path stands, or its nearest table."""
    wanted = path.split(".")
    best, best_depth, table = 1, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.match(r"\s*\[([^\[\]]+)\]", line)
        key = re.match(r"\s*([\w\"-]+)\s*=", line)
        if heading:
            table = [p.strip().strip('"') for p in heading[1].split(".")]
            here = table
        elif key:
            here = [*table, key[1].strip('"')]
        else:
            continue
        if here == wanted[: len(here)] and len(here) > best_depth:
            best, best_depth = number, len(here)
    return best
