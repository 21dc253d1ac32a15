"""Alerts: active or cleared, acknowledged or not. Definitions: docs/metrics.md, People."""

from typing import Any

import msgspec
from msgspec import Struct, field

from cockpit.clock import to_text
from cockpit.domain.event_types import SEVERITIES
from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.base import RECENT, Placed
from cockpit.ledgers.journal import Moment
from cockpit.ledgers.members import Members, Test, members_of
from cockpit.ledgers.tally import Tally, add


class Alert(Struct):
    """One alert. `person` is an opaque reference, for desks that may see it: no wall tells.
    Instants are those of the first such event, 0 before it; `version` is the log number of the
    last event."""

    region: int
    severity: str
    active: bool = True
    acknowledged: bool = False
    kind: str = ""
    person: str = ""
    raised: int = 0
    acknowledged_at: int = 0
    cleared_at: int = 0
    version: int = 0


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
        self._calling: dict[int, set[str]] = {}  # critical and unseen, by each region above

    def knows(self, key: str) -> bool:
        return key in self._state.alerts

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        alert = self._state.alerts.get(event.key)
        if event.type == self.opener:
            if alert is not None:
                raise CockpitError("alert.exists")
            alert = self._state.alerts[event.key] = _raised(event, region)
            self._count(alert, 1)
            self._call(event.key, alert)
            if self.journal is not None:
                self.journal.moments.append(Moment(now, "alert", event.key, region))
        elif alert is not None:
            self._count(alert, -1)
            if event.type == "alert.cleared":
                alert.active = False
                alert.cleared_at = alert.cleared_at or event.time
            else:
                alert.acknowledged = True
                alert.acknowledged_at = alert.acknowledged_at or event.time
            self._count(alert, 1)
            self._call(event.key, alert)
        if alert is not None:
            alert.version = max(alert.version, n)
            self.touched.update(self.chains[alert.region])
            if self.journal is not None:
                self.journal.alerts.add(event.key)

    def _count(self, alert: Alert, amount: int) -> None:
        chain = self.chains[alert.region]
        if alert.active:
            add(self.active[alert.severity], chain, amount)
        if not alert.acknowledged:
            add(self.unacknowledged, chain, amount)

    def _call(self, key: str, alert: Alert) -> None:
        """Keep those that an alarm is raised for."""
        calls = alert.severity == "critical" and alert.active and not alert.acknowledged
        for index in self.chains[alert.region]:
            if calls:
                self._calling.setdefault(index, set()).add(key)
            else:
                self._calling.get(index, set()).discard(key)

    def alarms(self, region: int) -> list[dict[str, Any]]:
        """The critical alerts that nobody has acknowledged, latest first, at most 12: kind and
        street, for a place any nearer might tell who it is."""
        keys = self._calling.get(region, ())
        order = sorted((-self._state.alerts[key].raised, key) for key in keys)
        return [self._alarm(self._state.alerts[key]) for _, key in order[:RECENT]]

    def _alarm(self, alert: Alert) -> dict[str, Any]:
        place = self.regions.street_like(alert.region) or self.regions.district
        return {
            "kind": alert.kind,
            "street": place.name,
            "region": place.code,
            "raised": to_text(alert.raised),
        }

    def advance(self, now: int) -> None:
        """Alerts know no deadline."""

    def record(self, key: str) -> Alert:
        """An alert that was raised, as it stands. Nobody but the ledger may change it."""
        return self._state.alerts[key]

    def metrics(self, region: int) -> dict[str, Any]:
        result: dict[str, Any] = {
            f"alerts.active.{severity}": tally[region] for severity, tally in self.active.items()
        }
        result["alerts.unacknowledged"] = self.unacknowledged[region]
        return result

    def members(self, region: int, metric: str) -> Members | None:
        def active(severity: str) -> Test:
            return lambda alert: alert.active and alert.severity == severity

        counts = {f"alerts.active.{severity}": active(severity) for severity in SEVERITIES}
        counts["alerts.unacknowledged"] = lambda alert: not alert.acknowledged
        alerts = (
            pair for pair in self._state.alerts.items() if region in self.chains[pair[1].region]
        )
        return members_of(alerts, counts, {}, metric)

    def dump(self) -> Any:
        return msgspec.to_builtins(self._state)

    def load(self, state: Any) -> None:
        self._state = msgspec.convert(state, State)
        self._reset_counts()
        for key, alert in self._state.alerts.items():
            self._count(alert, 1)
            self._call(key, alert)
        self.touched.update(range(self.size))


def _raised(event: Event, region: int) -> Alert:
    data = event.data
    return Alert(region, data.severity, kind=data.kind, person=data.person or "", raised=event.time)
