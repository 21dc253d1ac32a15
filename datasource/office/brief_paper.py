"""What a brief says: a period beside the one before it, out of the archive's history."""

from typing import Any

from cockpit.domain.calendar import day_start
from cockpit.domain.numbers import number_of
from cockpit.domain.regions import Region
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of
from datasource.office.paper import Figure, Head, Leaf, Paper, Plot, Sheet, Value, Words
from datasource.office.past import Asks, ask
from datasource.office.periods import Period
from datasource.questions import Departments, Handling, Series

# Counts of a day are summed over the period; states and rates are those at its end.
SUMMED = ("cases.reported_today", "cases.closed_today", "whistles.blown_today",
          "whistles.confirmed_today", "visits.made_today.care")  # fmt: skip
AT_END = ("cases.open", "cases.overdue", "cases.on_time_rate", "cases.response_rate",
          "cases.resolution_rate", "cases.satisfaction_rate", "whistles.open",
          "whistles.overdue", "patrols.coverage_rate", "visits.overdue.care")  # fmt: skip
_TIMES = ("handling.n", "handling.p50", "handling.p90")
_DEPARTMENT = ("blown", "confirmed", "arrival_rate", "arrival_n", "finish_rate", "finish_n")
_WEEK = 7


class BriefPaper:
    """Makes a region's brief of a period. Raises what the role `query` raises."""

    def __init__(
        self, asks: Asks, region: Region, rules: Rules, words: Words, period: Period
    ) -> None:
        self._asks, self._region, self._rules = asks, region, rules
        self._words, self._period = words, period
        self._now = period.first, period.last
        self._before = period.before_first, period.before_last

    def paper(self) -> Paper:
        """The paper, the same whenever it is made of the same archive."""
        words, period = self._words, self._period
        days = {
            "first": _text(period.first), "last": _text(period.last),
            "before_first": _text(period.before_first), "before_last": _text(period.before_last),
        }  # fmt: skip
        title = words(f"brief.title.{period.kind}", region=self._region.name, **days)
        span = words("meeting.briefs.period", first=days["first"], last=days["last"])
        before = {"first": days["before_first"], "last": days["before_last"]}
        numbers = [number_of(name) for name in (*SUMMED, *AT_END, *_TIMES)]
        return Paper(
            title=title,
            foot=words("brief.foot", region=self._region.name, **days),
            about=[
                (words("paper.about.title"), title),
                (words("paper.about.region"), f"{self._region.name} {self._region.code}"),
                (words("paper.about.period"), span),
                (words("paper.about.before"), words("meeting.briefs.period", **before)),
            ],
            leaves=[self._work(), self._days(), self._departments(), self._categories()],
            definitions=[(words.name(each), words.means(each)) for each in numbers],
        )

    def _series(self, days: tuple[int, int], metrics: tuple[str, ...]) -> dict[str, Any]:
        start, end = day_start(days[0]), day_start(days[1] + 1)
        return ask(self._asks, Series(self._region.code, list(metrics), start, end, "day"))

    def _handling(self, days: tuple[int, int]) -> dict[str, Any]:
        start, end = day_start(days[0]), day_start(days[1] + 1)
        return ask(self._asks, Handling(self._region.code, start, end))

    # -- the pages ---------------------------------------------------------------------------

    def _work(self) -> Leaf:
        words = self._words
        values = [self._values(days) for days in (self._now, self._before)]
        rows: list[list[Value]] = []
        forms = []
        for name, now in values[0].items():
            number, before = number_of(name), values[1][name]
            summed = name in SUMMED and self._period.kind != "daily"
            key = "brief.sum" if summed else "brief.end" if name in AT_END else ""
            title = words(key, name=words.name(number)) if key else words.name(number)
            if number.form == "minutes":
                title = words("paper.minutes", name=title)
            rows.append([title, now, before, _change(now, before)])
            forms.append(number.form)
        keys = ("this", "before", "change")
        heads = [Head(words("paper.number")), *(Head(words(f"brief.column.{k}"), "") for k in keys)]
        shown = (
            "cases.reported_today",
            "cases.closed_today",
            "cases.overdue",
            "cases.on_time_rate",
        )
        figures = [
            Figure(
                name, words.name(number_of(name)), values[0][name], number_of(name).form,
                words.means(number_of(name)),
            )
            for name in shown
        ]  # fmt: skip
        title = words("brief.page.work")
        return Leaf(title, figures=figures, sheets=[Sheet("", heads, rows, forms)])

    def _values(self, days: tuple[int, int]) -> dict[str, float | None]:
        series = self._series(days, (*SUMMED, *AT_END))["series"]
        times = self._handling(days)
        summed = {name: _sum(series[name]) for name in SUMMED}
        last = {name: series[name][-1] for name in AT_END}
        return {**summed, **last, **{name: times[name.split(".")[1]] for name in _TIMES}}

    def _days(self) -> Leaf:
        """Each day; a daily brief shows the week that ends with it."""
        words = self._words
        first = self._period.first
        days = (first - _WEEK + 1, first) if self._period.kind == "daily" else self._now
        names = ("cases.reported_today", "cases.closed_today", "cases.overdue",
                 "whistles.overdue", "visits.overdue.care")  # fmt: skip
        found = self._series(days, names)
        titles = [words.name(number_of(name)) for name in names]
        series = [found["series"][name] for name in names]
        heads = [
            Head(words("brief.column.day"), "day"),
            *(Head(title, "count") for title in titles),
        ]
        rows = [list(row) for row in zip(found["at"], *series, strict=True)]
        lines = list(zip(titles[:2], series[:2], strict=True))
        title = words("brief.page.days")
        plot = Plot(title, True, found["at"], lines, along="day")
        return Leaf(title, sheets=[Sheet("", heads, rows)], plots=[plot])

    def _departments(self) -> Leaf:
        words = self._words
        start, end = day_start(self._now[0]), day_start(self._now[1] + 1)
        found = ask(self._asks, Departments(self._region.code, start, end))["departments"]
        numbers = [number_of(f"departments.{key}") for key in _DEPARTMENT]
        heads = [
            Head(words("meeting.column.rank")),
            Head(words("meeting.column.name.departments")),
            *(Head(words.name(n), n.form, words.means(n)) for n in numbers),
        ]
        rows = [
            [str(r["rank"] or words("meeting.rank.none")), r["department"],
             *(r[key] for key in _DEPARTMENT)]
            for r in found
        ]  # fmt: skip
        return Leaf(words("brief.page.departments"), sheets=[Sheet("", heads, rows)])

    def _categories(self) -> Leaf:
        words = self._words
        now = self._handling(self._now)["by_category"]
        before = {row["category"]: row for row in self._handling(self._before)["by_category"]}
        median = words("paper.minutes", name=words.name(number_of("handling.p50")))
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


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _change(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before
