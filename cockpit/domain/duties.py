"""Duty lists: which item is whose, who does it, within which limit.

Four lists: what a grid worker, a community and a street settle themselves, and for what the street
blows the whistle to which department. A list is an ordered table of `Duty` rows; the first list in
the order of `LISTS` that has an item says to whom a case of it goes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from cockpit.domain import privacy
from cockpit.domain.event_types import Unit
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Limit, Rules, WhistleKind, limit_of
from cockpit.errors import CockpitError

ListName = Literal["grid", "community", "street", "whistle"]
LISTS: tuple[ListName, ...] = ("grid", "community", "street", "whistle")
LEVEL_OF: dict[ListName, str] = {
    "grid": "grid", "community": "community", "street": "street", "whistle": "department",
}  # fmt: skip
# A unit that stands for the one of the place: its grid, community or street by name.
OWN_UNITS = {"所在网格": "grid", "所在社区": "community", "所在街道": "street"}
# A functional zone is worked like a street; the district's own units are its departments.
_UNIT_LEVELS = {"zone": "street", "district": "department"}
MOST_ROWS = 500
Why = tuple[str, str]  # in English and Chinese
_LIMITS: Why = (
    "a limit is like '24 hours', '4 working hours' or '2 working days', or empty",
    "时限应形如 24 hours（小时）、4 working hours（工作小时）或 2 working days（工作日），或留空",
)
_KIND: Why = (
    "a whistle is of the kind emergency, routine or tough, whose limits are those of the rules",
    "吹哨事项应选种类（应急哨、日常哨或攻坚哨），时限按规则，不另设",
)
_NO_KIND: Why = ("only what whistles are blown for has a kind", "只有吹哨事项才有种类")
_TEXT = re.compile('[^\u0000-\u001f<>{}"`@#]{1,40}')
_ID = re.compile(r"[a-z0-9\-]{1,20}")


class Duty(Struct, frozen=True, forbid_unknown_fields=True):
    """One row: an item by its category's code and in words; the level and unit that do it; the
    limit as rules.toml writes it, empty for the rules' own; where the row stands. A row of the
    whistle list has no limit but the kind of whistle, by which the rules' limits run."""

    id: str
    code: str
    item_zh: str
    item_en: str
    level: Literal["grid", "community", "street", "department"]
    unit: Unit
    limit: str = ""
    standing: Literal["brief", "law", "practice", "ours"] = "ours"
    kind: WhistleKind | Literal[""] = ""


def checked_list(name: ListName, rows: Sequence[Mapping[str, Any]], rules: Rules) -> list[Duty]:
    """The rows of a list. Raises CockpitError `duty.invalid` with the number of the first row
    that does not hold (from 1; 0 for the list as a whole)."""
    if not rows or len(rows) > MOST_ROWS:
        raise _wrong(name, 0, (f"1 to {MOST_ROWS} rows are due", f"应有 1 至 {MOST_ROWS} 行"))
    duties: list[Duty] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        try:
            duty = msgspec.convert(row, Duty)
        except msgspec.ValidationError as error:
            told = str(error)[:200]
            raise _wrong(name, number, (told, f"字段有误（{told}）")) from None
        why = _fault(name, duty, rules)
        if why or duty.id in seen:
            twice = f"the id {duty.id} stands twice", f"编号 {duty.id} 重复"
            raise _wrong(name, number, why or twice)
        seen.add(duty.id)
        duties.append(duty)
    return duties


def _fault(name: ListName, duty: Duty, rules: Rules) -> Why | None:
    """What is wrong with a row."""
    named = _TEXT.fullmatch(duty.item_zh) and _TEXT.fullmatch(duty.item_en)
    personal = privacy.personal_values(msgspec.json.encode(duty))
    code, level = duty.code[:40], LEVEL_OF[name]
    faults: tuple[tuple[object, str, str], ...] = (
        (
            not _ID.fullmatch(duty.id),
            "an id is 1 to 20 small letters, digits and hyphens",
            "编号应为 1 至 20 位小写字母、数字或连字符",
        ),
        (duty.code not in rules.minors, f"there is no category {code}", f"没有类别 {code}"),
        (duty.level != level, f"the level must be {level}", f"层级应为 {level}"),
        (
            not named,
            "an item is named in 1 to 40 characters without marks in both languages",
            "事项的中英文名称均应为 1 至 40 个字符，不含特殊符号",
        ),
        (
            personal,
            "it looks as if it held a phone or identity number",
            "疑似含有电话或身份证号",
        ),
        (name == "whistle" and (not duty.kind or duty.limit), *_KIND),
        (name != "whistle" and duty.kind, *_NO_KIND),
        (not _limit_holds(duty), *_LIMITS),
    )
    return next(((en, zh) for wrong, en, zh in faults if wrong), None)


def _limit_holds(duty: Duty) -> bool:
    try:
        limit(duty)
    except ValueError:
        return False
    return True


def with_kind(name: ListName, row: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """A row as it may be read from a file or of a version of before whistles had kinds: one with a
    limit of its own that is no longer than an emergency's is for an emergency, any other routine.
    """
    if name != "whistle" or "kind" in row:
        return dict(row)
    try:
        limit = limit_of(str(row.get("limit", "")))
    except ValueError:
        return {**row, "kind": "routine"}
    most = rules.whistle_limit("emergency", "finish")
    urgent = limit.unit == most.unit and limit.amount <= most.amount
    return {**row, "limit": "", "kind": "emergency" if urgent else "routine"}


def limit(duty: Duty) -> Limit | None:
    """The row's own limit; None for that of the rules. Raises ValueError."""
    return limit_of(duty.limit) if duty.limit else None


def offered(
    lists: Mapping[ListName, Sequence[Duty]], code: str, means: Callable[[Duty], bool]
) -> Duty | None:
    """The first row for an item that is meant."""
    rows = (duty for name in LISTS for duty in lists.get(name, ()))
    return next((duty for duty in rows if duty.code == code and means(duty)), None)


def own_units(regions: Regions, code: str) -> dict[str, tuple[str, str]]:
    """What the words of `OWN_UNITS` stand for at a place: level and name. What lies in a community
    and in no grid is the community's, and so on upwards."""
    here = regions.get(code)
    found = {}
    for word, level in OWN_UNITS.items():
        place = (
            regions.street_like(here.index)
            if level == "street"
            else regions.ancestor(here.index, level)
        ) or here
        found[word] = (_UNIT_LEVELS.get(place.level, place.level), place.name)
    return found


def _wrong(name: str, row: int, why: Why) -> CockpitError:
    return CockpitError("duty.invalid", name=name, row=row, why=why[0], why_zh=why[1])
