"""What a wall says and does when something breaks, and that it is exactly right afterwards."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Route
from redis import Redis

from datasource.run import ROLES
from tests.e2e.conftest import FULL_HD, PATIENCE, District, Wall, new_page, reported
from tests.e2e.proxy import Proxy
from tests.program import ROOT, Program, get_json, post_json
from tests.support import PREFIX, RedisServer, wait_for

pytestmark = pytest.mark.e2e

STREET, GRID = "120110001", "120110001005001"

OpenWall = Callable[..., Wall]


def cases(district: District, count: int) -> list[dict[str, Any]]:
    """New cases, as messages."""
    now = district.now()
    return [
        district.event("case.reported", f"case/{uuid4().hex}", GRID, reported(), now)
        for _ in range(count)
    ]


def report(district: District, count: int) -> None:
    """New cases, by the door that answers only when they are kept."""
    events = cases(district, count)
    wait_for(lambda: post_json(f"{district.base_url}/api/v1/events", events)[0] == 202)


def test_redis_away_is_said_and_afterwards_all_is_right(
    outside: District, open_wall: OpenWall, redis_server: RedisServer
) -> None:
    wall = open_wall(outside.base_url, STREET).wait_live()
    report(outside, 5)
    wall.wait_value("cases.open", 5)
    with wall.goes("stale"):
        redis_server.kill()
    assert wall.value("cases.open") == "5"
    status, answer = get_json(f"{outside.base_url}/readyz")
    assert (status, "redis" in answer["missing"]) == (503, True)
    status, answer = post_json(
        f"{outside.base_url}/api/v1/events",
        {"specversion": "1.0", "id": "lost", "source": "/test"},
    )
    assert (status, answer["error"]["code"]) == (503, "redis.unreachable")
    redis_server.start()
    wall.wait_live()
    report(outside, 3)
    wall.wait_value("cases.open", 8)
    assert wall.seq() == 8
    assert outside.frame(STREET)["panels"]["cases"]["reported_today"] == 8
    wait_for(lambda: get_json(f"{outside.base_url}/readyz")[0] == 200)


def test_the_embedded_redis_is_started_again_with_its_data(
    quiet: District, open_wall: OpenWall
) -> None:
    wall = open_wall(quiet.base_url, STREET).wait_live()
    before = quiet.cases(STREET)
    report(quiet, 5)
    wall.wait_value("cases.open", before + 5)
    # A second of the append-only file may be lost with the machine, not with the process.
    quiet.program.role_process("redis-server").kill()
    wait_for(lambda: "redis ended with code -9" in quiet.program.errors)
    report(quiet, 3)
    wall.wait_value("cases.open", before + 8)
    wall.wait_live()
    # The intake hears the channel again without a restart.
    wait_for(lambda: _heard(quiet))
    quiet.publish(*cases(quiet, 1))
    wall.wait_value("cases.open", before + 9)


def _heard(district: District) -> bool:
    with Redis(port=district.redis_port) as client:
        return bool(client.pubsub_numsub(f"{PREFIX}:events")[0][1])


@pytest.mark.parametrize("role", ["serve", "project", "intake"])
def test_a_role_that_is_killed_comes_back_and_so_does_the_page(
    quiet: District, open_wall: OpenWall, role: str
) -> None:
    wall = open_wall(quiet.base_url, STREET).wait_live().wait_whole()
    before = quiet.cases(STREET)
    report(quiet, 5)
    wall.wait_value("cases.open", before + 5)
    seq, another = wall.seq(), cases(quiet, 1)
    quiet.program.role_process(role).kill()
    wait_for(lambda: f"{role} ended with code -9" in quiet.program.errors)
    wait_for(lambda: _heard(quiet))
    quiet.publish(*another)
    wall.wait_value("cases.open", before + 6)
    wall.wait_live()
    assert wall.seq() == seq + 1


def test_a_map_that_did_not_come_is_asked_for_again(quiet: District, browser: Browser) -> None:
    page = new_page(browser, viewport=FULL_HD)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if not lost and '"late"' in (route.request.post_data or ""):
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/_dash-update-component*", lose_the_first)
    page.goto(f"{quiet.base_url}/wall/{STREET}")
    page.wait_for_selector(".leaflet-container")
    assert lost
    page.context.close()


@pytest.fixture
def proxy(quiet: District) -> Iterator[Proxy]:
    proxy = Proxy(quiet.program.port)
    yield proxy
    proxy.close()


def test_a_page_whose_network_is_cut_says_so_and_finds_back(
    quiet: District, open_wall: OpenWall, proxy: Proxy
) -> None:
    wall = open_wall(f"http://127.0.0.1:{proxy.port}", STREET).wait_live().wait_whole()
    before = quiet.cases(STREET)
    report(quiet, 5)
    wall.wait_value("cases.open", before + 5)
    with wall.goes("stale"):
        proxy.cut()
        report(quiet, 2)
    assert wall.value("cases.open") == str(before + 5)
    wall.wait_live("offline")
    proxy.mend()
    wall.wait_live()
    wall.wait_value("cases.open", before + 7)


def test_a_page_that_hears_nothing_veils_itself(quiet: District, open_wall: OpenWall) -> None:
    wall = open_wall(quiet.base_url, STREET).wait_live()
    veil = "getComputedStyle(document.querySelector('.veil')).opacity"
    wait_for(lambda: wall.page.evaluate(veil) == "0")
    # With a delay a page that hangs would never begin it (docs/decisions/0005).
    assert wall.page.evaluate(veil.replace("opacity", "animationDelay")) == "0s"
    quiet.program.role_process("serve").send_signal(signal.SIGSTOP)
    try:
        wait_for(lambda: float(wall.page.evaluate(veil)) > 0.5)
    finally:
        quiet.program.role_process("serve").send_signal(signal.SIGCONT)
    wall.wait_live()
    wait_for(lambda: wall.page.evaluate(veil) == "0")


def ends(program: Program, number: signal.Signals) -> None:
    """The signal ends the program in order, and leaves no process."""
    # run, Redis, and every role but the simulator
    wait_for(lambda: len(program.processes()) == 2 + len(set(ROLES) - {"simulate"}))
    said = len(program.errors)
    assert program.stop(number) == 0
    assert not program.processes()
    assert "Traceback" not in program.errors[said:]


def test_a_page_of_another_build_loads_itself_anew(
    quiet: District, open_wall: OpenWall, tmp_path: Path
) -> None:
    wall = open_wall(quiet.base_url, STREET).wait_live().wait_whole()
    before = quiet.cases(STREET)
    report(quiet, 3)
    wall.wait_value("cases.open", before + 3)
    wall.page.evaluate("window.before = true")
    ends(quiet.program, signal.SIGHUP)
    rules = tmp_path / "rules.toml"
    rules.write_text((ROOT / "rules.toml").read_text("utf-8") + "# of another build\n", "utf-8")
    with wall.page.expect_event("load", timeout=2 * PATIENCE):
        quiet.program.start(rules=rules, clock="working")
    assert wall.page.evaluate("window.before ?? false") is False
    wall.wait_live()
    wall.wait_value("cases.open", before + 3)


def test_a_signal_or_a_kill_leaves_no_process(quiet: District) -> None:
    """The last of this file; SIGINT has a test of its own (tests/e2e/test_district.py)."""
    program = quiet.program
    ends(program, signal.SIGTERM)
    program.start()
    program.wait_ready()
    running = {each.pid for each in program.processes()}
    program.process.kill()
    program.process.wait()
    wait_for(lambda: not running & {each.pid for each in program.processes()})
