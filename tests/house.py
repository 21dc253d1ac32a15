"""The whole web server in memory, and people who knock at its doors."""

from functools import cache
from secrets import token_urlsafe
from typing import get_args

from flask.testing import FlaskClient

from callbacks.gates import DEVICE_COOKIE, SESSION_COOKIE
from callbacks.server import Parts, build_server
from cockpit.config import read_settings
from cockpit.domain.access import Account, Device, Role
from cockpit.domain.events import EventReader
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ports import Screen, Session
from datasource.geography import features, load_regions
from datasource.receive import Receiver
from tests.program import CLOCK, ROOT
from tests.twins import (
    ManualClock,
    MemoryBoard,
    MemoryDeadLetters,
    MemoryFrameBus,
    MemoryGauge,
    MemoryLog,
    MemoryPeople,
    MemoryStats,
    NoQueries,
)

DISTRICT, STREET, SIBLING = "120110", "120110001", "120110002"
COMMUNITY, SIBLING_COMMUNITY = "120110001005", "120110001006"
ROLES: tuple[Role, ...] = get_args(Role)


@cache
def tree() -> Regions:
    """The district's regions, read once."""
    return load_regions()


@cache
def rules() -> Rules:
    """The rules that come with the program, read once."""
    return Rules.from_toml((ROOT / "rules.toml").read_text(encoding="utf-8"))


def memory_parts(people: MemoryPeople | None = None, **options: str) -> Parts:
    """A web server's parts in memory; `options` are settings."""
    people = people or MemoryPeople()
    clock = ManualClock(CLOCK)
    letters = MemoryDeadLetters()
    return Parts(
        regions=tree(),
        rules=rules(),
        clock=clock,
        bus=MemoryFrameBus(),
        receiver=Receiver(MemoryLog(), letters, EventReader(tree(), rules()), clock),
        stats=MemoryStats(),
        board=MemoryBoard(),
        queries=NoQueries(),
        desk=people,
        office=people,
        sessions=people,
        gauge=MemoryGauge(),
        dead_letters=letters,
        features=features,
        settings=read_settings(options, {}),
        build="test",
        secret="s" * 32,
        limits="memory://",
    )


class House:
    """A web server with paired walls, unless `options` say otherwise."""

    def __init__(self, **options: str) -> None:
        self.people = MemoryPeople()
        parts = memory_parts(self.people, **{"walls": "paired", "simulate": "false"} | options)
        self.server, self.gateway = build_server(parts)

    def nobody(self) -> FlaskClient:
        """Somebody whom nobody knows."""
        return self.server.test_client()

    def account(self, role: Role, region: str, must_change: bool = False) -> FlaskClient:
        """Somebody signed in."""
        department = "区城管委" if role == "department" else ""
        token = token_urlsafe(32)
        account = Account(f"{role}-{region}", role, region, department)
        self.people.sessions[token] = Session(account, must_change)
        client = self.server.test_client()
        client.set_cookie(SESSION_COOKIE, token)
        return client

    def screen(self, *regions: str) -> FlaskClient:
        """A paired screen of these regions' walls."""
        token = token_urlsafe(32)
        views = frozenset(f"{region}/wall" for region in regions)
        self.people.screens[token] = Screen(Device("d1", views), "hall")
        client = self.server.test_client()
        client.set_cookie(DEVICE_COOKIE, token)
        return client
