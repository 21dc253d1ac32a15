"""The page /desk/<region>: queues, a table, one subject, and what may be done. Structure only;
assets/js/desk fills it from the desk's API and follows the frames of the region's wall."""

import json
from typing import Any

from dash import html
from dash.development.base_component import Component

from cockpit.domain.access import RIGHTS, Right
from cockpit.errors import CockpitError
from cockpit.errors.arriving import FOLDING
from layouts import shell
from layouts.asked import Asked
from layouts.desk import header, lists
from layouts.desk.forms import forms
from layouts.desk.tables import CHOICES, COLUMNS, QUEUES
from layouts.i18n import Texts
from layouts.parts import attributes, data


def layout(asked: Asked) -> Component:
    """The desk of a region. It is the same for all its queues and subjects, which the scripts
    read from the address: going back and forth builds nothing anew."""
    texts, code = asked.place.texts, asked.place.region.code
    return html.Div(
        [
            header.header(asked),
            html.Div(className="notices", hidden=True, role="status"),
            html.Div(className="desk-notice", hidden=True, role="alert"),
            header.tiles(asked),
            html.Div(
                [lists.queues(texts), lists.table(texts), lists.detail(texts)],
                className="desk-main",
            ),
            _foot(texts, _sees_briefs(asked)),
            *[
                html.Dialog(className=f"desk-dialog desk-{name}")
                for name in ("act", "find", "keys")
            ],
            html.Div(className="unseen told", role="status", **attributes("aria", live="polite")),
            shell.veil(),
        ],
        className=f"desk desk-{asked.place.level}",
        **data(
            wall=code,
            region=code,
            place=asked.place.regions.path_name(asked.place.region),
            screen="desk",
            desk=json.dumps(_page(asked)),
        ),
    )


def _page(asked: Asked) -> dict[str, Any]:
    """What the scripts must know of this desk."""
    place, account = asked.place, asked.account
    below = place.regions.children_of(place.region)
    return {
        "region": place.region.code,
        "below": [[each.code, each.name] for each in below if each.level != "zone"],
        "queues": [[each.name, each.kind, each.sort, each.same] for each in QUEUES],
        "columns": {kind: [_column(each) for each in all_] for kind, all_ in COLUMNS.items()},
        "choices": {
            kind: [[each.column, each.prefix, list(each.values)] for each in all_]
            for kind, all_ in CHOICES.items()
        },
        "commands": forms(account, place.rules),
        "refusals": {code: CockpitError(code).text(place.texts.language) for code in FOLDING},
        "briefs": _sees_briefs(asked),
    }


def _column(column: Any) -> dict[str, Any]:
    return {name: getattr(column, name) for name in column.__struct_fields__}


def _sees_briefs(asked: Asked) -> bool:
    """Whether the account may take briefs home, which are a meeting's."""
    return asked.account is not None and Right.LOOK_MEETING in RIGHTS[asked.account.role]


def _foot(texts: Texts, briefs: bool) -> Component:
    switches = [
        html.Button(
            texts(f"desk.switch.{name}"),
            type="button",
            className="switch",
            title=texts(f"desk.switch.{name}.means"),
            **data(switch=name),
            **attributes("aria", pressed="false"),
        )
        for name in ("sound", "notify")
    ]
    return html.Footer(
        [
            html.Span(className="waiting", role="status"),
            html.Span(className="behind is-risk", role="status"),
            html.Span(className="spring"),
            html.Button(texts("desk.briefs"), type="button", **data(do="briefs"))
            if briefs
            else None,
            html.Button(
                [texts("desk.palette"), html.Kbd("Ctrl K")], type="button", **data(do="palette")
            ),
            html.Button([texts("desk.keys"), html.Kbd("?")], type="button", **data(do="keys")),
            *switches,
        ],
        className="desk-foot",
    )
