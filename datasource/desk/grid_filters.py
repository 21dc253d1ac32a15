"""AG Grid's filter and sort models as SQL. Every value is bound as a parameter; a column or a
shape that is not known is refused with `request.invalid`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field
from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_

from cockpit.clock import DAY
from cockpit.domain.calendar import day_start
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.desk.columns import Column, place_name

_EPOCH = date(1970, 1, 1).toordinal()
_MOST_COLUMNS, _MOST_SORTS = 20, 5
_Words = Annotated[str, Meta(max_length=200)]
_Blank = Literal["blank", "notBlank"]


class _Text(Struct, tag_field="filterType", tag="text", forbid_unknown_fields=True):
    type: (
        Literal["contains", "notContains", "equals", "notEqual", "startsWith", "endsWith"] | _Blank
    )
    filter: _Words | None = None


# No more than any database can compare with.
_LARGEST = 2**53
_Amount = (
    Annotated[int, Meta(ge=-_LARGEST, le=_LARGEST)]
    | Annotated[float, Meta(ge=-_LARGEST, le=_LARGEST)]
)


class _Number(Struct, tag_field="filterType", tag="number", forbid_unknown_fields=True):
    type: (
        Literal[
            "equals", "notEqual", "greaterThan", "greaterThanOrEqual", "lessThan",
            "lessThanOrEqual", "inRange",
        ]
        | _Blank
    )  # fmt: skip
    filter: _Amount | None = None
    to: _Amount | None = field(default=None, name="filterTo")


class _Date(Struct, tag_field="filterType", tag="date", forbid_unknown_fields=True):
    type: Literal["equals", "notEqual", "greaterThan", "lessThan", "inRange"] | _Blank
    begin: _Words | None = field(default=None, name="dateFrom")
    end: _Words | None = field(default=None, name="dateTo")


class _Set(Struct, tag_field="filterType", tag="set", forbid_unknown_fields=True):
    values: Annotated[list[_Words | None], Meta(max_length=1000)]


_One = _Text | _Number | _Date | _Set
_FORM_OF = {_Text: "text", _Number: "number", _Date: "instant"}


class _Several(Struct, forbid_unknown_fields=True):
    kind: str = field(name="filterType")
    operator: Literal["AND", "OR"]
    conditions: Annotated[list[_One], Meta(min_length=1, max_length=5)]


def wanted_rows(
    regions: Regions, columns: Mapping[str, Column], filters: Mapping[str, Any]
) -> list[ColumnElement[bool]]:
    """The conditions of a filter model {column: model}; all must hold.

    Raises CockpitError `request.invalid`.
    """
    if len(filters) > _MOST_COLUMNS:
        raise _wrong(f"filters of more than {_MOST_COLUMNS} columns")
    return [_of(regions, _column(columns, name), model) for name, model in filters.items()]


def order_of(
    columns: Mapping[str, Column], sort: Sequence[tuple[str, str]], tie: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """The order [(column, asc or desc), …]; what did not happen comes last, `tie` decides between
    equals, so that a page never shows what another page shows.

    Raises CockpitError `request.invalid`.
    """
    if len(sort) > _MOST_SORTS:
        raise _wrong(f"sorted by more than {_MOST_SORTS} columns")
    order: list[ColumnElement[Any]] = []
    for name, way in sort:
        column = _column(columns, name)
        if way not in {"asc", "desc"}:
            raise _wrong(f"a way of sorting is asc or desc, not {way[:20]!r}")
        ordered = column.sql.asc() if way == "asc" else column.sql.desc()
        order.append(ordered.nulls_last() if column.nullable else ordered)
    return [*order, tie.asc()]


def has_key(key: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """A subject's key that has this in it."""
    return key.icontains(part[:200], autoescape=True)


def _column(columns: Mapping[str, Column], name: str) -> Column:
    if name not in columns:
        raise _wrong(f"there is no column {name[:40]!r} here")
    return columns[name]


def _of(regions: Regions, column: Column, model: Any) -> ColumnElement[bool]:
    try:
        if isinstance(model, dict) and "conditions" in model:
            several = msgspec.convert(model, _Several)
            parts = [_condition(regions, column, one) for one in several.conditions]
            return and_(*parts) if several.operator == "AND" else or_(*parts)
        return _condition(regions, column, msgspec.convert(model, _One))
    except msgspec.ValidationError as error:
        raise _wrong(f"the filter of {column.name}: {error}") from None


def _condition(regions: Regions, column: Column, one: _One) -> ColumnElement[bool]:
    if isinstance(one, _Set):
        return _in_set(regions, column, one)
    form = "text" if column.form == "place" else column.form
    if form != _FORM_OF[type(one)]:
        raise _wrong(f"{column.name} has no such filter")
    if one.type in {"blank", "notBlank"}:
        empty: ColumnElement[bool] = column.sql.is_(None)
        if form == "text":
            empty = or_(empty, column.sql == "")
        return empty if one.type == "blank" else ~empty
    if isinstance(one, _Text):
        return _text(regions, column, one)
    return _number(column, one) if isinstance(one, _Number) else _date(column, one)


def _text(regions: Regions, column: Column, one: _Text) -> ColumnElement[bool]:
    if one.filter is None:
        raise _wrong(f"the filter of {column.name} names nothing")
    if column.form == "place":
        return _in_places(regions, column, one.type, one.filter)
    sql, words = column.sql, one.filter
    ways: Mapping[str, Callable[[], ColumnElement[bool]]] = {
        "contains": lambda: sql.icontains(words, autoescape=True),
        "notContains": lambda: ~func.coalesce(sql, "").icontains(words, autoescape=True),
        "startsWith": lambda: sql.istartswith(words, autoescape=True),
        "endsWith": lambda: sql.iendswith(words, autoescape=True),
        "equals": lambda: func.lower(sql) == words.lower(),
        "notEqual": lambda: func.lower(func.coalesce(sql, "")) != words.lower(),
    }
    return ways[one.type]()


def _in_places(regions: Regions, column: Column, way: str, words: str) -> ColumnElement[bool]:
    tests: Mapping[str, Callable[[str], bool]] = {
        "contains": lambda name: words in name,
        "notContains": lambda name: words in name,
        "startsWith": lambda name: name.startswith(words),
        "endsWith": lambda name: name.endswith(words),
        "equals": lambda name: name == words,
        "notEqual": lambda name: name == words,
    }
    found = [r.code for r in regions.all if tests[way](place_name(regions, r.code))]
    among = column.sql.in_(found)
    return ~among if way in {"notContains", "notEqual"} else among


def _number(column: Column, one: _Number) -> ColumnElement[bool]:
    first, second, sql = one.filter, one.to, column.sql
    if first is None or (one.type == "inRange" and second is None):
        raise _wrong(f"the filter of {column.name} names no number")
    ways: Mapping[str, Callable[[], ColumnElement[bool]]] = {
        "equals": lambda: sql == first,
        "notEqual": lambda: or_(sql != first, sql.is_(None)),
        "greaterThan": lambda: sql > first,
        "greaterThanOrEqual": lambda: sql >= first,
        "lessThan": lambda: sql < first,
        "lessThanOrEqual": lambda: sql <= first,
        "inRange": lambda: sql.between(first, second),
    }
    return ways[one.type]()


def _date(column: Column, one: _Date) -> ColumnElement[bool]:
    """Whole days of Shanghai; a range has both its days in it."""
    begin, sql = _day(column, one.begin), column.sql
    after = (_day(column, one.end) if one.type == "inRange" else begin) + DAY
    inside = and_(sql >= begin, sql < after)
    if one.type == "notEqual":
        return or_(~inside, sql.is_(None))
    if one.type == "greaterThan":
        return sql >= after
    return sql < begin if one.type == "lessThan" else inside


def _day(column: Column, text: str | None) -> int:
    try:
        return day_start(datetime.fromisoformat(text or "").toordinal() - _EPOCH)
    except ValueError:
        raise _wrong(f"the filter of {column.name} names no date") from None


def _in_set(regions: Regions, column: Column, one: _Set) -> ColumnElement[bool]:
    values = [value for value in one.values if value is not None]
    if column.form == "flag":
        parts = [column.sql.is_(value == "true") for value in values]
        some = or_(*parts) if parts else false()
    elif column.form == "place":
        chosen = set(values)
        found = [r.code for r in regions.all if place_name(regions, r.code) in chosen]
        some = column.sql.in_(found)
    elif column.form == "text":
        some = column.sql.in_(values)
    elif column.form == "number":
        some = cast(column.sql, String).in_(values)
    else:
        raise _wrong(f"{column.name} has no such filter")
    return or_(some, column.sql.is_(None)) if None in one.values else some


def _wrong(why: str) -> CockpitError:
    return CockpitError("request.invalid", why=why)
