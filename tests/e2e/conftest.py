"""Real Chromium against the real program: fixtures and what a test says about a wall."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from redis import Redis

from cockpit.clock import parse_instant, to_text
from tests.conftest import group_of
from tests.program import CLOCK, Program
from tests.support import PREFIX, RedisServer, wait_for

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A screen in the background of a test is still a screen.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
FULL_HD = {"width": 1920, "height": 1080}
# A full machine is no fault of a page; what never comes is, all the same.
expect.set_options(timeout=60_000)
PATIENCE = 90_000
# Values of a metric that the page shows for a region, each once.
_VALUES = """([metric, region]) => [...new Set(
  [...document.querySelectorAll(`[data-metric="${metric}"]`)]
    .filter((e) => e.closest("[data-region]")?.dataset.region === region)
    .map((e) => e.dataset.value ?? null))]"""


# From now on each state of the page: on a busy machine one can pass between two looks.
_REMEMBER = """() => {
  const root = document.documentElement;
  const keep = () => window.states.push(root.dataset.live);
  window.states = [];
  new MutationObserver(keep).observe(root, { attributeFilter: ["data-live"] });
}"""


def new_page(browser: Browser, **options: Any) -> Page:
    """A page in a browser context of its own, which waits as long as a full machine may take."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    return page


class Wall:
    """A page that shows a wall."""

    def __init__(self, page: Page, base_url: str, region: str, query: str = "") -> None:
        self.page, self.region = page, region
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)
        page.goto(f"{base_url}/wall/{region}{query}")

    def _hear(self, message: Any) -> None:
        # What the network says of a connection that a test has cut, or of an answer that is an
        # error, is no fault of the page.
        said = ("Failed to load resource", "WebSocket connection to")
        network = "ERR_" in message.text or message.text.startswith(said)
        if message.type == "error" and not network:
            self.faults.append(message.text)

    def root(self, name: str) -> str | None:
        """A data attribute of the page's root element."""
        return self.page.evaluate(f"document.documentElement.dataset.{name} ?? null")

    def seq(self) -> int:
        return int(self.root("seq") or 0)

    def value(self, metric: str, region: str | None = None) -> str | None:
        """The raw value that the page shows; None when it is not shown or shown differently."""
        found = self.page.evaluate(_VALUES, [metric, region or self.region])
        return found[0] if len(found) == 1 else None

    def wait_value(
        self, metric: str, value: object, seconds: float = 60, region: str | None = None
    ) -> None:
        try:
            wait_for(lambda: self.value(metric, region) == str(value), seconds)
        except AssertionError:
            found = self.page.evaluate(_VALUES, [metric, region or self.region])
            pytest.fail(f"{self.region}: {metric} is {found} and not {value}")

    def wait_live(self, state: str = "live", seconds: float = 90) -> "Wall":
        try:
            wait_for(lambda: self.root("live") == state, seconds)
        except AssertionError:
            pytest.fail(f"{self.region}: {self.root('live')} and not {state}: {self.faults}")
        return self

    def wait_whole(self) -> "Wall":
        """Until its map and its figures are there as well: a page that is still being built when
        its server dies has a test of its own."""
        self.page.wait_for_selector(".leaflet-container", state="attached")
        self.page.wait_for_selector("#trend .plot-container", state="attached")
        return self

    @contextmanager
    def goes(self, state: str, seconds: float = 60) -> Iterator[None]:
        """Within these seconds after what is done here, the page says that it is `state`."""
        self.page.evaluate(_REMEMBER)
        yield
        try:
            wait_for(lambda: state in self.page.evaluate("window.states"), seconds)
        except AssertionError:
            pytest.fail(f"{self.region}: {self.page.evaluate('window.states')} without {state}")


class District:
    """A running program with what sources do to it."""

    def __init__(self, program: Program, redis_port: int) -> None:
        self.program, self.base_url = program, program.base_url
        self.redis_port = redis_port
        self._number = 0

    def now(self) -> int:
        """About the clock's instant: that of the last frame."""
        return parse_instant(self.frame("120110")["at"])

    def frame(self, region: str, seq: int = 0) -> Any:
        """The last frame of a region's wall, once it has the log's entry `seq`."""

        def look() -> Any:
            frame = self.program.frame(f"{region}/wall")
            return frame if frame is not None and frame["seq"] >= seq else None

        return wait_for(look)

    def event(
        self, kind: str, subject: str, region: str, data: object = None, time: int | None = None
    ) -> dict[str, Any]:
        """A message of the contract; `time` is the clock's now when left out."""
        self._number += 1
        return {
            "specversion": "1.0", "id": f"e{self._number}", "source": "/test", "type": kind,
            "subject": subject, "region": region, "data": data,
            "time": to_text(self.now() if time is None else time),
        }  # fmt: skip

    def cases(self, region: str) -> int:
        """How many cases are open, for a test that counts on from them."""
        return int(self.frame(region)["panels"]["cases"]["open"])

    def publish(self, *events: dict[str, Any]) -> None:
        """As a source does that can only PUBLISH."""
        with Redis(port=self.redis_port) as client, client.pipeline(transaction=False) as pipe:
            for each in events:
                pipe.publish(f"{PREFIX}:events", json.dumps(each))
            assert all(pipe.execute()), "nobody hears the channel"


def reported(channel: str = "patrol", grade: str = "urgent") -> dict[str, str]:
    """Data of a case.reported."""
    return {"category": "0101", "grade": grade, "channel": channel}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Iterator[Any]:
    """A desk's scripts in a page, without a program."""
    from tests.e2e.desk_scripts import Scripts  # which knows this file

    made = Scripts(browser)
    yield made
    made.close()


@pytest.fixture
def open_wall(browser: Browser) -> Iterator[Callable[..., Wall]]:
    """Opens a wall in a browser context of its own; all are closed, and none may have had a
    fault of its own scripts."""
    walls: list[Wall] = []

    def opens(base_url: str, region: str, query: str = "", **options: Any) -> Wall:
        page = new_page(browser, **({"viewport": FULL_HD} | options))
        walls.append(Wall(page, base_url, region, query))
        return walls[-1]

    yield opens
    faults = [fault for wall in walls for fault in wall.faults]
    for wall in walls:
        wall.page.context.close()
    assert not faults


def start(folder: Path, **options: object) -> Program:
    """A program that is ready, or none."""
    program = Program(folder, **({"clock": CLOCK} | options))
    try:
        return program.wait_ready()
    except AssertionError:
        program.stop()
        raise


# Programs of many files, by the name of their fixture, which is that of their group.
_long_lived: dict[str, Program] = {}


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the program of a group with its last test: until the end of the session it would only
    take time from the tests of other groups."""
    name = group_of(item.path)
    if name in _long_lived and (nextitem is None or group_of(nextitem.path) != name):
        _long_lived.pop(name).stop()


@contextmanager
def _long(name: str, **options: object) -> Iterator[Program]:
    with tempfile.TemporaryDirectory() as folder:
        program = _long_lived[name] = start(Path(folder), **options)
        try:
            yield program
        finally:
            program.stop()


@pytest.fixture(scope="session")
def district() -> Iterator[District]:
    """The whole program with the simulated district, its past filled in."""
    with _long("district") as program:
        wait_for(lambda: "Up to the clock" in program.errors, 300, pause=0.5)
        wait_for(lambda: _caught_up(program), 180, pause=0.2)
        yield District(program, program.redis_port)


def _caught_up(program: Program) -> bool:
    frame = program.frame("120110/wall")
    return frame is not None and frame["lag_ms"] < 1000


@pytest.fixture(scope="session")
def shared() -> Iterator[District]:
    """The whole program without the simulated district, for all tests that do no harm to it: each
    counts from what it finds."""
    with _long("shared", simulate=False) as program:
        yield District(program, program.redis_port)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """The same for the tests of one file, which may kill what they want as long as it comes back
    for the next one."""
    program = start(tmp_path_factory.mktemp("quiet"), simulate=False)
    yield District(program, program.redis_port)
    program.stop()


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A running Redis for the tests of one file; who kills it starts it again."""
    server = RedisServer(tmp_path_factory.mktemp("redis")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def outside(
    tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer
) -> Iterator[District]:
    """As `quiet`, with a Redis that the tests kill and start themselves."""
    folder = tmp_path_factory.mktemp("outside")
    program = start(folder, simulate=False, redis_url=redis_server.url)
    yield District(program, redis_server.port)
    program.stop()
