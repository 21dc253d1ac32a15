"""The screens that look on: many cheap ones, and one that Chromium draws."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any, NamedTuple

import simple_websocket
from playwright.sync_api import Browser, Page

from tests.screen import Screen

SCREENS = 20
KEPT = 12  # frames of a screen that are recomputed, besides its last one
_PAUSE = 0.5
_ERRORS = (simple_websocket.ConnectionClosed, simple_websocket.ConnectionError, OSError)

Frame = dict[str, Any]


class Watcher(threading.Thread):
    """A screen without a browser: connects, again and again if it must, and judges what comes.

    `last` is its newest frame, `kept` some of all that came, each as likely as any other."""

    def __init__(self, port: int, region: str, seed: int) -> None:
        super().__init__(name=f"screen {region}", daemon=True)
        self.view = f"{region}/wall"
        self.last: Frame | None = None
        self.kept: list[Frame] = []
        self.frames = self.connections = 0
        self.faults: list[str] = []
        self._port, self._region, self._dice = port, region, Random(seed)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_PAUSE if self.connections else 0):
            # Nothing for ten seconds is the end of a connection, as for a page.
            with suppress(*_ERRORS, AssertionError):
                self._watch()

    def _watch(self) -> None:
        screen = Screen(self._port, f"/wall/{self._region}", patience=10)
        self.connections += 1
        try:
            while not self._ended.is_set():
                self._take(screen.wrapped())
        except ValueError as fault:
            self.faults.append(f"a message that is not whole: {fault}")
        finally:
            with suppress(*_ERRORS):
                screen.close()

    def _take(self, wrapped: dict[str, Any]) -> None:
        frame, last = wrapped["frame"], self.last
        if frame["view"] != self.view:
            self.faults.append(f"a frame of {frame['view']}")
        if last is not None and frame["epoch"] == last["epoch"] and frame["seq"] < last["seq"]:
            self.faults.append(f"number {frame['seq']} after {last['seq']}")
        self.last = frame
        self.frames += 1
        if len(self.kept) < KEPT:
            self.kept.append(frame)
        elif (place := self._dice.randrange(self.frames)) < KEPT:
            self.kept[place] = frame

    def end(self) -> None:
        """Look on no more."""
        self._ended.set()


@contextmanager
def watching(port: int, regions: list[str], seed: int) -> Iterator[list[Watcher]]:
    """So many cheap screens of these regions, in turn."""
    watchers = [Watcher(port, regions[i % len(regions)], seed + i) for i in range(SCREENS)]
    for each in watchers:
        each.start()
    try:
        yield watchers
    finally:
        for each in watchers:
            each.end()
        for each in watchers:
            each.join()


# Notes when frames come, apart from the page's own scripts. A page that has heard nothing for
# SILENT and still says that it is live, at several looks in a row, has not told the truth; one
# whose own timers did not run meanwhile could not (there the veil's animation tells it).
_NOTES = """
(() => {
  const SILENT = 3600, LOOKS = 4;
  const notes = window.notes = { frames: 0, at: null, stale: 0, untrue: 0, heard: null };
  let since = performance.now(), looks = 0;
  notes.silent = () => performance.now() - since > SILENT;
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (typeof data !== "string" || !data.startsWith('42["frame"')) return;
        since = performance.now();
        looks = 0;
        notes.frames += 1;
        notes.heard = data;
      });
    }
  };
  setInterval(() => {
    const { dataset } = document.documentElement;
    if (!dataset.view || performance.now() - since < SILENT) return;
    looks += 1;
    if (dataset.live !== "live") notes.stale += 1;
    else if (looks > LOOKS) notes.untrue += 1;
  }, 250);
})();
"""
_PAINTED = """() => ({
  ...document.documentElement.dataset,
  heard: window.notes.heard,
  silent: window.notes.silent(),
  metrics: [...document.querySelectorAll("[data-metric]")].filter((e) => !e.closest("[hidden]"))
    .map((e) => [e.closest("[data-region]")?.dataset.region, e.dataset.metric,
                 e.dataset.value ?? null]),
})"""


class Painted(NamedTuple):
    """What a page shows: its frame as it was heard, whether nothing came for long since then, and
    (region, metric, value) of each number."""

    live: str
    silent: bool
    frame: Frame
    metrics: list[tuple[str, str, str | None]]


class DrawnWall:
    """A wall in Chromium."""

    def __init__(self, page: Page, base_url: str, region: str) -> None:
        self.page = page
        self.faults: list[str] = []
        self.kept: list[Painted] = []  # pictures that stood while nothing came
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.add_init_script(_NOTES)
        page.goto(f"{base_url}/wall/{region}")

    def live(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.dataset.live === 'live'"))

    def notes(self) -> dict[str, Any]:
        """Of the time since the page was opened: frames, looks at which it was silent and said
        so (`stale`), and at which it did not (`untrue`)."""
        found: dict[str, Any] = self.page.evaluate(
            "() => JSON.parse(JSON.stringify({ ...window.notes, heard: null }))"
        )
        return found

    def painted(self) -> Painted | None:
        """What it shows now; None while that is not the newest frame it heard."""
        found = self.page.evaluate(_PAINTED)
        if found["heard"] is None:
            return None
        frame: Frame = json.loads(json.loads(found["heard"][2:])[1])["frame"]
        if (found.get("epoch"), found.get("seq")) != (frame["epoch"], str(frame["seq"])):
            return None
        metrics = [(region, metric, value) for region, metric, value in found["metrics"]]
        return Painted(found["live"], found["silent"], frame, metrics)

    def look(self) -> None:
        """Keep what stands while the page says that nothing comes: all of it is painted then."""
        if self.live():
            return
        painted = self.painted()
        if painted is None or not painted.silent:
            return
        if not self.kept or self.kept[-1].frame != painted.frame:
            self.kept.append(painted)


@contextmanager
def drawn(browser: Browser, base_url: str, region: str) -> Iterator[DrawnWall]:
    """A wall in a fresh profile of Chromium."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    try:
        yield DrawnWall(context.new_page(), base_url, region)
    finally:
        context.close()
