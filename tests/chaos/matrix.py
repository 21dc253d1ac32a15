"""One seed, from its beginning to its end."""

import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Browser

from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.frames import walls
from datasource.database.reader import ArchiveReader
from datasource.frame_bus import RedisFrameBus
from datasource.geography import load_regions
from tests.chaos import checks
from tests.chaos.faults import run_round
from tests.chaos.plan import Plan, Round
from tests.chaos.recompute import Past, Refold
from tests.chaos.screens import DrawnWall, Watcher, drawn, watching
from tests.chaos.site import PATIENCE, Site, site_of
from tests.chaos.sources import Door, Sent, Sources
from tests.postgres import PostgresServer
from tests.program import ROOT, get_json
from tests.support import PREFIX, wait_for

RATE = 200.0
DISTRICT = "120110"
_LOOK_SECONDS = 0.2
_SLOW_SECONDS = 60.0

Tell = Callable[[str], None]


@dataclass
class Healed:
    """How a round went: seconds from the end of the last fault until everything had caught up,
    numbers in the log, events that were published in vain, looks at which the drawn wall said
    that it heard nothing, and what was wrong."""

    faults: Round
    seconds: float = 0.0
    head: int = 0
    missed: int = 0
    stale: int = 0
    frames: int = 0
    differences: list[str] = field(default_factory=list)

    def text(self) -> str:
        told = "; ".join(fault.text() for fault in self.faults)
        return (
            f"{told} | healed in {self.seconds:.1f} s, {self.head} entries, {self.missed} "
            f"published in vain, {self.frames} frames to screens, stale at {self.stale} looks"
        )


class Run:
    """A site with its sources and screens."""

    def __init__(self, site: Site, stack: ExitStack, browser: Browser, seed: int) -> None:
        self.site, self.regions = site, load_regions()
        port = site.running.port
        door = Door(
            http=site.running.base_url,
            network=f"redis://127.0.0.1:{site.network.port if site.network else 0}/0",
            redis=site.redis.url,
            anchor=site.anchor,
            rate=RATE,
            seed=seed,
        )
        self.sources = stack.enter_context(Sources(door))
        self.wall: DrawnWall = stack.enter_context(drawn(browser, site.running.base_url, DISTRICT))
        wait_for(self.wall.live, PATIENCE)
        self.watchers: Sequence[Watcher] = stack.enter_context(
            watching(port, _places(self.regions), seed)
        )

    def round(self, faults: Round) -> Healed:
        """Load, faults, rest, and what is true then."""
        healed = Healed(faults)
        self.sources.go()
        run_round(self.site, faults, self.wall.look)
        begun = time.monotonic()
        sent = self.sources.rest()
        try:
            wait_for(self._caught_up, PATIENCE, _LOOK_SECONDS)
        except AssertionError:
            healed.differences.append(f"it does not heal: {self._state()}")
            return healed
        healed.seconds = time.monotonic() - begun
        healed.differences += self._differences(healed, sent)
        return healed

    # -- has it healed? ------------------------------------------------------------------

    def _state(self) -> dict[str, Any]:
        """How far everybody is."""
        frames = (RedisFrameBus(self.site.client, PREFIX).last(view) for view in self._views())
        numbers = [msgspec.json.decode(frame)["seq"] for frame in frames if frame is not None]
        letters: Any = self.site.client.xrevrange(f"{PREFIX}:dead", count=1)
        try:
            end = ArchiveReader(self.site.database).end()
        except CockpitError as error:
            return {"archive": str(error)}
        painted = self.wall.painted()
        return {
            "ready": get_json(f"{self.site.running.base_url}/readyz"),
            "head": self.site.log.head(),
            "archive": end.n,
            "letters": (letters[0][0].decode() if letters else "0", end.letters),
            "frames": (len(numbers), min(numbers, default=0)),
            "screens": min(one.last["seq"] if one.last else 0 for one in self.watchers),
            "page": (painted.live, painted.frame["seq"]) if painted else None,
        }

    def _caught_up(self) -> bool:
        state = self._state()
        head = state.get("head")
        return head is not None and state == {
            "ready": (200, state["ready"][1]),
            "head": head,
            "archive": head,
            "letters": (state["letters"][1],) * 2,
            "frames": (len(self._views()), head),
            "screens": head,
            "page": ("live", head),
        }

    def _views(self) -> list[str]:
        return list(walls(self.regions))

    # -- is it right? --------------------------------------------------------------------

    def _differences(self, healed: Healed, sent: Sequence[Sent]) -> list[str]:
        raws = {view: self._frame(view) for view in self._views()}
        frames = [msgspec.json.decode(raw) for raw in raws.values()]
        past, head = Past(self.site.database), self.site.log.head()
        refold = Refold(past)
        epoch = frames[0]["epoch"]
        healed.head, healed.stale = head, self.wall.notes()["stale"]
        healed.frames = sum(one.frames for one in self.watchers)
        healed.missed = sum(each["missed"] for each in frames[0]["sources"])
        found = [*checks.archived(past, sent), *checks.holes_show(past, sent, frames[0])]
        found += checks.frames_right(refold, frames, raws)
        oracle = refold.oracle()
        found += checks.numbers_right(
            refold, oracle, frames[0], checks.sample(self.regions, refold)
        )
        found += checks.screens_right(past, self.watchers, epoch, head)
        found += checks.drawn_right(past, self.wall, epoch)
        found += self._painted(refold)
        found += self._replayed(past, epoch)
        found += checks.log_lines(self.site.running.errors)
        return found

    def _frame(self, view: str) -> bytes:
        url = f"{self.site.running.base_url}/api/v1/frames/{view}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return bytes(answer.read())

    def _painted(self, refold: Refold) -> list[str]:
        """What the page shows otherwise than its frame says, once slow panels had their turn. Takes
        the refold on to the page's instant."""
        found = ["nothing was painted"]

        def right() -> bool:
            painted = self.wall.painted()
            if painted is not None:
                refold.go_to(painted.frame)
                found[:] = checks.painted_right(painted, refold.oracle())
            return not found

        with suppress(AssertionError):
            wait_for(right, _SLOW_SECONDS, _LOOK_SECONDS)
        return found

    def _replayed(self, past: Past, epoch: str) -> list[str]:
        """A moment that a screen has lived through, as the time machine shows it."""
        kept = [f for one in self.watchers for f in one.kept if f["epoch"] == epoch and past.at(f)]
        if not kept:
            return []
        frame = kept[len(kept) // 2]
        url = f"{self.site.running.base_url}/api/v1/frames/{frame['view']}?at={frame['at']}"
        answer = wait_for(lambda: _answer(url), PATIENCE, 1.0)
        return list(checks.same_moment(answer, frame))


def _answer(url: str) -> Any:
    status, answer = get_json(url)
    return answer if status == 200 else None


def _places(regions: Regions) -> list[str]:
    """What the cheap screens show: the district, and some streets and communities."""
    streets, communities = regions.at_level("street"), regions.at_level("community")
    return [DISTRICT, *(one.code for one in (*streets[:5], *communities[::12]))]


def run_seed(
    plan: Plan, postgres: PostgresServer | None, browser: Browser, tell: Tell
) -> list[str]:
    """All rounds of a plan on a site of its own; answers the differences of the first round that
    has any. Raises NoSmallDiskError."""
    with site_of(plan, postgres) as site:
        with ExitStack() as stack:
            run = Run(site, stack, browser, plan.seed)
            for faults in plan.rounds:
                healed = run.round(faults)
                tell(healed.text())
                if healed.differences:
                    tell(f"the site's log lines are in {_keep_log(site, plan.seed)}")
                    return healed.differences
        site.stop()
        verified = site.verify()
        tell(verified.stdout.strip().splitlines()[-1] if verified.stdout else verified.stderr)
        return [] if verified.returncode == 0 else verified.stdout.splitlines()


def _keep_log(site: Site, seed: int) -> Path:
    file = ROOT / "var" / "chaos" / f"seed-{seed}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(site.running.errors, "utf-8")
    return file
