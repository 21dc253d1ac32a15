"""What stands above a desk's lists: place, stream, clock, whose desk it is, and the tiles."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from cockpit.domain.access import RIGHTS, Account, Right
from cockpit.domain.numbers import number_of
from layouts.asked import Asked
from layouts.desk.tables import DEPARTMENT_TILES, QUEUES, TILES, Tile
from layouts.i18n import Texts
from layouts.parts import attributes, data, standing
from layouts.place import Place

_KINDS = {queue.name: queue.kind for queue in QUEUES}


def language_query(texts: Texts) -> str:
    """What an address needs to stay in the language."""
    return "" if texts.language == "zh" else f"?lang={texts.language}"


def header(asked: Asked) -> Component:
    """Place, state of the stream, clock, and where else one may go."""
    place, texts = asked.place, asked.place.texts
    query = language_query(texts)
    return html.Header(
        [
            html.H1(texts("desk.title", place=place.region.name)),
            html.Nav(
                _above(asked),
                className="crumbs",
                **attributes("aria", label=texts("desk.above")),
            ),
            html.Span(className="spring"),
            html.Nav(
                [
                    *[
                        html.A(_way_name(asked, name), href=f"{path}{query}")
                        for name, path in _ways(asked)
                    ],
                    _other_language(asked),
                ],
                className="desk-ways",
                **attributes("aria", label=texts("desk.elsewhere")),
            ),
            *standing(texts),
        ],
        className="top",
        **data(panel="header"),
    )


def _above(asked: Asked) -> list[Any]:
    place, account = asked.place, asked.account
    query = language_query(place.texts)
    links: list[Any] = []
    for region in place.above:
        # Only what lies in the account's own region is a desk that it may open.
        if account is None or _covers(place, account.region, region.code):
            links += [html.A(region.name, href=f"/desk/{region.code}{query}"), html.Span("›")]
    return [*links, html.B(place.region.name)] if links else []


def _covers(place: Place, scope: str, code: str) -> bool:
    index = place.regions.index.get(scope)
    return index is not None and index in place.regions.get(code).chain


def _way_name(asked: Asked, name: str) -> str:
    """What a link says; that to one's own account also as what one is here."""
    texts, account = asked.place.texts, asked.account
    if name != "account" or account is None:
        return texts(f"desk.to.{name}")
    return texts("desk.to.account", who=account.department or texts(f"people.role.{account.role}"))


def _other_language(asked: Asked) -> Component:
    """Leads to the same desk in the other language; its script keeps what the address says."""
    texts, path = asked.place.texts, f"/desk/{asked.place.region.code}"
    href = f"{path}?lang=en" if texts.language == "zh" else path
    link: Component = html.A(texts("desk.language"), href=href, **data(do="language"))
    return link


def _ways(asked: Asked) -> list[tuple[str, str]]:
    code, account = asked.place.region.code, asked.account
    ways = [("account", "/account")]
    if account is not None and account.role == "department":
        return ways
    ways = [("wall", f"/wall/{code}"), ("meeting", f"/meeting/{code}/today"), *ways]
    if account is not None and account.role in {"operator", "street_director"}:
        ways.insert(2, ("duties", "/manage/duties"))
    return ways


def tiles(asked: Asked) -> Component:
    """The numbers, each of which opens its list."""
    department = asked.account is not None and asked.account.role == "department"
    which = DEPARTMENT_TILES if department else TILES
    return html.Section(
        [_tile(asked, tile) for tile in which],
        className="desk-tiles",
        **data(panel="desk"),
        **attributes("aria", label=asked.place.texts("desk.tiles")),
    )


def _opens(account: Account | None, tile: Tile) -> bool:
    """Whether whoever asks may see the list that makes the number up."""
    if _KINDS.get(tile.queue) != "person":
        return True
    return account is not None and Right.LOOK_PERSON in RIGHTS[account.role]


def _tile(asked: Asked, tile: Tile) -> Component:
    texts = asked.place.texts
    counted = {"count": tile.queue}
    means = texts(f"desk.means.{tile.queue}") if tile.queue else ""
    if tile.metric:
        number = number_of(tile.metric)
        # What its script adds the n of a rate to.
        counted = {"metric": tile.metric, "form": tile.form, "of": " ".join(number.of)}
        means = number.means_zh if texts.language == "zh" else number.means_en
    shown = [
        html.Span(
            [texts(f"desk.tile.{tile.key}"), html.Span(className="symbol")], className="label"
        ),
        html.B(className="n", **data(**counted)),
    ]
    told = data(means=means, tile=tile.key, bad=tile.bad)
    if not _opens(asked.account, tile):
        return html.Div(shown, className="desk-tile", title=means, **told)
    leads = data(to=tile.queue, filters=tile.filters, drill=tile.drill)
    return html.Button(shown, type="button", className="desk-tile", title=means, **told, **leads)
