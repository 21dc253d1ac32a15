"""The district's wall with the simulated district: cold load, main thread, memory."""

import time
from argparse import Namespace
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from tests.bench.browser import HEADLINE, BusyTime, chromium, open_wall, tools_of, wall_page
from tests.bench.cockpit_run import district
from tests.bench.report import Row
from tests.program import CLOCK, Program

LOADS = 5
BUSY_SECONDS = 60
SAMPLE_SECONDS = 30
SPEED = 10
MB = 1e6

FIRST_NUMBER = f"""
new MutationObserver((_, watch) => {{
  if (!document.querySelector(`{HEADLINE}[data-value]:not([data-value=""])`)) return;
  window.benchFirst = performance.now();
  watch.disconnect();
}}).observe(document, {{ subtree: true, childList: true, attributes: true }});
"""


def cold(_: Namespace) -> list[Row]:
    """Medians of several loads, each with an empty cache."""
    with district(clock=CLOCK) as program, chromium() as browser:
        loads = [_cold_load(browser, program) for _ in range(LOADS)]
    firsts, sizes, requests = zip(*loads, strict=True)
    return [
        Row("time to first number, median", median(firsts), "ms", "< 800"),
        Row("time to first number, longest", max(firsts), "ms"),
        Row("bytes transferred", median(sizes) / MB, "MB", "< 1.8"),
        Row("requests", median(requests), ""),
    ]


def _cold_load(browser: Browser, program: Program) -> tuple[float, int, int]:
    sizes: list[int] = []
    with wall_page(browser, FIRST_NUMBER) as page:
        tools = tools_of(page)
        tools.on("Network.loadingFinished", lambda news: sizes.append(news["encodedDataLength"]))
        tools.send("Network.enable")
        open_wall(page, program)
        return float(page.evaluate("window.benchFirst")), sum(sizes), len(sizes)


def main_thread(_: Namespace) -> list[Row]:
    """A minute of an ordinary afternoon."""
    with (
        district(clock=CLOCK) as program,
        chromium() as browser,
        wall_page(browser) as page,
    ):
        open_wall(page, program)
        busy = BusyTime(page)
        page.wait_for_timeout(BUSY_SECONDS * 1000)
        shares = busy.percent()
    aims = {"all tasks": "< 8"}
    return [Row(f"main thread, {k}", v, "%", aims.get(k, "")) for k, v in shares.items()]


def memory(options: Namespace) -> list[Row]:
    """Heap and nodes after collection, at ten times the speed; slopes of the later two thirds."""
    samples: list[tuple[float, float, float]] = []
    with (
        district(clock=CLOCK, speed=SPEED) as program,
        chromium() as browser,
        wall_page(browser) as page,
    ):
        open_wall(page, program)
        tools, begun = tools_of(page), time.monotonic()
        while (passed := time.monotonic() - begun) < options.minutes * 60:
            samples.append((passed / 60, *_heap_and_nodes(tools)))
            print(f"  {passed:5.0f} s  heap {samples[-1][1]:.2f} MB  nodes {samples[-1][2]:.0f}")
            page.wait_for_timeout(SAMPLE_SECONDS * 1000)
    late = samples[len(samples) // 3 :]
    return [
        Row("heap at the start", samples[0][1], "MB"),
        Row("heap at the end", samples[-1][1], "MB"),
        Row("heap, slope", _slope(late, 1) * 1000, "kB/min", "flat"),
        Row("nodes at the start", samples[0][2], ""),
        Row("nodes at the end", samples[-1][2], ""),
        Row("nodes, slope", _slope(late, 2), "/min", "flat"),
    ]


def _heap_and_nodes(tools: Any) -> tuple[float, float]:
    tools.send("HeapProfiler.collectGarbage")
    heap = tools.send("Runtime.getHeapUsage")["usedSize"]
    return heap / MB, float(tools.send("Memory.getDOMCounters")["nodes"])


def _slope(samples: list[tuple[float, float, float]], column: int) -> float:
    """Least squares of a column over the minutes."""
    if len(samples) < 2:
        return 0.0
    xs, ys = [s[0] for s in samples], [s[column] for s in samples]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread
