"""Two web servers behind the real nginx with the configuration of docs/deploy: pages, events,
frames; and one of them killed."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import District, Wall, reported, start
from tests.nginx import Nginx
from tests.program import Program, get_json, post_json, wait_json
from tests.support import RedisServer, wait_for

pytestmark = pytest.mark.e2e

OpenWall = Callable[..., Wall]
STREET, GRID = "120110001", "120110001005001"


class Site:
    """A whole program, a second web server that nobody starts again, and nginx before both."""

    def __init__(self, folder: Path, redis_server: RedisServer) -> None:
        options = {"redis_url": redis_server.url, "clock": "now"}
        self.program = start(folder, simulate=False, **options)
        (folder / "second").mkdir()
        self.second = Program(folder / "second", "serve", **options)
        self.second.wait_ready()
        self.nginx = Nginx(folder / "nginx", (self.program.port, self.second.port)).start()
        self.district = District(self.program, redis_server.port)

    def stop(self) -> None:
        self.nginx.stop()
        self.second.stop()
        self.program.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), redis_server)
    try:
        yield site
    finally:
        site.stop()


def sockets(program: Program) -> float:
    with urllib.request.urlopen(f"{program.base_url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(x.rsplit(" ", 1)[1]) for x in lines if x.startswith("cockpit_sockets{"))


def case(site: Site, number: int) -> dict[str, object]:
    return site.district.event("case.reported", f"case/{number}", GRID, reported())


def test_what_nginx_changes_and_what_not(site: Site) -> None:
    base_url = site.nginx.base_url
    html = _fetch(f"{base_url}/wall/{STREET}", {"Accept-Encoding": "br"})
    direct = _fetch(f"{site.program.base_url}/wall/{STREET}", {"Accept-Encoding": "br"})
    kept = ("Content-Encoding", "Cache-Control", "Content-Security-Policy", "Content-Type")
    assert [html[name] for name in kept] == [direct[name] for name in kept]
    assert html["Content-Encoding"] == "br"
    # A connection from elsewhere, dressed up as one from here by a header that nginx strips.
    asked = f"{base_url}/socket.io/?EIO=4&transport=websocket"
    foreign = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
    assert _status(asked, foreign) == 400
    assert _status(f"{site.program.base_url}/healthz", foreign) == 200
    big = json.dumps([{"id": "x" * 3_000_000}]).encode()
    request = urllib.request.Request(f"{base_url}/api/v1/events", big)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["rejected"][0]["code"] == "message.too_large"


def test_screens_live_on_at_the_other_server_when_one_is_killed(
    site: Site, open_wall: OpenWall
) -> None:
    assert "test is successful" in site.nginx.check()
    base_url = site.nginx.base_url
    # Nothing is sticky: the screens are shared out, a new one goes to whoever has less to do.
    servers, walls = (site.program, site.second), []
    while len(walls) < 2 or not all(map(sockets, servers)):
        assert len(walls) < 8, "all screens are at one server"
        walls.append(open_wall(base_url, STREET).wait_live().wait_whole())
    assert post_json(f"{base_url}/api/v1/events", [case(site, 1)])[0] == 202
    for wall in walls:
        wall.wait_value("cases.open", 1)

    site.second.role_process("serve").kill()
    wait_for(lambda: sockets(site.program) == len(walls))
    assert post_json(f"{base_url}/api/v1/events", [case(site, 2)])[0] == 202
    for wall in walls:
        wall.wait_live()
        wall.wait_value("cases.open", 2)
        # Of requests, too, none is lost to the dead one.
        assert get_json(f"{base_url}/healthz")[0] == 200
    # What the dead one wrote of its screens is forgotten after a while.
    wait_for(lambda: wait_json(f"{base_url}/api/v1/status")["screens"]["total"] == len(walls))


def _fetch(url: str, headers: dict[str, str]) -> dict[str, str]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        answer.read()
        return dict(answer.headers)


def _status(url: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as a:
            return int(a.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
