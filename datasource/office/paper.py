"""A paper before it is a file: leaves with figures, tables and charts, and what it is about. Excel
and PowerPoint are made of the same."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from msgspec import Struct

from cockpit.clock import DAY
from cockpit.domain.calendar import OFFSET, day_of
from cockpit.domain.numbers import Form, Number
from cockpit.domain.working_days import date_of

Value = str | int | float | None
Tables = Callable[[str], Mapping[str, str]]
"""The interface's texts of a language."""


class Words:
    """The texts of one language."""

    def __init__(self, texts: Mapping[str, str], language: str) -> None:
        self._texts, self.language = texts, language

    def __call__(self, key: str, **facts: object) -> str:
        """A text with its facts. An unknown key raises KeyError."""
        return self._texts[key].format(**facts)

    def name(self, number: Number) -> str:
        """A number's name."""
        return number.zh if self.language == "zh" else number.en

    def means(self, number: Number) -> str:
        """A number's definition."""
        return number.means_zh if self.language == "zh" else number.means_en

    def source(self, name: str) -> str:
        """A source as people call it; where nobody has named it, the end of its address."""
        tail = name.rpartition("/")[2]
        return self._texts.get(f"source.{tail}", tail)


class Head(Struct, frozen=True):
    """A column: its heading, how its numbers are written, and what they mean. `words` holds texts;
    `day`, `moment` and `clock` hold 2026-11-23, with 15:10:00, and 15:30; `change` holds what a
    number has changed by, of its row's form. Minutes do not say so in their heading."""

    title: str
    form: Form | str = "words"
    means: str = ""


class Sheet(Struct, frozen=True):
    """A table. A row may say its own form where the column's is empty."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Value]]
    forms: Sequence[Form] = ()


class Plot(Struct, frozen=True):
    """A chart: `series` are (name, values) along `names`, which are of the form `along`. `running`
    says that the last value of the first two series is that of a step of time which is not over, ''
    where all steps are; `sizes` are the n of rates, which stand in tables alone."""

    title: str
    lines: bool
    names: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    share: bool = False
    along: str = "words"
    running: str = ""
    sizes: Sequence[tuple[str, Sequence[float | None]]] = ()


State = Literal["", "late", "risk"]


class Figure(Struct, frozen=True):
    """A large number; `n` of a rate where it is known; the line below it, with the state of that
    line."""

    metric: str
    name: str
    value: Value
    form: Form
    means: str
    n: int | None = None
    state: State = ""
    note: str = ""
    note_state: State = ""


class Leaf(Struct, frozen=True):
    """A page."""

    title: str
    figures: Sequence[Figure] = ()
    sheets: Sequence[Sheet] = ()
    plots: Sequence[Plot] = ()


class Paper(Struct, frozen=True):
    """`about`: what it is (label, text); `foot` says on each page of what and when it is;
    `address` leads to it on a screen, where that is known."""

    title: str
    foot: str
    about: Sequence[tuple[str, str]]
    leaves: Sequence[Leaf]
    definitions: Sequence[tuple[str, str]]
    address: str = ""


def shown(value: Value, form: Form | str, words: Words) -> str:
    """A value as people read it."""
    if value is None:
        return words("none")
    if isinstance(value, str):
        return value
    if form == "percent":
        return words("percent", value=tenths(value * 100))
    if form == "minutes":
        return span(words, value)
    return f"{value:,.0f}"


def changed(value: Value, form: Form | str, words: Words) -> str:
    """A difference of two values of that form, with its sign."""
    if not isinstance(value, int | float):
        return shown(value, form, words)
    if form == "percent":
        points = tenths(abs(value) * 100)
        return _sign(value if float(points) else 0) + words("paper.points", value=points)
    return _sign(value) + shown(abs(value), form, words)


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else ""


def tenths(value: float) -> str:
    """With one decimal, rounded as the screen rounds (toFixed) and not to even."""
    return str(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP))


def span(words: Words, minutes: float) -> str:
    """A length of time."""
    whole = int(minutes + 0.5)
    if whole < 60:
        return words("duration.minutes", minutes=whole)
    hours = whole // 60
    if hours < 48:
        return words("duration.hours", hours=hours, minutes=f"{whole % 60:02}")
    return words("duration.days", days=hours // 24, hours=hours % 24)


def date_text(instant: int) -> str:
    """The day of an instant in Shanghai, 2026-11-23."""
    return date_of(day_of(instant)).isoformat()


def moment_text(instant: int) -> str:
    """An instant in Shanghai, 2026-11-23 15:10:00."""
    seconds = (instant + OFFSET) % DAY // 1_000_000
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{date_text(instant)} {clock}"


def at_path(panels: Any, path: str) -> Any:
    """What stands at `a.b.c` in nested objects; None where nothing does."""
    for step in path.split("."):
        panels = panels.get(step) if isinstance(panels, dict) else None
    return panels
