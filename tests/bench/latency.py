"""From PUBLISH to the painted number, for every event: 100 a second on the district's wall."""

import random
import time
from argparse import Namespace
from typing import Any

import msgspec
from playwright.sync_api import Page

from cockpit.clock import to_text
from datasource.geography import load_regions
from tests.bench.browser import HEADLINE, BusyTime, chromium, open_wall, wall_page
from tests.bench.cockpit_run import PREFIX, clock_of, redis_of, running
from tests.bench.report import Row, percentile
from tests.program import CLOCK, Program

RATE = 100
SECONDS = 30

# The page changes its numbers in an animation frame; a message posted then is heard right after
# that frame was painted.
PROBE = """
(selector) => {
  const seen = window.benchSeen = [];
  const channel = new MessageChannel();
  let value = 0;
  channel.port1.onmessage = () => seen.push([value, performance.timeOrigin + performance.now()]);
  const element = document.querySelector(selector);
  new MutationObserver(() => {
    const now = Number(element.dataset.value);
    if (now > value) { value = now; channel.port2.postMessage(0); }
  }).observe(element, { attributes: true, attributeFilter: ["data-value"] });
}
"""


def run(_: Namespace) -> list[Row]:
    """Percentiles over all events; meanwhile the main thread's busy share."""
    with (
        running(clock=CLOCK, simulate=False) as program,
        chromium() as browser,
        wall_page(browser) as page,
    ):
        _publish(program, 1)  # so that the headline has a number
        open_wall(page, program)
        page.evaluate(PROBE, HEADLINE)
        busy = BusyTime(page)
        published = _publish(program, RATE * SECONDS)
        shares = busy.percent()
        painted = _painted(page, RATE * SECONDS + 1)
    waits = sorted(_waits(published, painted))
    return [
        Row("events", len(waits), ""),
        Row("pictures", len(painted), ""),
        Row("publish to painted, p50", percentile(waits, 0.50), "ms", "≤ 30"),
        Row("publish to painted, p95", percentile(waits, 0.95), "ms"),
        Row("publish to painted, p99", percentile(waits, 0.99), "ms", "≤ 75"),
        Row("publish to painted, longest", waits[-1], "ms"),
        *(Row(f"main thread, {k}, at {RATE} events/s", v, "%") for k, v in shares.items()),
    ]


def _publish(program: Program, count: int) -> list[float]:
    """Publish so many reports as a source would; answers when each was, in machine time (ms)."""
    clock, dice = clock_of(program), random.Random(120110)
    grids = [region.code for region in load_regions().at_level("grid")]
    tag, published = f"{count}", []
    with redis_of(program) as client:
        begun = time.monotonic()
        for number in range(count):
            message = msgspec.json.encode(
                {
                    "specversion": "1.0",
                    "id": f"{tag}-{number}",
                    "source": "/bench",
                    "type": "case.reported",
                    "subject": f"case/{tag}-{number}",
                    "time": to_text(clock.now()),
                    "region": dice.choice(grids),
                    "data": {"category": "0101", "grade": "general", "channel": "patrol"},
                }
            )
            published.append(time.time() * 1000)
            client.publish(f"{PREFIX}:events", message)
            time.sleep(max(0.0, begun + (number + 1) / RATE - time.monotonic()))
    return published


def _painted(page: Page, last: int) -> list[tuple[int, float]]:
    """(number shown, machine time in ms) of every picture, once the last event is shown."""
    page.wait_for_function("last => window.benchSeen.at(-1)?.[0] >= last", arg=last)
    seen: Any = page.evaluate("window.benchSeen")
    return [(int(value), float(at)) for value, at in seen]


def _waits(published: list[float], painted: list[tuple[int, float]]) -> list[float]:
    waits, place = [], 0
    for number, at in enumerate(published, 2):  # 1 was there before
        while painted[place][0] < number:
            place += 1
        waits.append(painted[place][1] - at)
    return waits
