"""A district lived through for the tests of desks: days of random events, archived, and whoever
looks at it."""

import random
from functools import lru_cache
from pathlib import Path

from cockpit.clock import DAY, parse_instant
from cockpit.domain.access import Account, Role
from cockpit.domain.regions import Regions
from datasource.database.engine import Database
from datasource.desk.audit import Audit
from datasource.desk.looking import Looking
from datasource.desk.queues import QueueLists
from datasource.geography import load_regions
from tests.lived import Life
from tests.property.small_world import message
from tests.property.test_real_district import Days
from tests.twins import ManualClock

RULES = Path("rules.toml").read_text("utf-8")
# Visits become due at other times, and cases and whistles get other limits.
OTHER_RULES = RULES.replace('limit = "2 hours"', 'limit = "1 hours"').replace(
    "first_days = 7", "first_days = 3"
)
START = parse_instant("2026-11-26T08:00:00+08:00")
EVENTS = 900
PAUSE = 9 * DAY // EVENTS


@lru_cache(maxsize=1)
def regions() -> Regions:
    return load_regions()


@lru_cache(maxsize=1)
def life() -> Life:
    """Nine days in a few communities, other rules from the middle on: every kind of subject in
    every state, early and refused events."""
    lived, days, draw = Life(START, regions(), RULES), Days(regions()), random.Random(3)
    for number in range(EVENTS):
        kind, subject, time, place, data = days.event(lived.now)
        lived.hear(message(number, kind, subject, time, place, data))
        if number == EVENTS // 2:
            lived.change_rules(OTHER_RULES)
        lived.tick(draw.randint(0, 2 * PAUSE))
    lived.hear(message(EVENTS, "source.alive", "/dongli/terminal", lived.now, "120110"))
    return lived


def account(role: Role, region: str = "120110", department: str = "") -> Account:
    return Account(f"{role}-1", role, region, department)


OPERATOR = account("operator")


def looking(database: Database, tree: Regions | None = None) -> Looking:
    return Looking(tree or regions(), Audit(database, ManualClock(START)))


def lists(database: Database, now: int, tree: Regions | None = None) -> QueueLists:
    """The queues of an archive as of an instant."""
    return QueueLists(database, tree or regions(), ManualClock(now), looking(database, tree))
