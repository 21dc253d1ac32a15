"""The pages of a meeting as sections: figures above, tables and charts below. Empty elements that
name what they show; assets/js/meeting fills them."""

import json

from dash import html
from dash.development.base_component import Component
from msgspec.structs import asdict

from cockpit.domain.meeting import NOTES, names_key, pages_of
from cockpit.domain.meeting_feeds import feeds_of
from cockpit.domain.meeting_numbers import MEANT, meant_on, numbers_of
from cockpit.domain.meeting_parts import Chart, Column, Page, Table
from cockpit.domain.numbers import Number, number_of
from cockpit.domain.regions import Region
from layouts.i18n import Texts
from layouts.parts import attributes, data, late_source, metric
from layouts.place import Place


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
        late_source(*feeds_of(page)),
        html.Span(className="stamp"),
    ]
    means = [texts("meeting.meaning", name=n, means=m) for n, m in definitions(texts, page)]
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
    said, means = _said(texts, number_of(name))
    return texts("meeting.meaning", name=said, means=means)


def short(texts: Texts, name: str) -> str:
    """A number's name."""
    return _said(texts, number_of(name))[0]


def _said(texts: Texts, number: Number) -> tuple[str, str]:
    """Name and definition of a number."""
    if texts.language == "zh":
        return number.zh, number.means_zh
    return number.en, number.means_en


def _figure(texts: Texts, name: str) -> Component:
    number = number_of(name)
    said, *told = NOTES.get(name, ("n", *number.of) if number.of else ("",))
    label = html.Span([short(texts, name), html.Span(className="symbol")], className="label")
    hero = metric(name, number.form, "hero")
    return html.Div(
        [
            html.Button([label, hero], type="button", className="number"),
            _note(texts, said, told),
        ],
        className="figure",
        title=meaning(texts, name),
        **data(figure=name),
    )


def _note(texts: Texts, said: str, told: list[str]) -> Component:
    """The line below a large number; of a number in it there is a list, too."""
    if not told:
        return html.Span(className="sub", **data(sub=said))
    title = "\n".join([*(meaning(texts, each) for each in told), texts("meeting.drill.open")])
    about = data(sub=said, list=told[0])
    return html.Button(className="sub", type="button", title=title, **about)


def column_title(texts: Texts, column: Column, names: str) -> str:
    """The heading of a column; that of names is the text of the key `names`."""
    if column.key == "name":
        return texts(names)
    own = column.key in {"morning", "afternoon"} or not column.number
    return texts(f"meeting.column.{column.key}") if own else short(texts, column.number)


def _column_meaning(texts: Texts, table: Table, column: Column) -> str | None:
    """What a column's numbers are; None of words."""
    if column.number:
        return meaning(texts, column.number)
    own = f"{table.rows}.{column.key}"
    return texts(f"meeting.means.{own}") if own in MEANT else None


def _table(place: Place, table: Table) -> Component:
    texts, names = place.texts, names_key(table.rows, place.region)
    heads = [
        html.Th(
            column_title(texts, column, names),
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
            html.Button(type="button", className="rest", hidden=True),
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
    """Which line or bar is which, and how a step of time that is not over is drawn."""
    named = (
        [] if len(chart.series) == 1 else [_named(texts, *each) for each in enumerate(chart.series)]
    )
    if chart.kind != "lines":
        return named
    running = texts(f"meeting.chart.running.{chart.rows}")
    return [*named, html.Span([html.I(className="swatch"), running], className="running")]


def _named(texts: Texts, place: int, column: Column) -> Component:
    was = column.key == "last_week"
    name = texts("meeting.chart.last_week") if was else column_title(texts, column, "")
    swatch = html.I(className=f"swatch swatch-{place}")
    return html.Span([swatch, name], title=meaning(texts, column.number))


def _json(columns: tuple[Column, ...]) -> str:
    return json.dumps([asdict(column) for column in columns])


def legend(place: Place) -> list[Component]:
    """The definitions of the numbers of each page."""
    return [
        html.Dl(
            [
                part
                for name, means in definitions(place.texts, page)
                for part in (html.Dt(name), html.Dd(means))
            ],
            hidden=True,
            **data(legend=page.name),
        )
        for page in pages_of(place.region)
    ]


def definitions(texts: Texts, page: Page) -> list[tuple[str, str]]:
    """Names and definitions of the numbers on a page, and of columns that have their own; a
    group's number means what that of all does, and is told once."""
    numbers = dict.fromkeys(number_of(name) for name in numbers_of(page))
    own = [(texts(f"meeting.column.{key}"), texts(f"meeting.means.{rows}.{key}"))
           for rows, key in meant_on(page)]  # fmt: skip
    return [*(_said(texts, number) for number in numbers), *own]


def numbers_json(place: Place) -> str:
    """What the scripts must know of each number: name, meaning, form, the metrics of its n."""
    found = {}
    for page in pages_of(place.region):
        for name in numbers_of(page):
            number = number_of(name)
            found[name] = {
                "name": short(place.texts, name),
                "title": meaning(place.texts, name),
                "form": number.form,
                "of": list(number.of),
            }
    return json.dumps(found, ensure_ascii=False)
