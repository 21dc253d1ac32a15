"""The pages of a meeting as leaves of a paper, with the numbers that the screen shows at the same
moment."""

from collections.abc import Sequence
from typing import Any

from cockpit.clock import MINUTE, parse_instant
from cockpit.domain.calendar import minute_of_day
from cockpit.domain.meeting import names_key, pages_of
from cockpit.domain.meeting_numbers import MEANT, meant_on, numbers_of
from cockpit.domain.meeting_parts import Chart, Column, Page, Table
from cockpit.domain.numbers import number_of
from cockpit.domain.regions import Region
from cockpit.domain.rules import Rules
from datasource.office.figures import figure
from datasource.office.paper import (
    Head,
    Leaf,
    Paper,
    Plot,
    Sheet,
    Words,
    moment_text,
)
from datasource.office.past import PastOf
from datasource.office.rows import Rows

_HALF_HOURS = [f"{i // 2:02}:{i % 2 * 30:02}" for i in range(48)]


class Leaves:
    """Makes the leaves of a region's meeting at one moment."""

    def __init__(self, region: Region, words: Words, rules: Rules, past: PastOf, at: int) -> None:
        self._region, self._words, self._past, self._at = region, words, past, at
        self._rows = Rows(past, words, rules, at)

    def paper(self, names: Sequence[str], address: str) -> Paper:
        """The paper of these pages; `address` shows them on a screen. Raises as `PastOf`."""
        words, at = self._words, moment_text(self._at)
        pages = [page for page in pages_of(self._region) if page.name in names]
        titles = [self._title(page) for page in pages]
        title = words("meeting.title", place=self._region.name)
        late, foot = self._late(), words("paper.foot", region=self._region.name, at=at)
        return Paper(
            title=title,
            foot=words("paper.foot.late", foot=foot, count=len(late)) if late else foot,
            about=[
                (words("paper.about.title"), title),
                (words("paper.about.region"), f"{self._region.name} {self._region.code}"),
                (words("paper.about.at"), at),
                (words("paper.about.late"), "  ".join(late) or words("paper.late.none")),
                (words("paper.about.pages"), " / ".join(titles)),
                (words("paper.about.address"), address),
            ],
            address=address if address.startswith(("http://", "https://")) else "",
            leaves=[self._leaf(page) for page in pages],
            definitions=list(dict.fromkeys(each for page in pages for each in self._told(page))),
        )

    def _late(self) -> list[str]:
        """Which sources were late at the moment, and for how long."""
        words, found = self._words, []
        for each in self._past.late_sources():
            minutes = (self._at - parse_instant(each["last_seen"])) // MINUTE
            name = words.source(each["source"])
            found.append(words("source.late", source=name, minutes=max(0, minutes)))
        return found

    def _told(self, page: Page) -> list[tuple[str, str]]:
        """Names and definitions of what stands on a page."""
        words = self._words
        numbers = [number_of(name) for name in numbers_of(page)]
        own = [(words(f"meeting.column.{key}"), words(f"meeting.means.{rows}.{key}"))
               for rows, key in meant_on(page)]  # fmt: skip
        return [*((words.name(each), words.means(each)) for each in numbers), *own]

    def _title(self, page: Page) -> str:
        if page.name == "streets" and self._region.level != "district":
            return self._words(f"meeting.page.streets.{self._region.level}")
        return self._words(f"meeting.page.{page.name}")

    def _leaf(self, page: Page) -> Leaf:
        return Leaf(
            title=self._title(page),
            figures=[figure(name, self._rows.panels, self._words) for name in page.figures],
            sheets=[self._sheet(table) for table in page.tables],
            plots=[self._plot(chart) for chart in page.charts],
        )

    # -- tables --------------------------------------------------------------------------

    def _sheet(self, table: Table) -> Sheet:
        """A table with the n of each rate beside it: paper has no hover."""
        rows, heads = self._rows.of(table.rows), []
        keys: list[str] = []
        told = {column.key for column in table.columns}
        for column in table.columns:
            head = self._head(column, table)
            heads.append(head)
            keys.append(column.key)
            n = f"{column.key}_n" if table.rows == "compared" and column.key != "name" else column.n
            if n and n not in told:
                title = self._words("paper.n.of", name=head.title)
                heads.append(Head(title, "count"))
                keys.append(n)
        return Sheet(
            title=self._titled(f"meeting.table.{table.rows}", table.rows),
            heads=heads,
            rows=[[row.get(key) for key in keys] for row in rows],
            forms=[row["form"] for row in rows] if table.rows == "compared" else (),
        )

    def _titled(self, key: str, rows: str) -> str:
        """A title; beside it up to when the archive tells what is below, or of how many whistles
        a frame has the first."""
        title, aside = self._words(key), ""
        if rows in {"compared", "days", "departments"}:
            time = moment_text(self._past.until)[11:16]
            aside = self._words("meeting.history.until", time=time)
        if rows == "whistles":
            whistles = self._rows.panels["whistles"]
            listed, total = len(whistles["list"]), whistles["open"]
            aside = self._words("meeting.cut", shown=listed, total=total) if total > listed else ""
        return self._words("paper.aside", title=title, aside=aside) if aside else title

    def _head(self, column: Column, table: Table) -> Head:
        words = self._words
        if not column.number:
            numeric = column.key == "rank" or (table.rows == "compared" and column.key != "name")
            form = "moment" if column.key == "time" else "" if numeric else "words"
            own = f"{table.rows}.{column.key}"
            means = words(f"meeting.means.{own}") if own in MEANT else ""
            return Head(self._column(column, table), form, means)
        number = number_of(column.number)
        return Head(self._column(column, table), number.form, words.means(number))

    def _column(self, column: Column, table: Table | Chart) -> str:
        words = self._words
        if column.key == "last_week" and table.rows == "half_hours":
            return words("meeting.chart.last_week")
        if column.key == "name":
            return words(names_key(table.rows, self._region))
        if column.key in {"morning", "afternoon"} or not column.number:
            return words(f"meeting.column.{column.key}")
        return words.name(number_of(column.number))

    # -- charts ----------------------------------------------------------------------------

    def _plot(self, chart: Chart) -> Plot:
        names, values = self._points(chart)
        title = self._titled(f"meeting.chart.{chart.rows}", chart.rows)
        if len(chart.series) == 1:
            title = f"{self._words.name(number_of(chart.series[0].number))} · {title}"
        series = [(self._column(c, chart), v) for c, v in zip(chart.series, values, strict=True)]
        share = number_of(chart.series[0].number).form == "percent"
        along = {"half_hours": "clock", "days": "day"}.get(chart.rows, "words")
        lines = chart.kind == "lines"
        running = self._words(f"meeting.chart.running.{chart.rows}") if lines else ""
        return Plot(title, lines, names, series, share, along, running, self._sizes(chart))

    def _sizes(self, chart: Chart) -> list[tuple[str, list[Any]]]:
        """The n of the rates of each day; those of other charts stand in a table."""
        if chart.rows != "days":
            return []
        told = self._past.days()["definition"]
        return [
            (self._words("paper.n.of", name=self._column(column, chart)), told[column.key]["n"])
            for column in chart.series
            if number_of(column.number).form == "percent"
        ]

    def _points(self, chart: Chart) -> tuple[Sequence[str], list[list[Any]]]:
        keys = [column.key for column in chart.series]
        if chart.rows == "half_hours":
            trend = self._rows.panels["cases"]["trend"]
            begun = minute_of_day(self._at) // 30 + 1
            cut = {key: 48 if key == "last_week" else begun for key in keys}
            return _HALF_HOURS, [[*trend[k][: cut[k]], *([None] * (48 - cut[k]))] for k in keys]
        if chart.rows == "days":
            days = self._past.days()
            return days["at"], [days["series"][key] for key in keys]
        rows = self._rows.of(chart.rows)
        return [row["name"] for row in rows], [[row[key] for row in rows] for key in keys]
