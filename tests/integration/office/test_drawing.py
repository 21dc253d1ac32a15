"""Whoever asks for a picture that cannot be drawn is told why: there is no browser, it ends, it
says nothing, or the page tells itself what is wrong."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from cockpit.clock import HOUR
from cockpit.errors import CockpitError
from datasource.office import browser
from datasource.office.makers import Makers
from datasource.office.passes import COOKIE
from datasource.office.questions import MakePaper
from layouts.i18n import table
from tests.desks import account, life, regions
from tests.offices import DISTRICT, RULES, Asks
from tests.support import free_port

pytestmark = pytest.mark.integration

Draw = Callable[[str], CockpitError]


@pytest.fixture
def draw(asks: Asks, client: Redis) -> Draw:
    """What is said when a picture is asked for on a site with that browser."""

    def refused(path: str) -> CockpitError:
        settings = {
            "chromium": path, "prefix": "cockpit", "office_url": "", "host": "127.0.0.1",
            "port": free_port(),
        }  # fmt: skip
        queries: Any = asks
        makers = Makers(regions(), RULES, queries, table, settings, lambda: (1, 1), client)
        asked = MakePaper(account("leader"), DISTRICT, ["care"], "pdf", life().now - HOUR)
        with pytest.raises(CockpitError) as caught:
            makers.make(asked)
        assert not client.keys("cockpit:session:*")  # its pass has ended with it
        return caught.value

    return refused


def program(folder: Path, script: str) -> str:
    """A browser that does only this."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("path", "told"), [("", "—"), ("/nowhere/chromium", "/nowhere/chromium")])
def test_without_chromium_it_is_said_what_needs_none(draw: Draw, path: str, told: str) -> None:
    error = draw(path)
    assert error.code == "paper.no_chromium"
    assert f"--chromium 为 {told}" in error.text("zh")
    assert "表格与演示不需要它" in error.text("zh")
    assert "PowerPoint need none" in error.text("en")


def test_a_browser_that_ends_is_no_picture(draw: Draw, tmp_path: Path) -> None:
    error = draw(program(tmp_path, "exit 1"))
    assert error.code == "paper.unpainted"
    assert "页面无法绘制" in error.text("zh")


def test_a_browser_that_says_nothing_is_not_waited_for_for_ever(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "LIMIT_SECONDS", 0.5)
    error = draw(program(tmp_path, "exec cat <&3 >/dev/null"))
    assert error.code == "paper.slow"
    assert "0.5 秒" in error.text("zh")


@pytest.mark.parametrize(
    ("page", "code"),
    [("<p data-error='region.unknown'>", "paper.unpainted"), ("<p>", "paper.slow")],
)
def test_a_page_that_is_never_painted_says_why(page: str, code: str) -> None:
    with browser.browser(browser.found("/usr/bin/chromium")) as opened:
        opened.open("http://127.0.0.1", (COOKIE, "x"))
        if code == "paper.slow":
            opened._deadline = time.monotonic() + 1
        with pytest.raises(CockpitError) as caught:
            opened.show(f"data:text/html,{page}", "care")
    assert caught.value.code == code
    if code == "paper.unpainted":
        assert "region.unknown" in caught.value.text("zh")
