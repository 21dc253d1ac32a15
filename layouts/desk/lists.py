"""The queues at the left, the table in the middle, the detail at the right."""

import dash_ag_grid
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.tables import QUEUES
from layouts.i18n import Texts
from layouts.parts import attributes, data

# Rows that are fetched in one go.
BLOCK = 100
_GROUPS = ("case", "whistle", "person", "alert")


def queues(texts: Texts) -> Component:
    """All queues with empty counts; the scripts hide those that an account has no part in."""
    groups = [
        html.Div(
            [
                html.H2(texts(f"desk.kind.{kind}")),
                *[_queue(texts, each.name) for each in QUEUES if each.kind == kind],
            ],
            className="desk-group",
            **data(kind=kind),
        )
        for kind in _GROUPS
    ]
    return html.Nav(
        groups, className="desk-queues", **attributes("aria", label=texts("desk.queues"))
    )


def _queue(texts: Texts, name: str) -> Component:
    return html.A(
        [
            html.Kbd(),
            html.Span(texts(f"desk.queue.{name}"), className="name"),
            html.B(className="n", **data(count=name)),
        ],
        href="#",
        className="desk-queue",
        title=texts(f"desk.means.{name}"),
        **data(queue=name),
    )


def table(texts: Texts) -> Component:
    """The list of a queue: its tools, the grid, and what may be done with the chosen rows."""
    return html.Main(
        [
            _tools(texts),
            html.Div(_grid(texts), className="desk-grid"),
            html.Div(className="list-empty", hidden=True, role="status"),
            html.Div(className="chosen", hidden=True),
        ],
        className="desk-list",
    )


def _tools(texts: Texts) -> Component:
    return html.Div(
        [
            html.H2(className="queue-name"),
            html.B(className="queue-total n"),
            html.Label(
                [
                    html.Span(texts("desk.search"), className="unseen"),
                    html.Span(className="search-slot"),
                ]
            ),
            html.Div(className="choices"),
            html.Span(className="spring"),
            html.Button(type="button", className="updates", hidden=True, **data(do="refresh")),
        ],
        className="list-tools",
    )


def _grid(texts: Texts) -> Component:
    grid: Component = dash_ag_grid.AgGrid(
        id=ids.DESK_GRID,
        rowModelType="infinite",
        getRowId="params.data.subject",
        columnDefs=[],
        columnSize=None,
        style={"height": "100%", "width": "100%"},
        dashGridOptions={
            "cacheBlockSize": BLOCK,
            "maxBlocksInCache": 50,
            "infiniteInitialRowCount": 1,
            # The component asks for a block itself before the scripts give it their
            # source of rows, and that request is never answered.
            "maxConcurrentDatasourceRequests": -1,
            "themeCssLayer": "base",
            "rowHeight": 34,
            "headerHeight": 36,
            "suppressColumnVirtualisation": True,
            "suppressCellFocus": False,
            "suppressDragLeaveHidesColumns": True,
            "suppressMultiSort": False,
            "animateRows": False,
            "cellFlashDuration": 900,
            "rowSelection": {
                "mode": "multiRow",
                "enableClickSelection": False,
                "headerCheckbox": False,
            },
            "localeText": grid_texts(texts),
        },
    )
    return grid


def grid_texts(texts: Texts) -> dict[str, str]:
    """AG Grid's own words, by its names of them."""
    return {name: texts(f"grid.{name}") for name in GRID_WORDS}


GRID_WORDS = (
    "applyFilter", "clearFilter", "resetFilter", "cancelFilter", "textFilter", "numberFilter",
    "dateFilter", "filterOoo", "empty", "equals", "notEqual", "lessThan", "greaterThan", "inRange",
    "inRangeStart", "inRangeEnd", "lessThanOrEqual", "greaterThanOrEqual", "contains",
    "notContains", "startsWith", "endsWith", "blank", "notBlank", "before", "after",
    "andCondition", "orCondition", "dateFormatOoo", "loadingOoo", "noRowsToShow",
    "ariaRowSelect", "ariaRowDeselect", "ariaRowToggleSelection", "ariaSortableColumn",
    "ariaFilterColumn", "ariaFilterInput", "ariaFilterMenuOpen", "ariaLabelColumnFilter",
    "ariaFilterValue", "ariaFilterFromValue", "ariaFilterToValue", "ariaFilteringOperator",
    "ariaChecked", "ariaUnchecked", "ariaColumnSelectAll", "ariaSelectAll",
    "ariaRowSelectionDisabled", "ariaInputEditor", "ariaSearch", "ariaHidden", "ariaVisible",
)  # fmt: skip


def detail(texts: Texts) -> Component:
    """One subject, filled by the scripts."""
    return html.Aside(
        [
            html.Header(
                [
                    html.H2(className="subject-name", tabIndex=-1),
                    html.Span(className="subject-state"),
                    html.Span(className="spring"),
                    html.Button(
                        "×",
                        type="button",
                        className="close",
                        title=texts("desk.close"),
                        **data(do="close"),
                        **attributes("aria", label=texts("desk.close")),
                    ),
                ]
            ),
            html.Div(className="subject-actions"),
            html.Div(className="subject-body", tabIndex=0),
        ],
        className="desk-detail",
        hidden=True,
        **attributes("aria", label=texts("desk.detail")),
    )
