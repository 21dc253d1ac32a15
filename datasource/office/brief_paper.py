"""What a brief says: a period beside the one before it, out of the archive's history."""

from typing import Any

from cockpit.domain.calendar import day_start
from cockpit.domain.numbers import Number, number_of
from cockpit.domain.regions import Region
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of
from datasource.office.paper import Figure, Head, Leaf, Paper, Plot, Sheet, Value, Words, shown
from datasource.office.past import Asks, ask
from datasource.office.periods import Period
from datasource.questions import Departments, Handling, Series

# Counts of a day are summed over the period, and mean what the number named here says; states and
# rates are those at its end.
SUMMED = {
    "cases.reported_today": "period.reported", "cases.closed_today": "period.closed",
    "whistles.blown_today": "period.blown", "whistles.confirmed_today": "period.confirmed",
    "visits.made_today.care": "period.visited",
}  # fmt: skip
AT_END = ("cases.open", "cases.overdue", "cases.on_time_rate", "cases.response_rate",
          "cases.resolution_rate", "cases.satisfaction_rate", "whistles.open",
          "whistles.overdue", "patrols.coverage_rate", "visits.overdue.care")  # fmt: skip
_TIMES = ("handling.n", "handling.p50", "handling.p90")
_DEPARTMENT = ("blown", "confirmed", "arrival_rate", "arrival_n", "finish_rate", "finish_n")
_SHOWN = ("cases.reported_today", "cases.closed_today", "cases.overdue", "cases.on_time_rate")
_DAILY = ("cases.reported_today", "cases.closed_today", "cases.overdue", "whistles.overdue",
          "visits.overdue.care")  # fmt: skip
_WEEK = 7


def _meaning(metric: str) -> Number:
    """What a brief's number means."""
    return number_of(SUMMED.get(metric, metric))


class BriefPaper:
    """Makes a region's brief of a period. Raises what the role `query` raises."""

    def __init__(
        self, asks: Asks, region: Region, rules: Rules, words: Words, period: Period
    ) -> None:
        self._asks, self._region, self._rules = asks, region, rules
        self._words, self._period = words, period
        self._now = period.first, period.last
        self._before = period.before_first, period.before_last
        self._kept: dict[tuple[int, int], dict[str, Any]] = {}

    def paper(self) -> Paper:
        """The paper, the same whenever it is made of the same archive."""
        words, period = self._words, self._period
        days = {
            "first": _text(period.first), "last": _text(period.last),
            "before_first": _text(period.before_first), "before_last": _text(period.before_last),
        }  # fmt: skip
        title = words(f"brief.title.{period.kind}", region=self._region.name, **days)
        numbers = [_meaning(name) for name in (*SUMMED, *AT_END, *_TIMES)]
        numbers += [number_of(f"departments.{key}") for key in _DEPARTMENT]
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
            definitions=[(words.name(each), words.means(each)) for each in numbers],
        )

    def _span(self, days: tuple[int, int]) -> str:
        first, last = (_text(day) for day in days)
        return first if first == last else self._words("briefs.period", first=first, last=last)

    def _known(self) -> str:
        """Of which days there is a record: an archive may begin within the periods."""
        told = []
        for name, days in (("this", self._now), ("before", self._before)):
            reported = self._series(days)["series"][_SHOWN[0]]
            known = [day for day, value in zip(range(days[0], days[1] + 1), reported, strict=True)
                     if value is not None]  # fmt: skip
            key = "all" if len(known) == len(reported) else "some" if known else "none"
            first = _text(known[0]) if known else ""
            text = self._words(f"brief.known.{key}", first=first, days=len(known))
            told.append(self._words(f"brief.known.{name}", told=text))
        return self._words("brief.known", this=told[0], before=told[1])

    def _series(self, days: tuple[int, int]) -> dict[str, Any]:
        """All that a brief says of each of these days."""
        if days not in self._kept:
            start, end = day_start(days[0]), day_start(days[1] + 1)
            names = list(dict.fromkeys((*SUMMED, *AT_END, *_DAILY)))
            self._kept[days] = ask(self._asks, Series(self._region.code, names, start, end, "day"))
        return self._kept[days]

    def _handling(self, days: tuple[int, int]) -> dict[str, Any]:
        start, end = day_start(days[0]), day_start(days[1] + 1)
        return ask(self._asks, Handling(self._region.code, start, end))

    # -- the pages ---------------------------------------------------------------------------

    def _work(self) -> Leaf:
        """The period beside the one before it, and how its days went."""
        words = self._words
        now, before = (self._values(days) for days in (self._now, self._before))
        rows: list[list[Value]] = []
        for name, value in now.items():
            title = words.name(_meaning(name))
            title = words("brief.end", name=title) if name in AT_END else title
            rows.append([title, value, before[name], _change(value, before[name])])
        heads = [
            Head(words("paper.number")),
            Head(words("brief.column.this"), ""),
            Head(words("brief.column.before"), ""),
            Head(words("brief.column.change"), "change", words("brief.means.change")),
        ]
        forms = [number_of(name).form for name in now]
        figures = [self._figure(name, now[name], before[name]) for name in _SHOWN]
        sheet = Sheet(words("brief.table.work"), heads, rows, forms)
        return Leaf(words("brief.page.work"), figures, [sheet], [self._plot()])

    def _figure(self, metric: str, now: float | None, before: float | None) -> Figure:
        words, number = self._words, _meaning(metric)
        form = number.form
        note = words("brief.before", value=shown(before, form, words))
        return Figure(metric, words.name(number), now, form, words.means(number), note=note)

    def _values(self, days: tuple[int, int]) -> dict[str, float | None]:
        series, times = self._series(days)["series"], self._handling(days)
        summed = {name: _sum(series[name]) for name in SUMMED}
        last = {name: series[name][-1] for name in AT_END}
        return {**summed, **last, **{name: times[name.split(".")[1]] for name in _TIMES}}

    def _shown_days(self) -> dict[str, Any]:
        """Each day; a daily brief shows the week that ends with it."""
        first = self._period.first
        daily = self._period.kind == "daily"
        return self._series((first - _WEEK + 1, first) if daily else self._now)

    def _plot(self) -> Plot:
        words, found = self._words, self._shown_days()
        lines = [(words.name(_meaning(n)), found["series"][n]) for n in _DAILY[:2]]
        return Plot(words("brief.plot.days"), True, found["at"], lines, along="day")

    def _days(self) -> Leaf:
        words, found = self._words, self._shown_days()
        heads = [
            Head(words("brief.column.day"), "day"),
            *(Head(words.name(_meaning(n)), "count", words.means(_meaning(n))) for n in _DAILY),
        ]
        series = [found["series"][name] for name in _DAILY]
        rows = [list(row) for row in zip(found["at"], *series, strict=True)]
        return Leaf(words("brief.page.days"), sheets=[Sheet("", heads, rows)])

    def _departments(self) -> Leaf:
        words = self._words
        start, end = day_start(self._now[0]), day_start(self._now[1] + 1)
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
        now = self._handling(self._now)["by_category"]
        before = {row["category"]: row for row in self._handling(self._before)["by_category"]}
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


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _change(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before
