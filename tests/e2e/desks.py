"""A real site with people at their desks: made once for the stories of test_desk*.py."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import District, Wall, start
from tests.support import wait_for

DESK: ViewportSize = {"width": 1440, "height": 900}
PASSWORD = "Reiher-sieht-7-Fische"
STREET, COMMUNITY, GRID = "120110001", "120110001005", "120110001005001"
DISTRICT = "120110"
DEPARTMENT = "区城管委"
PEOPLE = {
    "director": ("street_director", STREET, ""),
    "clerk": ("street_operator", STREET, ""),
    "operator": ("operator", DISTRICT, ""),
    "department": ("department", DISTRICT, DEPARTMENT),
}
# Asks the server as the page does: its token goes with it.
SEND = """([method, path, body]) =>
  import("/assets/js/core/ask.js").then((ask) => ask.send(method, path, body ?? undefined))"""


@dataclass
class Site:
    """A running site whose people have accounts. `sessions` are their browsers' states."""

    district: District
    browser: Browser
    sessions: dict[str, Any] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.district.base_url

    def page(self, state: Any = None) -> Page:
        """A page in a browser of its own."""
        page = self.browser.new_context(viewport=DESK, storage_state=state).new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.pages.append(page)
        return page

    def desk(self, name: str, path: str) -> "Desk":
        """Somebody's desk, open and live."""
        page = self.page(self.sessions[name])
        page.goto(f"{self.url}/desk/{path}")
        return Desk(page).ready()

    def wall(self, region: str) -> Wall:
        """A wall of the site, seen by somebody who may."""
        wall = Wall(self.page(self.sessions["operator"]), self.url, region)
        return wall.wait_live()

    def report(self, key: str, category: str = "0101") -> None:
        """A case comes in."""
        data = {"category": category, "grade": "urgent", "channel": "patrol"}
        event = self.district.event("case.reported", f"case/{key}", GRID, data)
        self.district.publish(event | {"id": key})

    def close_pages(self) -> None:
        """Close all pages; none may have had a fault of its scripts."""
        for page in self.pages:
            page.context.close()
        faults, self.pages, self.faults = self.faults, [], []
        assert not faults


class Desk:
    """A page that shows a desk."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def ready(self) -> "Desk":
        """Until its counts and its list are there."""
        self.page.wait_for_selector(".desk-queue b[data-value]", timeout=60_000)
        self.page.wait_for_selector(".queue-total[data-value]", timeout=60_000)
        return self

    def count(self, queue: str) -> int | None:
        """What the left list says of a queue."""
        shown = self.page.get_attribute(f'.desk-queue b[data-count="{queue}"]', "data-value")
        return int(shown) if shown else None

    def wait_count(self, queue: str, count: int) -> None:
        try:
            wait_for(lambda: self.count(queue) == count, 30)
        except AssertionError:
            pytest.fail(f"{queue} is {self.count(queue)} and not {count}")

    def wait_total(self, total: int) -> None:
        """Until the list itself has so many rows."""
        expect(self.page.locator(".queue-total")).to_have_attribute(
            "data-value", str(total), timeout=30_000
        )

    def row(self, key: str) -> Any:
        """The row of a subject by its key."""
        return self.page.locator(".ag-center-cols-container .ag-row", has_text=key)

    def wait_row(self, key: str) -> None:
        """Until it is in the list, which one may have to renew."""

        def look() -> bool:
            if not self.row(key).count() and self.page.is_visible(".updates"):
                self.page.click(".updates")
            return bool(self.row(key).count())

        wait_for(look, 30)

    def open(self, key: str) -> None:
        """Open a row's subject and wait for it."""
        self.wait_row(key)
        self.row(key).locator('[col-id="key"]').click()
        self.page.wait_for_selector(".desk-detail .subject-body h3")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def submit(self) -> None:
        """Give the command of the open dialog."""
        self.page.click(".desk-act[open] button.main")


def _choose_password(page: Page, old: str) -> None:
    for name, text in (("old", old), ("new", PASSWORD), ("again", PASSWORD)):
        page.fill(f"input[name={name}]", text)
    page.click("form:has(input[name=old]) [type=submit]")
    page.wait_for_selector("input[name=old]", state="attached")


def sign_in(page: Page, url: str, name: str, password: str) -> None:
    """Through the login page; afterwards somewhere else."""
    page.goto(f"{url}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address, timeout=60_000)


@contextmanager
def opened_site(browser: Browser, **options: object) -> Iterator[Site]:
    """Starts the program without simulated sources and makes the accounts of `PEOPLE`."""
    with tempfile.TemporaryDirectory() as folder:
        program = start(Path(folder), simulate=False, walls="open", **options)
        site = Site(District(program, program.redis_port), browser)
        try:
            said = r"密码\s+(\S+)"
            out = Path(folder) / "out"
            told = wait_for(lambda: re.findall(said, out.read_text("utf-8")))[0]
            administrator = site.page()
            sign_in(administrator, site.url, "administrator", told)
            _choose_password(administrator, told)
            administrator.goto(f"{site.url}/manage/accounts")
            for name, (role, region, department) in PEOPLE.items():
                account = {"name": name, "role": role, "region": region, "department": department}
                made = administrator.evaluate(SEND, ["POST", "/api/v1/accounts", account])
                page = site.page()
                sign_in(page, site.url, name, made["password"])
                _choose_password(page, made["password"])
                site.sessions[name] = page.context.storage_state()
            site.close_pages()
            yield site
        finally:
            program.stop()
