"""The page /meeting/<region>/<page>: subjects for a table of leaders, one a page. Structure only;
assets/js/meeting paints it from the frames of the region's wall."""

import json

from dash import html
from dash.development.base_component import Component

from cockpit.domain.meeting import COMPARED, DAILY, DAYS
from layouts import shell, time_machine
from layouts.meeting.pages import numbers_json, sections
from layouts.meeting.tools import contents, dialogs, header, tools
from layouts.parts import data
from layouts.place import Place

# Served with Dash's own scripts; a meeting draws its charts by it.
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"


def layout(place: Place, page: str) -> Component:
    """The meeting of a region, at one of `cockpit.domain.meeting.PAGE_NAMES`."""
    code = place.region.code
    return html.Div(
        [
            header(place),
            html.Div(className="notices", hidden=True, role="status"),
            contents(place, page),
            html.Main(
                sections(place, page), className="pages", **data(panel="meeting", region=code)
            ),
            tools(place.texts),
            time_machine.bar(place.texts),
            *dialogs(place),
            shell.veil(),
        ],
        className=f"meeting meeting-{place.level}",
        **data(
            wall=code,
            region=code,
            name=place.region.name,
            screen="meeting",
            numbers=numbers_json(place),
            past=json.dumps({"days": DAYS, "compared": COMPARED, "daily": DAILY}),
            plotly=PLOTLY,
        ),
    )
