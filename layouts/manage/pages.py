"""The pages of administration: which lists each has. assets/js/manage/ fills them and does what
their buttons say."""

from typing import get_args

from dash import html
from dash.development.base_component import Component

from cockpit.domain.access import Role
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.regions import WALL_LEVELS
from layouts.asked import Asked
from layouts.i18n import Texts
from layouts.manage.frame import button, choices, field, frame, section

ACCOUNTS = ("name", "role", "region", "department", "state", "seen", "do")
DEVICES = ("name", "shows", "state", "seen", "address", "do")
PLAYLISTS = ("name", "pages", "screens", "do")
KEYS = ("name", "source", "types", "regions", "rate", "seen", "ends", "do")
# Of types that are about the same: visits are of persons, leaves of patrols.
_FAMILIES = {"visit": "person", "worker": "patrol"}
AUDIT = ("n", "at", "who", "what", "subject", "outcome", "address")


def accounts(asked: Asked) -> Component:
    """Accounts: made, changed, switched off."""
    texts = asked.place.texts
    tools = [field("filter"), button(texts, "account")]
    roles = [(role, texts(f"people.role.{role}")) for role in get_args(Role)]
    return frame(
        asked,
        "accounts",
        [
            section(texts, "accounts", ACCOUNTS, tools),
            choices("roles", [(texts("manage.accounts.role"), roles)]),
            _regions(asked),
        ],
    )


def devices(asked: Asked) -> Component:
    """Paired screens and playlists."""
    texts = asked.place.texts
    return frame(
        asked,
        "devices",
        [
            section(texts, "devices", DEVICES, [button(texts, "pair")]),
            section(texts, "playlists", PLAYLISTS, [button(texts, "playlist")]),
            _regions(asked),
        ],
    )


def keys(asked: Asked) -> Component:
    """Keys of sources."""
    texts = asked.place.texts
    return frame(
        asked,
        "keys",
        [
            section(texts, "keys", KEYS, [button(texts, "key")]),
            choices("types", _event_types(texts)),
            _regions(asked),
        ],
    )


def _event_types(texts: Texts) -> list[tuple[str, list[tuple[str, str]]]]:
    """All types of events in words, by what they are about."""
    families: dict[str, list[tuple[str, str]]] = {}
    for name in EVENT_TYPES:
        family = _FAMILIES.get(name.partition(".")[0], name.partition(".")[0])
        families.setdefault(family, []).append((name, texts(f"command.{name}")))
    return [(texts(f"desk.kind.{family}"), types) for family, types in families.items()]


def audit(asked: Asked) -> Component:
    """Who did what, newest first."""
    texts = asked.place.texts
    chain = html.Span(className="chain", role="status")
    filters = [field(name) for name in ("account", "what", "subject")]
    turn = [button(texts, "newer"), button(texts, "older")]
    return frame(asked, "audit", [section(texts, "audit", AUDIT, [chain, *filters, *turn])])


def _regions(asked: Asked) -> Component:
    """The regions of the account's scope that have walls, by level."""
    regions, texts = asked.place.regions, asked.place.texts
    scope = asked.account.region if asked.account is not None else regions.district.code
    mine = regions.get(scope).index
    groups = [
        (
            texts(f"level.{level}"),
            [(r.code, r.name) for r in regions.at_level(level) if mine in r.chain],
        )
        for level in WALL_LEVELS
    ]
    return choices("regions", [group for group in groups if group[1]])
