"""A real site with people at their desks: made once for the stories of test_desk*.py."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from cockpit.clock import DAY, HOUR, to_text
from tests.e2e.conftest import District, Wall, start
from tests.e2e.truth import Screen, Truth
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
        page.set_default_navigation_timeout(60_000)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url} {error.stack or error}"))
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
        return wall.wait_live(seconds=60)

    def report(self, key: str, category: str = "0101") -> None:
        """A case comes in."""
        data = {"category": category, "grade": "urgent", "channel": "patrol"}
        event = self.district.event("case.reported", f"case/{key}", GRID, data)
        self.district.publish(event | {"id": key})

    def tell(
        self, kind: str, subject: str, data: object = None, *, ago: int = 0, region: str = GRID
    ) -> None:
        """A source tells what happened some time `ago`."""
        time = self.district.now() - ago
        self.district.publish(self.district.event(kind, subject, region, data, time))

    def settle(self) -> None:
        """People in care, an alert and a patrol, so that no screen shows nothing but zeros: few of
        the special groups, whose numbers are hidden, and some visits that are late."""
        for number in range(3):
            special = {"group": "special", "category": "youth", "level": "high"}
            self.tell("person.enrolled", f"person/s{number}", special, ago=number * 8 * DAY)
        for number in range(6):
            care = {"group": "care", "category": "elder_alone", "level": "high"}
            self.tell("person.enrolled", f"person/c{number}", care, ago=number * 3 * DAY)
        self.tell("alert.raised", "alert/a0", {"kind": "health", "severity": "info"}, ago=HOUR)
        self.tell("patrol.started", "worker/g1", ago=HOUR)
        self.tell("patrol.pinged", "worker/g1", {"lon": 117.3, "lat": 39.1})

    def held(self, screens: Sequence[Screen], event: str = "", shelved: Sequence[str] = ()) -> None:
        """Until an event of this type is in the log, and every number on these screens is what
        the events say, slowly recomputed."""
        faults: list[str] = []

        def look() -> bool:
            truth = Truth(self.district.redis_port, self.district.now(), shelved)
            faults[:] = [fault for screen in screens for fault in truth.faults(screen)]
            if event not in {"", *truth.types}:
                faults[:] = [f"no {event} in the log"]
            return not faults

        try:
            wait_for(look, 30, pause=0.2)
        except AssertionError:
            pytest.fail("\n".join(faults[:20]))

    def close_pages(self) -> None:
        """Close all pages; none may have had a fault of its scripts."""
        for page in self.pages:
            page.context.close()
        faults, self.pages, self.faults = self.faults, [], []
        assert not faults, "\n".join(faults)


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
        self.page.wait_for_selector(".desk-detail .facts-of")

    def keys(self) -> list[str]:
        """The keys of the rows in sight, from above."""
        rows = self.page.locator(".ag-center-cols-container .ag-row").all()
        found = {row.get_attribute("row-index"): row.get_attribute("row-id") for row in rows}
        ordered = sorted((int(index or 0), subject or "") for index, subject in found.items())
        return [subject.partition("/")[2] for _, subject in ordered]

    def mark(self, key: str) -> str:
        """What its row says became of it."""
        return str(self.row(key).locator(".mark").inner_text())

    def wait_mark(self, key: str, mark: str) -> None:
        """Until its row says so."""
        wait_for(lambda: self.mark(key) == mark, 20)

    def wait_keys(self, *keys: str) -> None:
        """Until the rows in sight are these, from above."""
        wait_for(lambda: self.keys() == list(keys), 20)

    def is_chosen(self, key: str) -> bool:
        return bool(self.row(key).get_attribute("aria-selected") == "true")

    def remark(self, text: str) -> str:
        """Note something about the open subject; what then stands there."""
        self.press("m")
        self.page.fill(".remark-form textarea", text)
        self.page.click(".remark-form button")
        remark = self.page.locator(".remark p")
        remark.wait_for(timeout=30_000)
        return str(remark.inner_text())

    def go(self, queue: str) -> None:
        """To a queue by its line at the left."""
        self.page.click(f'[data-queue="{queue}"]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def ask(self, key: str) -> Any:
        """Begin a command by its key; its dialog."""
        self.press(key)
        dialog = self.page.locator(".desk-act[open]")
        dialog.wait_for(timeout=20_000)
        return dialog

    def may(self, command: str) -> None:
        """Until the open subject may be given this command: nothing of it is under way."""
        button = f'.desk-detail [data-command="{command}"]:not([disabled])'
        self.page.wait_for_selector(button, timeout=30_000)

    def submit(self) -> None:
        """Give the command of the open dialog."""
        self.page.click(".desk-act[open] button.main")

    def set_instant(self, instant: int) -> None:
        """Into the open dialog, as its first instant."""
        local = to_text(instant + 8 * HOUR)[:16]
        self.page.locator(".desk-act input[type=datetime-local]").first.fill(local)

    def told(self) -> str:
        """What the notice across the page says, once it says something."""
        notice = self.page.locator(".desk-notice")
        notice.wait_for(timeout=30_000)
        return str(notice.inner_text())


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
