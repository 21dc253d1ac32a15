"""Alerts: active or cleared, acknowledged or not. Definitions: docs/metrics.md, People."""

from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.domain.event_types import SEVERITIES
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.base import Placed
from cockpit.ledgers.journal import Moment
from cockpit.ledgers.tally import Tally, add


class Alert(Struct):
    """One alert. Whom it is about is not kept: no wall may tell."""

    region: int
    severity: str
    active: bool = True
    acknowledged: bool = False


class State(Struct):
    """Everything a dump holds."""

    alerts: dict[str, Alert] = field(default_factory=dict)


class Alerts(Placed):
    """The ledger of alerts."""

    types = frozenset({"alert.raised", "alert.acknowledged", "alert.cleared"})
    opener = "alert.raised"
    unknown = "alert.unknown"

    def __init__(self, regions: Regions, rules: Rules) -> None:
        super().__init__(regions, rules)
        self._state = State()
        self._reset_counts()

    def _reset_counts(self) -> None:
        self.active: dict[str, Tally] = {s: [0] * self.size for s in SEVERITIES}
        self.unacknowledged: Tally = [0] * self.size

    def knows(self, key: str) -> bool:
        return key in self._state.alerts

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        alert = self._state.alerts.get(event.key)
        if event.type == self.opener:
            if alert is not None:
                raise CockpitError("alert.exists")
            alert = self._state.alerts[event.key] = Alert(region, event.data.severity)
            self._count(alert, 1)
            if self.journal is not None:
                self.journal.moments.append(Moment(now, "alert", event.key, region))
        elif alert is not None:
            self._count(alert, -1)
            if event.type == "alert.cleared":
                alert.active = False
            else:
                alert.acknowledged = True
            self._count(alert, 1)
        if alert is not None:
            self.touched.update(self.chains[alert.region])

    def _count(self, alert: Alert, amount: int) -> None:
        chain = self.chains[alert.region]
        if alert.active:
            add(self.active[alert.severity], chain, amount)
        if not alert.acknowledged:
            add(self.unacknowledged, chain, amount)

    def advance(self, now: int) -> None:
        """Alerts know no deadline."""

    def metrics(self, region: int) -> dict[str, Any]:
        result: dict[str, Any] = {
            f"alerts.active.{severity}": tally[region] for severity, tally in self.active.items()
        }
        result["alerts.unacknowledged"] = self.unacknowledged[region]
        return result

    def dump(self) -> Any:
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State)
        self._reset_counts()
        for alert in self._state.alerts.values():
            self._count(alert, 1)
        self.touched.update(range(self.size))
