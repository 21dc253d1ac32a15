"""The few alerts of a day about people in care: raised, acknowledged, cleared."""

from cockpit.clock import HOUR
from cockpit.domain.calendar import day_start
from cockpit.domain.regions import Regions
from cockpit.domain.working_days import date_of
from datasource.simulator.catalogue import ALERTS
from datasource.simulator.dice import Weighted, dice, minutes
from datasource.simulator.messages import REGISTER, Life, Made

LOOKBACK = 3
_KINDS = Weighted([((kind, severity), weight) for kind, severity, weight in ALERTS])


class Alerts:
    """Draws the alerts that are raised on a day."""

    def __init__(self, seed: int, regions: Regions, count: int) -> None:
        self._seed, self._count = seed, count
        self._communities = regions.at_level("community")

    def of_day(self, day: int) -> list[Made]:
        """All events of the alerts raised on this day."""
        rows: list[Made] = []
        for index in range(self._count + dice(self._seed, "alerts", day).randrange(3)):
            rng = dice(self._seed, "alert", day, index)
            region = self._communities[rng.randrange(len(self._communities))]
            number = f"A{date_of(day):%Y%m%d}-{index:02d}"
            life = Life(f"alert/{number}", number, region.code)
            kind, severity = _KINDS.draw(rng)
            time = day_start(day) + 6 * HOUR + minutes(rng, 0, 16 * 60)
            life.add(time, REGISTER, "alert.raised", f'{{"kind":"{kind}","severity":"{severity}"}}')
            known = time + minutes(rng, 2, 12 if severity == "critical" else 80)
            by = f'{{"by":"{region.code[6:9]}-duty"}}'
            life.add(known, REGISTER, "alert.acknowledged", by)
            cleared = known + minutes(rng, 30, 300 if severity == "critical" else 1100)
            life.add(cleared, REGISTER, "alert.cleared", by)
            rows += life.rows
        return rows
