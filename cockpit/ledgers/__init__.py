"""The ledgers of a district, in the one explicit list."""

from typing import Any

from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers.alerts import Alerts
from cockpit.ledgers.base import Ledger
from cockpit.ledgers.cases import Cases
from cockpit.ledgers.members import Members
from cockpit.ledgers.patrols import Patrols
from cockpit.ledgers.people import People
from cockpit.ledgers.stream import Stream
from cockpit.ledgers.whistles import Whistles
from cockpit.ports import Geography


class Ledgers:
    """One of each. The projector is their only owner."""

    def __init__(self, regions: Regions, rules: Rules, geography: Geography) -> None:
        self.cases = Cases(regions, rules)
        self.whistles = Whistles(regions, rules)
        self.patrols = Patrols(regions, rules, geography)
        self.people = People(regions, rules)
        self.alerts = Alerts(regions, rules)
        self.stream = Stream(regions, rules)
        self.by_name: dict[str, Ledger] = {
            "cases": self.cases,
            "whistles": self.whistles,
            "patrols": self.patrols,
            "people": self.people,
            "alerts": self.alerts,
            "stream": self.stream,
        }

    def members(self, region: int, metric: str) -> Members:
        """The subjects that make up a number of a region. Raises CockpitError `metric.members`
        when a number counts no subjects, or there is none of this name."""
        for ledger in self.by_name.values():
            found = ledger.members(region, metric)
            if found is not None:
                return found
        raise CockpitError("metric.members", metric=metric[:60])

    def metrics(self, region: int) -> dict[str, Any]:
        """Every number of a region under its contract name, nothing hidden."""
        result: dict[str, Any] = {}
        for ledger in self.by_name.values():
            result.update(ledger.metrics(region))
        return result
