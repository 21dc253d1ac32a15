"""Two web servers that share only Redis: the screens of the one that dies live on at the other."""

import urllib.request
from collections.abc import Callable, Iterator

import pytest
import simple_websocket
import wsproto.utilities
from redis import Redis

from cockpit.watching import ScreenReport
from datasource.screens_board import RedisScreensBoard
from tests.e2e.conftest import District, Wall, reported, start
from tests.e2e.proxy import Proxy
from tests.program import Program, post_json
from tests.screen import Screen
from tests.support import PREFIX, RedisServer, wait_for

pytestmark = pytest.mark.e2e

STREET, GRID = "120110001", "120110001005001"
SCREENS = 20
BUILD = "JSON.parse(document.getElementById('cockpit').textContent).build"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[District]:
    """A whole program whose own web server nobody uses."""
    folder = tmp_path_factory.mktemp("site")
    program = start(folder, simulate=False, redis_url=redis_server.url, clock="now")
    yield District(program, redis_server.port)
    program.stop()


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer, site: District
) -> Iterator[list[Program]]:
    """Two web servers beside it."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    pair = [Program(folder, "serve", redis_url=redis_server.url) for folder in folders]
    yield pair
    for each in pair:
        each.stop()


@pytest.fixture
def servers(pair: list[Program]) -> list[Program]:
    """Both of them; one that a test has killed is started again."""
    for each in pair:
        if each.process.poll() is not None:
            each.start()
    return [each.wait_ready() for each in pair]


@pytest.fixture
def proxy(servers: list[Program]) -> Iterator[Proxy]:
    """Leads to the first of them that lives."""
    proxy = Proxy(*(each.port for each in servers))
    yield proxy
    proxy.close()


def sockets(server: Program) -> float:
    """Screens of the street at a server."""
    with urllib.request.urlopen(f"{server.base_url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    name = f'cockpit_sockets{{view="{STREET}/wall"}} '
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def live_report(client: Redis, after: int = 0) -> ScreenReport:
    """What the one real page among the screens says of itself, once that is, after an instant,
    that it is live with a picture of these seconds."""
    board = RedisScreensBoard(client, PREFIX, "the test")

    def look() -> ScreenReport | None:
        reports = (screen.report for each in board.all().values() for screen in each)
        wanted = (r for r in reports if r and r.at > after and r.live == "live")
        return next((report for report in wanted if report.age_ms < 3000), None)

    return wait_for(look) or pytest.fail()


def report(site: District, number: int) -> None:
    event = site.event("case.reported", f"case/{number}", GRID, reported())
    assert post_json(f"{site.base_url}/api/v1/events", [event])[0] == 202


def connected(port: int) -> Screen | None:
    """A screen, as soon as the proxy has noticed who is gone: until then it is cut off in the
    middle of its greeting, and comes again as any page does."""
    try:
        return Screen(port, f"/wall/{STREET}")
    except (OSError, simple_websocket.ConnectionError, simple_websocket.ConnectionClosed):
        return None
    except wsproto.utilities.RemoteProtocolError:
        return None


def test_screens_of_a_killed_server_are_live_again_at_the_other(
    site: District,
    servers: list[Program],
    proxy: Proxy,
    open_wall: Callable[..., Wall],
    client: Redis,
) -> None:
    wall = open_wall(f"http://127.0.0.1:{proxy.port}", STREET).wait_live().wait_whole()
    screens = [Screen(proxy.port, f"/wall/{STREET}") for _ in range(SCREENS)]
    report(site, 1)
    wall.wait_value("cases.open", 1)
    for screen in screens:
        screen.frame_with(1)
    wait_for(lambda: sockets(servers[0]) == SCREENS + 1)
    assert sockets(servers[1]) == 0
    first = live_report(client)
    assert (first.width, first.height) == (1920, 1080)
    assert first.build == wall.page.evaluate(BUILD)

    servers[0].process.kill()
    for screen in screens:
        with pytest.raises(simple_websocket.ConnectionClosed):
            screen.frame_with(2)
    again = [wait_for(lambda: connected(proxy.port)) for _ in screens]
    for screen in again:
        assert screen.wrapped()["frame"]["seq"] == 1
    wait_for(lambda: sockets(servers[1]) == SCREENS + 1)
    report(site, 2)
    wall.wait_value("cases.open", 2)
    wall.wait_live()
    for screen in again:
        screen.frame_with(2)
        screen.close()
    live_report(client, after=first.at)


def test_screens_stay_when_another_server_dies(
    site: District, servers: list[Program], proxy: Proxy
) -> None:
    seq = site.frame(STREET)["seq"]
    screen = Screen(proxy.port, f"/wall/{STREET}")
    servers[1].process.kill()
    report(site, 3)
    screen.frame_with(seq + 1)
    screen.close()
