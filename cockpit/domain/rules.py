"""The district's rules, read from the text of `rules.toml` (rules.md says where each stands).

Nothing here opens a file: the composition root reads the text. A fault is a CockpitError
`rules.invalid` with the line it stands in.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import msgspec

from cockpit.clock import HOUR, MINUTE, SECOND
from cockpit.domain.calendar import WorkingCalendar, well_ordered
from cockpit.domain.rules_file import GroupRule, Named, RulesFault, RulesFile, line_of, parse
from cockpit.errors import CockpitError

Group = Literal["special", "care"]
Level = Literal["high", "key", "general"]
Grade = Literal["urgent", "general", "routine"]
WhistleKind = Literal["emergency", "routine", "tough"]
GRADES = ("urgent", "general", "routine")
KINDS = ("emergency", "routine", "tough")
LEGS = ("sign", "arrive", "finish")
Answer = TypeVar("Answer")


class Limit(msgspec.Struct, frozen=True):
    """A time limit. `unit` is `natural` or `working` (amount in microseconds) or
    `working_days` (amount in days)."""

    unit: Literal["natural", "working", "working_days"]
    amount: int


_UNITS: dict[str, tuple[Literal["natural", "working", "working_days"], int]] = {
    "minutes": ("natural", MINUTE),
    "hours": ("natural", HOUR),
    "working hours": ("working", HOUR),
    "working days": ("working_days", 1),
}
_LIMIT = re.compile(r"([1-9]\d{0,3}) (minutes|hours|working hours|working days)", re.ASCII)
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_CATEGORY = re.compile(r"[a-z][a-z_]{0,30}")
# Whole numbers with the least and the most that make sense.
_NUMBERS: dict[str, tuple[int, int]] = {
    "patrol.off_post_minutes": (1, 1440),
    "patrol.complete_minutes": (1, 1440),
    "patrol.grace_metres": (0, 10_000),
    "stream.future_seconds": (0, 86_400),
    "stream.parking_seconds": (1, 86_400),
    "stream.source_late_seconds": (1, 86_400),
    "privacy.hide_below": (1, 100),
    "rates.rank_from": (1, 10_000),
    "visits.first_days": (1, 3650),
    **{f"ladder.{what}": (0, 4) for what in ("at_risk", "overdue", "twice", "second_miss")},
    **{f"ladder.late_{leg}": (0, 3) for leg in LEGS},
    "ladder.late_again": (0, 3),
    "alerts.shelve_days": (1, 90),
    **{
        f"visits.{group}.{level}": (1, 3650)
        for group in ("special", "care")
        for level in ("high", "key", "general")
    },
}


class Rules:
    """All rules, checked. Build with `Rules.from_toml(text)`."""

    def __init__(self, file: RulesFile) -> None:
        """Raises RulesFault with the path of an entry that makes no sense."""
        self.patrol, self.stream, self.privacy = file.patrol, file.stream, file.privacy
        self.rates, self.mains, self.minors = file.rates, file.mains, file.minors
        self.whistles = file.whistles
        self.ladder, self.alerts = file.ladder, file.alerts
        self.first_visit_days = file.visits.first_days
        self.groups: dict[str, GroupRule] = {
            "special": file.visits.special,
            "care": file.visits.care,
        }
        _check_numbers(file)
        _check_groups(self.groups)
        self.calendar = _calendar(file)
        self.grade_limits: dict[str, Limit] = {
            grade: _at(f"grades.{grade}.limit", limit_of, file.grades[grade].limit)
            for grade in _exactly("grades", file.grades, GRADES)
        }
        self.whistle_limits: dict[tuple[str, str], Limit] = {
            (kind, leg): _at(f"whistles.{kind}.{leg}", limit_of, getattr(file.whistles[kind], leg))
            for kind in _exactly("whistles", file.whistles, KINDS)
            for leg in LEGS
        }
        self._category_limits = _category_limits(file)

    @classmethod
    def from_toml(cls, text: str, file_name: str = "rules.toml") -> "Rules":
        """Read and check. Raises CockpitError `rules.invalid` with the line of the fault."""
        try:
            return cls(parse(text))
        except RulesFault as fault:
            line = fault.line or line_of(text, fault.path)
            why = f"{fault.path}: {fault.why}" if fault.path else fault.why
            raise CockpitError("rules.invalid", file=file_name, line=line, why=why) from None

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


def limit_of(text: str) -> Limit:
    """A limit as the file writes it. Raises ValueError."""
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


def _at(path: str, read: Callable[[str], Answer], text: str) -> Answer:
    try:
        return read(text)
    except ValueError as error:
        raise RulesFault(path, error) from None


def _calendar(file: RulesFile) -> WorkingCalendar:
    hours = tuple(_at("hours.working", _window, w) for w in file.hours.working)
    shifts = {
        "morning": _at("patrol.morning", _window, file.patrol.morning),
        "afternoon": _at("patrol.afternoon", _window, file.patrol.afternoon),
    }
    if not hours or not well_ordered(hours):
        raise RulesFault("hours.working", "the windows must follow one another")
    if not well_ordered((shifts["morning"], shifts["afternoon"])):
        raise RulesFault("patrol.afternoon", "the afternoon must follow the morning")
    return WorkingCalendar(hours, shifts)


def _exactly(path: str, table: Mapping[str, object], wanted: tuple[str, ...]) -> tuple[str, ...]:
    for key in table:
        if key not in wanted:
            raise RulesFault(f"{path}.{key}", f"is none of {', '.join(wanted)}")
    for key in wanted:
        if key not in table:
            raise RulesFault(path, f"{key} is missing")
    return wanted


def _category_limits(file: RulesFile) -> dict[str, Limit]:
    for path, table in (("mains", file.mains), ("minors", file.minors)):
        if not table:
            raise RulesFault(path, "has no entry")
        for code, named in table.items():
            _check_named(f"{path}.{code}", named)
    for code, main in file.mains.items():
        if not re.fullmatch("[0-9]{2}", code):
            raise RulesFault(f"mains.{code}", "needs two digits")
        if main.limit is not None:
            raise RulesFault(f"mains.{code}.limit", "only minor categories have limits")
    limits = {}
    for code, minor in file.minors.items():
        if not re.fullmatch("[0-9]{4}", code) or code[:2] not in file.mains:
            raise RulesFault(f"minors.{code}", "needs four digits that begin with a main category")
        if minor.limit is not None:
            limits[code] = _at(f"minors.{code}.limit", limit_of, minor.limit)
    return limits


def _check_named(path: str, named: Named) -> None:
    for language in ("zh", "en"):
        if not getattr(named, language).strip():
            raise RulesFault(f"{path}.{language}", "must not be empty")


def _check_numbers(file: RulesFile) -> None:
    for path, (least, most) in _NUMBERS.items():
        value: object = file
        for part in path.split("."):
            value = getattr(value, part)
        if not isinstance(value, int) or not least <= value <= most:
            raise RulesFault(path, f"must be from {least} to {most}")
    for name in ("target_rate", "alarm_rate"):
        if not 0 <= getattr(file.patrol, name) <= 1:
            raise RulesFault(f"patrol.{name}", "must lie between 0 and 1")
    weights = (
        file.rates.response_weight, file.rates.resolution_weight, file.rates.satisfaction_weight,
    )  # fmt: skip
    if not all(0 <= weight <= 1 for weight in weights) or abs(sum(weights) - 1) > 1e-9:
        raise RulesFault("rates.response_weight", "the three weights must sum up to 1")


def _check_groups(groups: dict[str, GroupRule]) -> None:
    seen = set(groups)  # the groups' own names are those of their sums
    for group, rule in groups.items():
        path = f"visits.{group}.categories"
        if not rule.categories:
            raise RulesFault(path, "has no category")
        for category in rule.categories:
            if category in seen or not _CATEGORY.fullmatch(category):
                raise RulesFault(path, f"{category!r} is no name of its own in small letters")
            seen.add(category)
