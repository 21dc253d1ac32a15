"""The table of commands against the ledgers themselves: what a desk offers is taken and changes
something; what it does not offer is refused, changes nothing, or is left to sources on purpose."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cockpit.clock import DAY, HOUR, MINUTE, to_text
from cockpit.domain.access import RIGHTS, Right
from cockpit.domain.commands import COMMANDS, STATES, Standing, allowed, may_be_given, standing
from cockpit.domain.event_types import EVENT_TYPES, Reason
from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.alerts import Alerts
from cockpit.ledgers.cases import Cases
from cockpit.ledgers.people import People
from cockpit.ledgers.whistles import Whistles
from datasource.archive.rows import alert_row, case_row, whistle_row
from datasource.geography import load_regions
from tests.support import NOW
from tests.working import GRID, REPORTED

RULES = Rules.from_toml(Path("rules.toml").read_text("utf-8"))
REGIONS = load_regions()
READER = EventReader(REGIONS, RULES)
LEDGERS: dict[str, Any] = {"case": Cases, "whistle": Whistles, "alert": Alerts, "person": People}
DUE = {"due": to_text(NOW + DAY)}
BLOWN = {"kind": "routine", "department": "区城管委", "category": "0101"}
# Data with which each event says something.
DATA: dict[str, Any] = {
    "case.reported": REPORTED,
    "case.dispatched": {"level": "street", "unit": "城市管理办"},
    "case.verified": {"passed": False},
    "case.extended": DUE,
    "case.supervised": {"level": 4},
    "case.followed_up": {"responded": True, "resolved": True, "satisfaction": None},
    "whistle.blown": BLOWN,
    "whistle.reassigned": {"department": "区水务局"},
    "whistle.extended": DUE,
    "whistle.escalated": {"level": 3},
    "whistle.rated": {"by": "street", "score": 5},
    "alert.raised": {"kind": "health", "severity": "info"},
    "alert.acknowledged": {"by": "a"},
    "alert.cleared": {"by": "a"},
    "person.enrolled": {"group": "care", "category": "child", "level": "key"},
    "visit.made": {"result": "well"},
}
# How each state is reached, after its opening.
WAYS: dict[str, dict[str, list[str]]] = {
    "case": {
        "reported": [],
        "accepted": ["accepted"],
        "filed": ["accepted", "filed"],
        "dispatched": ["filed", "dispatched"],
        "handling": ["dispatched", "handling"],
        "handled": ["dispatched", "handled"],
        "suspended": ["dispatched", "suspended"],
        "closed": ["handled", "closed"],
        "declined": ["declined"],
        "cancelled": ["cancelled"],
    },
    "whistle": {
        "sign": [],
        "refused": ["refused"],
        "arrive": ["signed"],
        "finish": ["signed", "arrived"],
        "done": ["signed", "arrived", "resolved"],
        "confirmed": ["signed", "arrived", "resolved", "confirmed"],
        "withdrawn": ["withdrawn"],
    },
    "alert": {
        "active": [],
        "acknowledged": ["acknowledged"],
        "cleared": ["cleared"],
        "settled": ["acknowledged", "cleared"],
    },
    "person": {"enrolled": []},
}
# The ledgers take these from sources that report late or skip stages; a desk does not offer them:
# the stage is past, the clock stands, or another step comes first.
LEFT_TO_SOURCES: dict[str, set[str]] = {
    "case.accepted": {"accepted", "filed", "dispatched", "handling", "handled", "suspended"},
    "case.filed": {"filed", "dispatched", "handling", "handled", "suspended"},
    "case.dispatched": {"dispatched", "handling", "handled", "suspended"},
    "case.handling": {"reported", "accepted", "filed", "suspended"},
    "case.handled": {"handled", "suspended"},
    "case.verified": {"reported", "accepted", "filed", "dispatched", "handling", "suspended"},
    "case.closed": {"reported", "accepted", "filed", "dispatched", "handling", "suspended"},
    "case.declined": {"filed", "dispatched", "handling", "handled", "suspended"},
    "case.returned": {"handled", "suspended"},
    "case.suspended": {"reported", "accepted", "handled"},
    "case.supervised": {"suspended"},
    "case.followed_up": {
        "reported", "accepted", "filed", "dispatched", "handling", "handled", "suspended",
    },
    "whistle.reassigned": {"done"},
    "whistle.arrived": {"sign", "refused"},
    "whistle.resolved": {"sign", "refused", "arrive", "done"},
    "whistle.confirmed": {"sign", "refused", "arrive", "finish"},
    "whistle.rated": {"sign", "refused", "arrive", "finish", "done", "withdrawn"},
}  # fmt: skip


class Lived:
    """One subject in its ledger."""

    def __init__(self, kind: str, steps: list[str]) -> None:
        self.kind, self.now, self.n = kind, NOW - HOUR, 0
        self.ledger = LEDGERS[kind](REGIONS, RULES)
        self.ledger.advance(self.now)
        self.hear(self.ledger.opener)
        for step in steps:
            self.hear(f"{kind}.{step}")

    def hear(self, name: str) -> None:
        self.now, self.n = self.now + MINUTE, self.n + 1
        reason = {"reason": "原因"} if EVENT_TYPES[name].data is Reason else None
        message = {
            "specversion": "1.0", "id": f"e{self.n}", "source": "/test", "type": name,
            "subject": f"{self.kind}/1", "time": to_text(self.now), "region": GRID,
            "data": DATA.get(name, reason),
        }  # fmt: skip
        event = READER.read(msgspec.json.encode(message), self.now)
        self.ledger.apply(event, REGIONS.get(GRID).index, self.n, self.now)

    def kept(self) -> dict[str, Any]:
        """All that the ledger keeps of it, but the number of its last event."""
        kept = dict(self.ledger.dump()[f"{self.kind}s"]["1"])
        kept.pop("version")
        return kept

    def row(self) -> dict[str, Any]:
        if self.kind == "person":
            return {}
        rows: dict[str, Any] = {"case": case_row, "whistle": whistle_row, "alert": alert_row}
        return msgspec.structs.asdict(rows[self.kind](REGIONS, "1", self.ledger.record("1")))

    def standing(self) -> Standing:
        return standing(self.kind, self.row())


def cases() -> list[tuple[str, str]]:
    return [(kind, state) for kind, ways in WAYS.items() for state in ways]


@pytest.mark.parametrize(("kind", "state"), cases())
def test_a_desk_offers_what_the_ledger_takes_and_what_means_something(
    kind: str, state: str
) -> None:
    for name, row in COMMANDS.items():
        if kind not in row.subject or not row.event or row.opens:
            continue
        lived = Lived(kind, WAYS[kind][state])
        now, before = lived.standing(), lived.kept()
        assert now.state == state
        offered = may_be_given(name, now)
        try:
            lived.hear(name)
        except CockpitError:
            assert not offered, (name, state)
            continue
        left = state in LEFT_TO_SOURCES.get(name, set())
        changed = lived.kept() != before
        assert changed == (offered or left), (name, state)
        assert not (offered and left), (name, state)


def test_the_ways_reach_every_state() -> None:
    for kind, ways in WAYS.items():
        assert tuple(ways) == STATES[kind]


def test_every_command_is_an_event_of_the_contract_or_stays_in_sql() -> None:
    for name, row in COMMANDS.items():
        if row.event:
            assert row.subject == (EVENT_TYPES[name].subject,)
            assert row.data is EVENT_TYPES[name].data
        for kind in row.subject:
            known = STATES[kind]
            assert row.opens or set(row.states) & set(known), name
        holders = [role for role, rights in RIGHTS.items() if set(row.rights) & rights]
        assert holders, f"nobody may give {name}"


def test_buttons_follow_the_rights() -> None:
    overdue = Standing("case", "handling", limit=True, level=2)

    def names(*rights: Right) -> list[str]:
        return allowed(overdue, lambda right: right in rights)

    assert names(Right.CASE_SUPERVISE) == []  # only 3 and 4 are left
    assert names(Right.CASE_SUPERVISE_HIGH) == ["case.supervised"]
    assert names(Right.CASE_HANDLE) == ["case.returned", "case.handled"]
    assert names(Right.COMMENT) == ["remark"]
    assert allowed(Standing("case", "handling"), lambda right: right is Right.CASE_TIME) == [
        "case.suspended"
    ]  # without a limit there is nothing to extend
