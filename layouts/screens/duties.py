"""The page /manage/duties: the four duty lists, edited in a table, as new versions."""

import json

import dash_ag_grid
from dash import html
from dash.development.base_component import Component

from cockpit.domain.duties import LISTS
from layouts import ids
from layouts.asked import Asked
from layouts.desk.lists import grid_texts
from layouts.i18n import Texts
from layouts.manage.frame import frame
from layouts.parts import attributes, data

_TOOLS = ("add", "remove", "undo", "save")


def layout(asked: Asked) -> Component:
    """The lists in force for the account's own region."""
    texts, region = asked.place.texts, asked.place.region
    names = {each.code: each.name for each in asked.place.regions.all if each.level != "grid"}
    return frame(
        asked,
        "duties",
        [
            html.Section(
                [_tools(texts, region.name), _table(texts)],
                className="panel manage-duties",
                **data(region=region.code, names=json.dumps(names)),
            )
        ],
    )


def title(asked: Asked) -> str:
    """Its title."""
    return asked.place.texts("duty.title")


def _tools(texts: Texts, place: str) -> Component:
    tabs = [
        html.Button(
            texts(f"duty.{name}"),
            type="button",
            className="duty-tab",
            role="tab",
            **data(duty=name),
            **attributes("aria", selected="false"),
        )
        for name in LISTS
    ]
    buttons = [
        html.Button(texts(f"duty.{name}"), type="button", className="tool", **data(do=name))
        for name in _TOOLS
    ]
    return html.Header(
        [
            html.H2(texts("duty.of", place=place)),
            html.Div(tabs, className="tabs", role="tablist"),
            html.Span(className="spring"),
            *buttons,
            html.Span(className="line"),
            html.Span(className="slot", **data(field="version")),
            html.Span(className="note"),
        ],
        className="panel-head",
    )


def _table(texts: Texts) -> Component:
    return html.Div(
        dash_ag_grid.AgGrid(
            id=ids.DUTY_GRID,
            rowModelType="clientSide",
            getRowId="params.data.id",
            columnDefs=[],
            rowData=[],
            columnSize=None,
            style={"height": "100%", "width": "100%"},
            dashGridOptions={
                "themeCssLayer": "base",
                "rowHeight": 36,
                "headerHeight": 36,
                "animateRows": False,
                "stopEditingWhenCellsLoseFocus": True,
                "rowSelection": {"mode": "multiRow", "enableClickSelection": False},
                "localeText": grid_texts(texts),
            },
        ),
        className="panel-body desk-grid",
    )
