"""What every page of administration has: header with the pages one may see, and its list."""

from dash import html
from dash.development.base_component import Component

from cockpit.domain.access import RIGHTS, Account, Right
from layouts.asked import Asked
from layouts.i18n import Texts
from layouts.parts import attributes, data

# The pages and the right that each needs, in the order of the header.
PAGES = {
    "accounts": Right.ACCOUNT_MANAGE,
    "devices": Right.DEVICE_MANAGE,
    "keys": Right.KEY_MANAGE,
    "audit": Right.LOOK_AUDIT,
    "duties": Right.DUTY_EDIT,
}


def frame(asked: Asked, page: str, sections: list[Component]) -> Component:
    """A page of administration around its sections."""
    texts = asked.place.texts
    return html.Div(
        [
            _header(asked, page),
            html.Main(sections, className="manage-main"),
            html.Div(className="said", role="status"),
        ],
        className="manage",
        **data(manage=page),
        **attributes("aria", label=texts("manage.title")),
    )


def _header(asked: Asked, page: str) -> Component:
    texts, account = asked.place.texts, asked.account
    links = [
        _link(texts, f"/manage/{name}", texts(f"manage.{name}"), name == page)
        for name, right in PAGES.items()
        if account is not None and right in RIGHTS[account.role]
    ]
    return html.Header(
        [
            html.H1(texts("manage.title")),
            html.Nav(links, className="pages", **attributes("aria", label=texts("manage.pages"))),
            html.Span(className="spring"),
            *_elsewhere(texts, account),
        ],
        className="top",
    )


def _elsewhere(texts: Texts, account: Account | None) -> list[Component]:
    """Links to the other pages of this account."""
    rights = RIGHTS[account.role] if account is not None else frozenset()
    links = []
    if Right.LOOK_DESK in rights and account is not None:
        links.append(_link(texts, f"/desk/{account.region}", texts("manage.to.desk")))
    if Right.LOOK_STATUS in rights:
        links.append(_link(texts, "/status", texts("manage.to.status")))
    return [*links, _link(texts, "/account", texts("manage.to.account"))]


def _link(texts: Texts, path: str, text: str, here: bool = False) -> Component:
    current = attributes("aria", current="page") if here else {}
    query = "" if texts.language == "zh" else f"?lang={texts.language}"
    link: Component = html.A(text, href=path + query, **current)
    return link


def section(
    texts: Texts, name: str, columns: tuple[str, ...], tools: list[Component] | None = None
) -> Component:
    """A list with a heading, a note, its tools and a table whose rows the scripts make; the last
    column is that of a row's actions where there is one, `do`."""
    heads = [
        html.Th(
            "" if column == "do" else texts(f"manage.{name}.{column}"),
            scope="col",
            className=f"of-{column}",
        )
        for column in columns
    ]
    return html.Section(
        [
            html.Header(
                [
                    html.H2(texts(f"manage.{name}")),
                    html.Span(className="note"),
                    html.Span(className="spring"),
                    *(tools or []),
                ],
                className="panel-head",
            ),
            html.Div(
                html.Table([html.Thead(html.Tr(heads)), html.Tbody()]),
                className="panel-body",
                # So that it can be scrolled by keyboard.
                tabIndex="0",
                role="region",
                **attributes("aria", label=texts(f"manage.{name}")),
            ),
        ],
        className=f"panel manage-{name}",
        **data(list=name, empty=texts(f"manage.{name}.empty")),
    )


def button(texts: Texts, name: str) -> Component:
    """A button of a list's tools."""
    made: Component = html.Button(
        texts(f"manage.do.{name}"), type="button", className="tool", **data(do=name)
    )
    return made


def field(name: str) -> Component:
    """Where the scripts put an input that Dash has none for."""
    return html.Span(className="slot", **data(field=name))


def choices(name: str, groups: list[tuple[str, list[tuple[str, str]]]]) -> Component:
    """What a form's select may say, out of sight: headings with their (value, text)."""
    return html.Div(
        html.Select(
            [
                html.Optgroup([html.Option(text, value=value) for value, text in each], label=head)
                for head, each in groups
            ],
            **attributes("aria", label=name),
        ),
        hidden=True,
        **data(choices=name),
    )
