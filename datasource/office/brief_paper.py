"""What a brief says: a period beside the one before it, out of the archive's history."""

from typing import Any

from cockpit.domain.calendar import day_start
from cockpit.domain.numbers import number_of
from cockpit.domain.regions import Region
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of
from datasource.office.brief_numbers import (
    AT_END,
    COUNTED,
    NUMBERS,
    OF_MONTH,
    PeriodNumbers,
    Told,
    change,
    meaning,
)
from datasource.office.paper import Figure, Head, Leaf, Paper, Plot, Sheet, Value, Words, shown
from datasource.office.past import Asks, ask
from datasource.office.periods import Period
from datasource.questions import Departments

_DEPARTMENT = ("blown", "confirmed", "arrival_rate", "arrival_n", "finish_rate", "finish_n")
_SHOWN = ("cases.reported_today", "cases.closed_today", "cases.overdue", "cases.on_time_rate")
_DAILY = ("cases.reported_today", "cases.closed_today", "cases.overdue", "whistles.overdue",
          "visits.overdue.care")  # fmt: skip
_WEEK = 7


class BriefPaper:
    """Makes a region's brief of a period. Raises what the role `query` raises."""

    def __init__(
        self, asks: Asks, region: Region, rules: Rules, words: Words, period: Period
    ) -> None:
        self._asks, self._region, self._rules = asks, region, rules
        self._words, self._period = words, period
        self._now = self._numbers(period.first, period.last)
        self._before = self._numbers(period.before_first, period.before_last)

    def _numbers(self, first: int, last: int) -> PeriodNumbers:
        return PeriodNumbers(self._asks, self._region.code, self._rules.calendar, first, last)

    def paper(self) -> Paper:
        """The paper, the same whenever it is made of the same archive."""
        words, period = self._words, self._period
        days = {
            "first": _text(period.first), "last": _text(period.last),
            "before_first": _text(period.before_first), "before_last": _text(period.before_last),
        }  # fmt: skip
        title = words(f"brief.title.{period.kind}", region=self._region.name, **days)
        numbers = [meaning(name) for name in NUMBERS]
        numbers += [number_of(f"departments.{key}") for key in _DEPARTMENT]
        definitions = [(words.name(each), words.means(each)) for each in numbers]
        definitions.append((words("brief.column.change"), words("brief.means.change")))
        leaves = [self._work(), self._days(), self._departments(), self._categories()]
        return Paper(
            title=title,
            foot=words(f"brief.foot.{period.kind}", region=self._region.name, **days),
            about=[
                (words("paper.about.title"), title),
                (words("paper.about.region"), f"{self._region.name} {self._region.code}"),
                (words("paper.about.period"), self._span(self._now)),
                (words("paper.about.before"), self._span(self._before)),
                (words("paper.about.known"), self._known()),
            ],
            leaves=leaves,
            definitions=definitions,
        )

    def _span(self, period: PeriodNumbers) -> str:
        first, last = _text(period.first), _text(period.last)
        return first if first == last else self._words("briefs.period", first=first, last=last)

    def _known(self) -> str:
        """Of which days there is a record: an archive may begin within the periods."""
        told = []
        for name, period in (("this", self._now), ("before", self._before)):
            days = period.known
            key = "all" if period.whole else "some" if days else "none"
            first = _text(days[0]) if days else ""
            text = self._words(f"brief.known.{key}", first=first, days=len(days))
            told.append(self._words(f"brief.known.{name}", told=text))
        return self._words("brief.known", this=told[0], before=told[1])

    # -- the pages ---------------------------------------------------------------------------

    def _work(self) -> Leaf:
        """The period beside the one before it, and how its days went."""
        words, now, before = self._words, self._now.values, self._before.values
        rows: list[list[Value]] = [
            [self._name(name), now[name].value, now[name].n, before[name].value, before[name].n,
             change(name, self._now, self._before)]
            for name in NUMBERS
        ]  # fmt: skip
        this, that = words("brief.column.this"), words("brief.column.before")
        heads = [
            Head(words("paper.number")),
            Head(this, ""),
            Head(words("paper.n.of", name=this), "count"),
            Head(that, ""),
            Head(words("paper.n.of", name=that), "count"),
            Head(words("brief.column.change"), "change", words("brief.means.change")),
        ]
        forms = [meaning(name).form for name in NUMBERS]
        figures = [self._figure(name, now[name], before[name]) for name in _SHOWN]
        sheet = Sheet(words("brief.table.work"), heads, rows, forms)
        return Leaf(words("brief.page.work"), figures, [sheet], [self._plot()])

    def _name(self, name: str) -> str:
        """A number's name, with what it is of where that is not the period."""
        key = "brief.end" if name in AT_END else "brief.month" if name in OF_MONTH else ""
        said = self._words.name(meaning(name))
        return self._words(key, name=said) if key else said

    def _figure(self, name: str, now: Told, before: Told) -> Figure:
        words, number = self._words, meaning(name)
        value, days = shown(before.value, number.form, words), len(self._before.known)
        part = name in COUNTED and not self._before.whole and before.value is not None
        notes = [words("brief.before.part" if part else "brief.before", value=value, days=days)]
        if now.n is not None:
            notes.insert(0, words("n", n=shown(now.n, "count", words)))
        return Figure(
            name, self._name(name), now.value, number.form, words.means(number),
            None if now.n is None else int(now.n), note=" · ".join(notes),
        )  # fmt: skip

    def _shown_days(self) -> dict[str, Any]:
        """Each day; a daily brief shows the week that ends with it."""
        first = self._period.first
        daily = self._period.kind == "daily"
        return self._numbers(first - _WEEK + 1, first).days if daily else self._now.days

    def _plot(self) -> Plot:
        words, found = self._words, self._shown_days()
        lines = [(words.name(meaning(n)), found["series"][n]) for n in _DAILY[:2]]
        return Plot(words("brief.plot.days"), True, found["at"], lines, along="day")

    def _days(self) -> Leaf:
        words, found = self._words, self._shown_days()
        heads = [Head(words("brief.column.day"), "day")]
        for name in _DAILY:
            number = meaning(name)
            title = words.name(number)
            title = words("brief.day_end", name=title) if name in AT_END else title
            heads.append(Head(title, "count", words.means(number)))
        series = [found["series"][name] for name in _DAILY]
        rows = [list(row) for row in zip(found["at"], *series, strict=True)]
        return Leaf(words("brief.page.days"), sheets=[Sheet("", heads, rows)])

    def _departments(self) -> Leaf:
        words = self._words
        start, end = day_start(self._now.first), day_start(self._now.last + 1)
        found = ask(self._asks, Departments(self._region.code, start, end))["departments"]
        numbers = [number_of(f"departments.{key}") for key in _DEPARTMENT]
        heads = [
            Head(words("meeting.column.rank"), ""),
            Head(words("meeting.column.name.departments")),
            *(Head(words.name(n), n.form, words.means(n)) for n in numbers),
        ]
        rows = [
            [r["rank"] or words("meeting.rank.none"), r["department"],
             *(r[key] for key in _DEPARTMENT)]
            for r in found
        ]  # fmt: skip
        return Leaf(words("brief.page.departments"), sheets=[Sheet("", heads, rows)])

    def _categories(self) -> Leaf:
        words = self._words
        now = self._now.handling["by_category"]
        before = {row["category"]: row for row in self._before.handling["by_category"]}
        median = words.name(number_of("handling.p50"))
        earlier = f"{median} · {words('brief.column.before')}"
        heads = [
            Head(words("meeting.column.name.care")),
            Head(words.name(number_of("handling.n")), "count"),
            Head(median, "minutes"),
            Head(earlier, "minutes"),
        ]
        rows = [
            [self._category(row["category"]), row["n"], row["p50"],
             before.get(row["category"], {}).get("p50")]
            for row in now
        ]  # fmt: skip
        return Leaf(words("brief.page.units"), sheets=[Sheet("", heads, rows)])

    def _category(self, code: str) -> str:
        named = self._rules.mains.get(code)
        return getattr(named, self._words.language) if named else code


def _text(day: int) -> str:
    return date_of(day).isoformat()
