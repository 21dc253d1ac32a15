"""Administration: accounts, screens and playlists, source keys, audit."""

from dash.development.base_component import Component

from layouts.asked import Asked
from layouts.manage import pages

_LAYOUTS = {
    "accounts": pages.accounts,
    "devices": pages.devices,
    "keys": pages.keys,
    "audit": pages.audit,
}


def layout(asked: Asked) -> Component:
    """The page that the address names by its word `page`."""
    return _LAYOUTS[asked.words["page"]](asked)


def title(asked: Asked) -> str:
    """Its title."""
    texts = asked.place.texts
    return f"{texts('manage.' + asked.words['page'])} · {texts('manage.title')}"
