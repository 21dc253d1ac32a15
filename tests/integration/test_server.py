"""The web server as a whole: addresses, headers, compression. In-memory ports behind it."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from callbacks.build import build_name
from callbacks.compression import LATER, warm
from callbacks.security import content_policy
from callbacks.server import build_server
from tests.house import memory_parts

pytestmark = pytest.mark.integration

PLOTLY = LATER[0]


@pytest.fixture(scope="module")
def http() -> Iterator[FlaskClient]:
    server, _gateway = build_server(memory_parts())
    yield server.test_client()


def test_the_root_leads_to_the_districts_wall(http: FlaskClient) -> None:
    answer = http.get("/?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/wall/120110?lang=en")


@pytest.mark.parametrize("path", ["/wall", "/wall/9", "/wall/120110/x", "/desk/9", "/x"])
def test_what_is_no_page_says_so(http: FlaskClient, path: str) -> None:
    answer = http.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert 'data-error="address.unknown"' in answer.text


def test_a_page_speaks_to_nobody_else(http: FlaskClient) -> None:
    answer = http.get("/wall/120110001")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    script = re.search(r"script-src ([^;]+)", policy)
    assert script is not None
    assert "unsafe" not in script[1]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("tiles", "allowed"),
    [
        ("https://t{s}.tianditu.gov.cn/DataServer?x={x}", "https://*.tianditu.gov.cn"),
        ("http://10.0.0.1:8080/{z}/{x}/{y}.png", "http://10.0.0.1:8080"),
    ],
)
def test_a_tile_service_that_is_set_is_the_one_exception(tiles: str, allowed: str) -> None:
    policy = content_policy([], {"tiles": tiles, "frame_ancestors": ""})
    assert f"img-src 'self' data: blob: {allowed};" in policy
    assert policy.count("http") == 1


def test_what_is_named_by_its_content_is_kept_and_the_rest_asked_for_again(
    http: FlaskClient,
) -> None:
    html = http.get("/wall/120110").text
    suite = re.search(r'src="(/_dash-component-suites/[^"]+)"', html)
    style = re.search(r'href="(/assets/css/[^"]+)"', html)
    assert suite is not None
    assert style is not None
    for address in (suite[1], style[1]):
        kept = http.get(address, buffered=True).headers["Cache-Control"]
        assert {"public", "immutable", "max-age=31536000"} == set(kept.split(", "))
    address = style[1].split("?")[0]
    plain = http.get(address, buffered=True)
    assert plain.headers["Cache-Control"] == "no-cache"
    known = {"If-None-Match": plain.headers["ETag"]}
    again = http.get(address, headers=known, buffered=True)
    assert again.status_code == 304


def test_scripts_are_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server, _gateway = build_server(memory_parts())
    warm(server, "/wall/120110")

    def never(*_: Any) -> bytes:
        raise AssertionError("compressed again")

    client = server.test_client()
    plain = client.get(PLOTLY).data
    monkeypatch.setattr("flask_compress.flask_compress._compress_data", never)
    brotlied = client.get(PLOTLY, headers={"Accept-Encoding": "gzip, br"})
    assert brotlied.headers["Content-Encoding"] == "br"
    assert brotli.decompress(brotlied.data) == plain
    assert len(brotlied.data) < 1_400_000
    gzipped = client.get(PLOTLY, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(gzipped.data) == plain
    known = {"Accept-Encoding": "br", "If-None-Match": brotlied.headers["ETag"]}
    assert client.get(PLOTLY, headers=known).status_code == 304


def test_pages_are_compressed_but_never_kept(http: FlaskClient) -> None:
    for code in ("120110", "120110001"):
        answer = http.get(f"/wall/{code}", headers={"Accept-Encoding": "br"})
        assert f'data-view="{code}/wall"' in brotli.decompress(answer.data).decode()


def test_the_build_is_named_by_its_content(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("a")
    (tmp_path / "requirements.txt").write_text("x==1")
    (tmp_path / "assets").mkdir()
    first = build_name(tmp_path, rules)
    assert first == build_name(tmp_path, rules)
    rules.write_text("b")
    second = build_name(tmp_path, rules)
    (tmp_path / "assets" / "a.js").write_text("1")
    third = build_name(tmp_path, rules)
    (tmp_path / "assets" / "a.js").rename(tmp_path / "assets" / "b.js")
    fourth = build_name(tmp_path, rules)
    (tmp_path / "assets" / "note.txt").write_text("nothing a page sees")
    assert len({first, second, third, fourth}) == 4
    assert build_name(tmp_path, rules) == fourth
