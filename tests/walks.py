"""Some days of a few communities with workers who tell where they are every minute."""

import random
from functools import lru_cache
from pathlib import Path

from cockpit.clock import HOUR, MINUTE, SECOND, parse_instant
from cockpit.domain.calendar import day_of
from cockpit.domain.regions import Regions
from datasource.geography import load_regions
from tests.lived import Life
from tests.property.small_world import message
from tests.property.test_real_district import Days

TEXT = Path("rules.toml").read_text("utf-8")
OTHER = TEXT.replace("off_post_minutes = 30", "off_post_minutes = 20")
START = parse_instant("2026-11-23T08:20:00+08:00")
FIRST_DAY = day_of(START)
PERIODS = 14  # of six hours or so
VIEWS = 5


@lru_cache(maxsize=1)
def tree() -> Regions:
    return load_regions()


class Walks:
    """Makes the life: an hour of walking, and then some in which little happens."""

    def __init__(self, periods: int = PERIODS) -> None:
        self.life = Life(START, tree(), TEXT)
        self._days, self._draw, self._number = Days(tree()), random.Random(5), 0
        communities = [f"{each.code}/wall" for each in self._days.communities]
        self._views = [self.life.live.views[0], *communities][:VIEWS]
        for period in range(periods):
            if period == periods // 3:
                self.life.change_rules(OTHER)
            self._walk()
            self._rest()
        self._say("source.alive", "/dongli/terminal", self.life.now, "120110", None)

    def _walk(self) -> None:
        for worker in range(3):
            self._say(*self._mark("patrol.started", worker))
        for minute in range(60):
            for worker in range(3):
                if self._draw.random() < 0.95:
                    self._ping(worker)
                self.life.tick(self._draw.choice([0, SECOND, 7 * SECOND]))
            if minute % 7 == 0:
                self._other()
            self._look()
            self.life.tick(MINUTE)
        for worker in range(3):
            self._say(*self._mark("patrol.ended", worker))

    def _rest(self) -> None:
        for _ in range(4):
            self._other()
            self._look()
            self.life.tick(self._draw.randint(1, 5 * HOUR // 2))

    def _mark(self, kind: str, worker: int) -> tuple[str, str, int, str, None]:
        return kind, f"worker/w{worker}", self.life.now, self._days.grids[worker], None

    def _ping(self, worker: int) -> None:
        late = self._draw.choice([*range(9)] * 5 + [300, -20]) * SECOND
        lon = 116.9 if self._draw.random() < 0.02 else 117.2 + self._draw.randrange(9999) / 1e6
        grid = self._days.grids[worker]
        where = {"lon": lon, "lat": 39.1}
        self._say("patrol.pinged", f"worker/w{worker}", self.life.now - late, grid, where)

    def _other(self) -> None:
        kind, subject, time, place, data = self._days.event(self.life.now)
        self._say(kind, subject, time, place, data)
        if self._draw.random() < 0.1:
            self.life.reject(b'{"source":"/dongli/terminal","sequence":"3"}')

    def _say(self, kind: str, subject: str, time: int, place: str, data: object) -> None:
        self._number += 1
        n = self._number
        raw = message(n, kind, subject, time, place, data, sequence=n)  # type: ignore[arg-type]
        self.life.hear(raw)

    def _look(self) -> None:
        if self._draw.random() < 0.2:
            self.life.tick(1000 - self.life.now % 1000)
            self.life.show(self._draw.choice(self._views))
            self.life.tick(1)  # what is received in the instant of a picture is in it


@lru_cache(maxsize=1)
def walks() -> Life:
    return Walks().life
