"""The cases and whistles that begin on a day: patrol reports in the two shifts, citizens'
appeals through day and evening, whistles without a case, and a storm when the scenario has one.
"""

from random import Random

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of, is_working_day
from datasource.simulator.case_lives import Birth, CaseLives
from datasource.simulator.catalogue import KINDS, ORDINARY_STREET, STREETS, Kind, Street
from datasource.simulator.dice import Weighted, dice
from datasource.simulator.ground import Ground
from datasource.simulator.messages import Life, Made
from datasource.simulator.scenarios import Scenario
from datasource.simulator.whistles import KINDS as WHISTLE_KINDS
from datasource.simulator.whistles import Whistles

LOOKBACK = 32  # days after which nothing of a case is to come
_WEEKDAY = (1.08, 1.02, 0.99, 0.98, 0.94, 1.0, 1.0)
# Routes by who reports and whether the matter is light.
_ROUTES: dict[tuple[bool, bool], Weighted[str]] = {
    (True, True): Weighted([("self", 0.68), ("community", 0.21), ("street", 0.10),
                            ("department", 0.01)]),
    (True, False): Weighted([("self", 0.18), ("community", 0.42), ("street", 0.31),
                             ("department", 0.09)]),
    (False, True): Weighted([("community", 0.58), ("street", 0.39), ("department", 0.03)]),
    (False, False): Weighted([("community", 0.40), ("street", 0.48), ("department", 0.12)]),
}  # fmt: skip
_CHANNELS: Weighted[str] = Weighted(
    [("8890", 0.60), ("opinion", 0.20), ("heart", 0.13), ("online", 0.07)]
)
# Appeals by the hour of the day.
_HOURS: Weighted[int] = Weighted(enumerate(
    (1, 0.6, 0.4, 0.3, 0.4, 0.8, 2, 5, 10, 13, 13, 10, 7, 8, 11, 12, 11, 9, 8, 9, 10, 8, 5, 2)
))  # fmt: skip
_ZONE_SHARE = 0.0015  # of appeals; a functional zone has no communities and no workers


class Cases:
    """Draws what begins on a day; each case by a generator of its own."""

    def __init__(
        self, seed: int, scenario: Scenario, regions: Regions, rules: Rules, ground: Ground,
        since: int, anchor: int,
    ) -> None:  # fmt: skip
        """What the scenario adds or takes begins at `since` at the earliest; `anchor` is the
        instant at which it started."""
        self._seed, self._scenario = seed, scenario
        self._regions, self._ground = regions, ground
        self._since, self._anchor = since, anchor
        self._whistles = Whistles(rules)
        self._lives = CaseLives(rules, self._whistles)
        kinds = [kind for kind in KINDS if kind.code in rules.minors]
        self._patrol_kinds = Weighted((kind, kind.patrol) for kind in kinds)
        self._appeal_kinds = Weighted((kind, kind.appeal) for kind in kinds)
        self._communities = regions.at_level("community")
        self._zones = regions.at_level("zone")
        self._streets = regions.at_level("street")
        self._storm_kinds = [
            kind for kind in kinds if scenario.storm and kind.code in scenario.storm.categories
        ]

    def of_day(self, day: int) -> list[Made]:
        """All events, on whatever day, of the cases and whistles that begin on this one."""
        rows: list[Made] = []
        rng = dice(self._seed, "day", day)
        volume = self._scenario.volume
        weekday = _WEEKDAY[date_of(day).weekday()] * (0.97 + 0.06 * rng.random())
        working = is_working_day(day)
        for index in range(
            round(volume.patrol_cases * weekday * (1 if working else volume.off_day))
        ):
            rows += self._patrol_case(day, index, working)
        for index in range(round(volume.appeals * weekday * (1 if working else 0.8))):
            rows += self._appeal(day, 5000 + index)
        for index in range(round(volume.lone_whistles * weekday * (1 if working else 0.4))):
            rows += self._lone_whistle(day, index)
        if self._scenario.storm and day == day_of(self._anchor):
            rows += self._flood(day)
        return rows

    def _patrol_case(self, day: int, index: int, working: bool) -> list[Made]:
        rng = dice(self._seed, "patrol", day, index)
        time = day_start(day) + _patrol_minute(rng, working)
        kind = self._patrol_kinds.draw(rng)
        return self._on_site(rng, day, index, time, kind, _ROUTES[True, kind.light].draw(rng))

    def _on_site(
        self, rng: Random, day: int, index: int, time: int, kind: Kind, route: str,
        whistled: str | None = None,
    ) -> list[Made]:  # fmt: skip
        place = rng.randrange(len(self._ground.grids))
        grid = self._ground.grids[place]
        birth = self._birth(rng, day, index, time, grid, kind, "patrol", route)
        birth = birth._replace(point=self._ground.spot(place, rng), whistled=whistled)
        return self._lives.live(rng, birth, self._manners(birth.street))

    def _appeal(self, day: int, index: int) -> list[Made]:
        rng = dice(self._seed, "appeal", day, index)
        time = day_start(day) + _HOURS.draw(rng) * HOUR + int(rng.random() * 3600) * 1_000_000
        channel = _CHANNELS.draw(rng)
        kind = self._appeal_kinds.draw(rng)
        return self._by_channel(rng, day, index, time, kind, channel, None)

    def _by_channel(
        self, rng: Random, day: int, index: int, time: int, kind: Kind, channel: str,
        whistled: str | None,
    ) -> list[Made]:  # fmt: skip
        if self._silent(channel, time):
            return []
        route = "department" if whistled else _ROUTES[False, kind.light].draw(rng)
        if self._zones and rng.random() < _ZONE_SHARE:
            region, route = self._zones[rng.randrange(len(self._zones))], "street"
        else:
            region = self._communities[rng.randrange(len(self._communities))]
        birth = self._birth(rng, day, index, time, region, kind, channel, route)
        birth = birth._replace(whistled=whistled)
        return self._lives.live(rng, birth, self._manners(birth.street))

    def _silent(self, channel: str, time: int) -> bool:
        silence = self._scenario.silence
        if silence is None or channel != silence.channel:
            return False
        return time >= self._anchor + silence.after_minutes * MINUTE

    def _birth(
        self, rng: Random, day: int, index: int, time: int, region: Region, kind: Kind,
        channel: str, route: str,
    ) -> Birth:  # fmt: skip
        chance = rng.random()
        grade = "urgent" if chance < kind.urgent else "routine"
        if kind.urgent <= chance < kind.urgent + kind.general:
            grade = "general"
        street = self._regions.street_like(region.index)
        community = self._regions.ancestor(region.index, "community")
        return Birth(
            time=time, number=f"C{date_of(day):%Y%m%d}-{index:04d}", region=region.code,
            street=street.code if street else region.code,
            community=community.name if community else "", kind=kind, grade=grade,
            channel=channel, route=route, point=None,
        )  # fmt: skip

    def _lone_whistle(self, day: int, index: int) -> list[Made]:
        rng = dice(self._seed, "whistle", day, index)
        time = day_start(day) + int((8.6 + 8.9 * rng.random()) * 3600) * 1_000_000
        kind = self._appeal_kinds.draw(rng)
        street = self._streets[rng.randrange(len(self._streets))]
        number = f"W{date_of(day):%Y%m%d}-{9000 + index:04d}"
        life = Life(f"whistle/{number}", number, street.code)
        self._whistles.live(
            rng, life, time, WHISTLE_KINDS.draw(rng), kind.department, kind.code, None,
            self._manners(street.code).delay,
        )  # fmt: skip
        return life.rows

    def _flood(self, day: int) -> list[Made]:
        """A storm's cases: most in its first hours, in all streets, many at once for workers
        and the hotline; the worst become emergency whistles."""
        storm = self._scenario.storm
        assert storm is not None
        rows: list[Made] = []
        for index in range(storm.cases if self._storm_kinds else 0):
            rng = dice(self._seed, "storm", day, index)
            within = (storm.hour + storm.hours * rng.random() ** 1.6) * 3600
            time = day_start(day) + min(int(within) * 1_000_000, DAY - MINUTE)
            if time < self._since:
                continue
            kind = self._storm_kinds[rng.randrange(len(self._storm_kinds))]
            kind = kind._replace(urgent=0.5, general=0.45)
            whistled = "emergency" if rng.random() < storm.whistled else None
            if rng.random() < 0.5:
                route = "department" if whistled else rng.choice(("community", "street", "street"))
                rows += self._on_site(rng, day, 7000 + index, time, kind, route, whistled)
            else:
                channel = _CHANNELS.draw(rng)
                rows += self._by_channel(rng, day, 7000 + index, time, kind, channel, whistled)
        return rows

    @staticmethod
    def _manners(street: str) -> Street:
        return STREETS.get(street, ORDINARY_STREET)


def _patrol_minute(rng: Random, working: bool) -> int:
    """When of the day a worker reports: mid-morning and mid-afternoon on working days."""
    chance = rng.random()
    if not working or chance > 0.94:
        hour = 7 + 13.5 * rng.random()
    elif chance < 0.59:
        hour = _clipped(rng.gauss(9.8, 0.75), 8.5, 12.0, rng)
    else:
        hour = _clipped(rng.gauss(15.0, 0.7), 14.0, 17.5, rng)
    return int(hour * 3600) * 1_000_000


def _clipped(value: float, low: float, high: float, rng: Random) -> float:
    return value if low < value < high else low + (high - low) * rng.random()
