"""The pages of a meeting as sections: figures above, tables and charts below. Empty elements that
name what they show; assets/js/meeting fills them."""

import json

from dash import html
from dash.development.base_component import Component
from msgspec.structs import asdict

from cockpit.domain.meeting import pages_of
from cockpit.domain.meeting_parts import Chart, Column, Page, Table
from cockpit.domain.numbers import number_of
from cockpit.domain.regions import Region
from layouts.i18n import Texts
from layouts.parts import attributes, data, late_source, metric
from layouts.place import Place

# A line under a figure that its script writes: what it says, and the number in it.
SUBS: dict[str, tuple[str, ...]] = {
    "cases.reported_today": ("versus", "cases.reported_yesterday"),
    "cases.overdue": ("new_today", "cases.overdue_new_today"),
    "whistles.open": ("risk", "whistles.at_risk"),
    "patrols.coverage_rate": ("target", "patrols.expected"),
    "patrols.covered": ("expected", "patrols.expected"),
    "visits.overdue.care": ("special", "visits.overdue.special"),
}
# Columns that hold numbers of their own table, with a text that says what they are.
MEANT = frozenset(
    {
        "streets.rank", "departments.rank", "grids.morning", "grids.afternoon", "whistles.left",
        "compared.now", "compared.yesterday", "compared.last_week", "compared.last_month",
    }
)  # fmt: skip


def page_title(texts: Texts, region: Region, name: str) -> str:
    """A page's title; what is compared has another name below the district."""
    if name == "streets" and region.level != "district":
        return texts(f"meeting.page.streets.{region.level}")
    return texts(f"meeting.page.{name}")


def sections(place: Place, shown: str) -> list[Component]:
    """All pages of a region's meeting; only the one named `shown` is not hidden."""
    return [_section(place, page, page.name == shown) for page in pages_of(place.region)]


def _section(place: Place, page: Page, shown: bool) -> Component:
    texts = place.texts
    heads = [
        html.H2(page_title(texts, place.region, page.name)),
        late_source(),
        html.Span(className="stamp"),
    ]
    means = [meaning(texts, name) for name in numbers_on(page)]
    body = [*(_chart(texts, chart) for chart in page.charts)]
    body += [_table(place, table) for table in page.tables]
    return html.Section(
        [
            html.Header(heads, className="page-head"),
            html.Div([_figure(texts, name) for name in page.figures], className="figures")
            if page.figures
            else None,
            html.Div(body, className="body"),
            html.P(" ".join(means), className="means"),
        ],
        className=f"page page-{page.name}",
        hidden=not shown,
        **data(page=page.name, counts=f"{len(page.figures)} {len(body)}"),
    )


def meaning(texts: Texts, name: str) -> str:
    """A number's name with its definition, for whoever points at it."""
    number = number_of(name)
    said = (number.zh, number.means_zh) if texts.language == "zh" else (number.en, number.means_en)
    return texts("meeting.meaning", name=said[0], means=said[1])


def short(texts: Texts, name: str) -> str:
    """A number's name."""
    number = number_of(name)
    return number.zh if texts.language == "zh" else number.en


def _figure(texts: Texts, name: str) -> Component:
    number = number_of(name)
    said, *told = SUBS.get(name, ("n", *number.of) if number.of else ("",))
    return html.Button(
        [
            html.Span([short(texts, name), html.Span(className="symbol")], className="label"),
            metric(name, number.form, "hero"),
            html.Span(
                className="sub",
                title="\n".join(meaning(texts, each) for each in told),
                **data(sub=said),
            ),
        ],
        type="button",
        className="figure",
        title=meaning(texts, name),
        **data(figure=name),
    )


def column_title(texts: Texts, column: Column, level: str) -> str:
    """The heading of a column; names are those of the level below."""
    if column.key == "name" and level:
        return texts(f"level.{level}")
    own = column.key in {"morning", "afternoon"} or not column.number
    return texts(f"meeting.column.{column.key}") if own else short(texts, column.number)


def level_of_names(table: Table, region: Region) -> str:
    """Which level a table's names are of; '' when they are no places."""
    if table.rows == "grids":
        return "grid"
    if table.rows in {"late", "streets", "patrols"}:
        return "street" if region.level == "district" else "community"
    return ""


def _column_meaning(texts: Texts, table: Table, column: Column) -> str | None:
    """What a column's numbers are; None of words."""
    if column.number:
        return meaning(texts, column.number)
    own = f"{table.rows}.{column.key}"
    return texts(f"meeting.means.{own}") if own in MEANT else None


def _table(place: Place, table: Table) -> Component:
    texts, level = place.texts, level_of_names(table, place.region)
    heads = [
        html.Th(
            column_title(texts, column, level),
            scope="col",
            className="" if not column.number and column.key not in _NUMBERS else "n",
            title=_column_meaning(texts, table, column),
        )
        for column in table.columns
    ]
    return html.Div(
        [
            html.H3([texts(f"meeting.table.{table.rows}"), html.Span(className="until")]),
            html.Table([html.Thead(html.Tr(heads)), html.Tbody()]),
            html.Div(className="rest", hidden=True),
            html.Div(texts("meeting.empty"), className="empty", hidden=True),
        ],
        className=f"sheet sheet-{table.rows}",
        **data(rows=table.rows, columns=_json(table.columns)),
    )


_NUMBERS = {"now", "yesterday", "last_week", "last_month", "rank"}


def _chart(texts: Texts, chart: Chart) -> Component:
    alone = chart.series[0].number if len(chart.series) == 1 else ""
    return html.Div(
        [
            html.H3(
                [_chart_title(texts, chart), html.Span(className="until")],
                title=meaning(texts, alone) if alone else None,
            ),
            html.Div(_key(texts, chart), className="key"),
            html.Div(
                className="canvas",
                role="img",
                **attributes("aria", label=_chart_title(texts, chart)),
            ),
            html.Div(className="words", hidden=True),
        ],
        className=f"chart chart-{chart.rows}",
        **data(rows=chart.rows, kind=chart.kind, series=_json(chart.series)),
    )


def _chart_title(texts: Texts, chart: Chart) -> str:
    title = texts(f"meeting.chart.{chart.rows}")
    return f"{short(texts, chart.series[0].number)} · {title}" if len(chart.series) == 1 else title


def _key(texts: Texts, chart: Chart) -> list[Component]:
    """Which line or bar is which."""
    if len(chart.series) == 1:
        return []
    names = [
        texts("meeting.chart.last_week")
        if column.key == "last_week"
        else column_title(texts, column, "")
        for column in chart.series
    ]
    return [
        html.Span(
            [html.I(className=f"swatch swatch-{i}"), name],
            title=meaning(texts, chart.series[i].number),
        )
        for i, name in enumerate(names)
    ]


def _json(columns: tuple[Column, ...]) -> str:
    return json.dumps([asdict(column) for column in columns])


def legend(place: Place) -> list[Component]:
    """The definitions of the numbers of each page."""
    return [
        html.Dl(
            [part for name in numbers_on(page) for part in _definition(place.texts, name)],
            hidden=True,
            **data(legend=page.name),
        )
        for page in pages_of(place.region)
    ]


def numbers_on(page: Page) -> list[str]:
    """The numbers that stand on a page, each once, in their order."""
    columns = [c for chart in page.charts for c in chart.series]
    columns += [c for table in page.tables for c in table.columns]
    names = [*page.figures, *(c.number for c in columns if c.number)]
    return list(dict.fromkeys(names))


def _definition(texts: Texts, name: str) -> tuple[Component, Component]:
    number = number_of(name)
    zh = texts.language == "zh"
    return (
        html.Dt(number.zh if zh else number.en),
        html.Dd(number.means_zh if zh else number.means_en),
    )


def numbers_json(place: Place) -> str:
    """What the scripts must know of each number: name, meaning, form, the metrics of its n."""
    found = {}
    for page in pages_of(place.region):
        for name in numbers_on(page):
            number = number_of(name)
            found[name] = {
                "name": short(place.texts, name),
                "title": meaning(place.texts, name),
                "form": number.form,
                "of": list(number.of),
            }
    return json.dumps(found, ensure_ascii=False)
