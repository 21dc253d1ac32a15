"""The simulated world as one stream: pure, repeatable, from any instant on."""

import heapq
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator

from cockpit.clock import MINUTE
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from datasource.simulator import alerts, cases, patrols, register
from datasource.simulator.alerts import Alerts
from datasource.simulator.cases import Cases
from datasource.simulator.ground import Ground
from datasource.simulator.messages import OF_CHANNEL, SOURCES, Made
from datasource.simulator.patrols import Patrols
from datasource.simulator.register import People
from datasource.simulator.scenarios import Scenario

PAST_DAYS = 14
_BEFORE_DAYS = 120  # enrolments before the first day reach back no further

log = logging.getLogger(__name__)


class World:
    """Everything that happens in the simulated district from `PAST_DAYS` before `born` on.

    The events follow from the arguments alone. `born` is the instant of the very first start;
    what the scenario adds or takes away counts from `anchor`, the instant it was first chosen,
    and never lies before `since`.
    """

    def __init__(
        self, seed: int, scenario: Scenario, regions: Regions, rules: Rules, ground: Ground,
        born: int, since: int | None = None, anchor: int | None = None,
    ) -> None:  # fmt: skip
        self.seed, self.scenario = seed, scenario
        self.origin = day_of(born) - PAST_DAYS
        self.district = regions.district.code
        self._anchor = born if anchor is None else anchor
        since = day_start(self.origin) if since is None else since
        volume = scenario.volume
        self._people = People(seed, rules, ground, regions, self.origin, volume.newcomers)
        self._patrols = Patrols(seed, rules.calendar, ground, regions)
        made_cases = Cases(seed, scenario, regions, rules, ground, since, self._anchor)
        self._kinds: tuple[tuple[int, Callable[[int], list[Made]]], ...] = (
            (cases.LOOKBACK, made_cases.of_day),
            (patrols.LOOKBACK, self._patrols.of_day),
            (register.LOOKBACK, self._people.of_day),
            (alerts.LOOKBACK, Alerts(seed, regions, volume.alerts).of_day),
        )

    @property
    def beginning(self) -> int:
        """No event lies before this instant."""
        return day_start(self.origin - _BEFORE_DAYS)

    def sources(self, now: int) -> tuple[int, ...]:
        """The sources that are alive, as places in SOURCES."""
        silence = self.scenario.silence
        if silence is None or now < self._anchor + silence.after_minutes * MINUTE:
            return tuple(range(len(SOURCES)))
        dead = OF_CHANNEL[silence.channel]
        return tuple(source for source in range(len(SOURCES)) if source != dead)

    def events(self, start: int, end: int | None = None, each: int = 1) -> Iterator[Made]:
        """The events in [start, end) in order of time, for ever without `end`.

        With `each` = n only every n-th position of each walk comes, the rest is the same.
        """
        if start < day_start(self.origin):
            opening = sorted(self._people.opening())
            yield from (e for e in opening if start <= e.time and (end is None or e.time < end))
            start = day_start(self.origin)
        carried: dict[int, list[Made]] = defaultdict(list)
        day = day_of(start)
        for lookback, of_day in self._kinds:
            for earlier in range(max(self.origin, day - lookback), day):
                _spread(of_day(earlier), day, carried)
        while end is None or day_start(day) < end:
            for _, of_day in self._kinds:
                _spread(of_day(day), day, carried)
            todays = sorted(carried.pop(day))
            for event in heapq.merge(todays, self._patrols.positions(day, start, each)):
                if event.time >= start:
                    if end is not None and event.time >= end:
                        return
                    yield event
            day += 1


def _spread(rows: list[Made], today: int, carried: dict[int, list[Made]]) -> None:
    """Put events under the day they happen on; what is past today is let go."""
    for event in rows:
        day = day_of(event.time)
        if day >= today:
            carried[day].append(event)
