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

from cockpit.clock import DAY, HOUR, MINUTE, to_text
from tests.e2e.conftest import District, Wall, new_page, start
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

# The rows in sight by their places.
ROWS = """[...document.querySelectorAll(".ag-center-cols-container .ag-row")]
  .map((row) => [Number(row.getAttribute("row-index")), row.getAttribute("row-id") ?? ""])"""
# Clicks what is there now; tells whether anything is.
CLICK = (
    "(button) => { const found = document.querySelector(button); found?.click(); return !!found }"
)
REMARK = """() => {
  document.querySelector(".remark-form").requestSubmit();
  document.activeElement.blur();
}"""


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
        page = new_page(self.browser, viewport=DESK, storage_state=state)
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
        return wall.wait_live()

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
        """People in care, a whistle that is over, an alert and a patrol, so that no screen shows
        nothing but zeros: few of the special groups, whose numbers are hidden, and some visits that
        are late."""
        for number in range(3):
            special = {"group": "special", "category": "youth", "level": "high"}
            self.tell("person.enrolled", f"person/s{number}", special, ago=number * 8 * DAY)
        for number in range(6):
            care = {"group": "care", "category": "elder_alone", "level": "high"}
            self.tell("person.enrolled", f"person/c{number}", care, ago=number * 3 * DAY)
        blown = {"kind": "emergency", "department": DEPARTMENT, "category": "0101"}
        self.tell("whistle.blown", "whistle/s0", blown, ago=3 * HOUR)
        for ago, step in ((170, "signed"), (100, "arrived"), (60, "resolved"), (50, "confirmed")):
            self.tell(f"whistle.{step}", "whistle/s0", ago=ago * MINUTE)
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
            wait_for(look, 90, pause=0.2)
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
        self.page.wait_for_selector(".desk-queue b[data-value]")
        self.page.wait_for_selector(".queue-total[data-value]")
        return self

    def count(self, queue: str) -> int | None:
        """What the left list says of a queue."""
        shown = self.page.get_attribute(f'.desk-queue b[data-count="{queue}"]', "data-value")
        return int(shown) if shown else None

    def wait_count(self, queue: str, count: int) -> None:
        try:
            wait_for(lambda: self.count(queue) == count)
        except AssertionError:
            pytest.fail(f"{queue} is {self.count(queue)} and not {count}")

    def wait_total(self, total: int) -> None:
        """Until the list itself has so many rows."""
        expect(self.page.locator(".queue-total")).to_have_attribute("data-value", str(total))

    def agreed(self, queue: str) -> int:
        """How many lie in the queue that is on show, once the left list says so too."""
        total = self.page.locator(".queue-total")
        wait_for(lambda: total.get_attribute("data-value") == str(self.count(queue)))
        return self.count(queue) or 0

    def row(self, key: str) -> Any:
        """The row of a subject by its key."""
        return self.page.locator(".ag-center-cols-container .ag-row", has_text=key)

    def wait_row(self, key: str) -> None:
        """Until it is in the list, which one may have to renew."""

        def look() -> bool:
            # At once: a list may also renew itself, and then nothing asks for it any more.
            if not self.row(key).count():
                self.page.evaluate("document.querySelector('.updates:not([hidden])')?.click()")
            return bool(self.row(key).count())

        wait_for(look)

    def open(self, key: str) -> None:
        """Open a row's subject and wait for it."""
        self.wait_row(key)
        self.row(key).locator('[col-id="key"]').click()
        self.page.wait_for_selector(".desk-detail .facts-of")

    def keys(self) -> list[str]:
        """The keys of the rows in sight, from above."""
        found = self.page.evaluate(ROWS)
        return [subject.partition("/")[2] for _, subject in sorted(found)]

    def wait_mark(self, key: str, mark: str) -> None:
        """Until its row says that this became of it."""
        expect(self.row(key).locator(".mark")).to_have_text(mark)

    def wait_keys(self, *keys: str) -> None:
        """Until the rows in sight are these, from above."""
        wait_for(lambda: self.keys() == list(keys))

    def wait_chosen(self, key: str, chosen: bool = True) -> None:
        """Until its row is chosen, or not."""
        row = expect(self.row(key))
        (row.to_have_attribute if chosen else row.not_to_have_attribute)("aria-selected", "true")

    def remark(self, text: str) -> str:
        """Note something about the open subject; what then stands there."""
        self.press("m")
        expect(self.page.locator(".remark-form textarea")).to_be_focused()
        self.page.fill(".remark-form textarea", text)
        # At once: between pressing and letting go the form may be drawn anew.
        self.page.evaluate(REMARK)
        return str(self.page.locator(".remark p").inner_text())

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
        dialog.wait_for()
        return dialog

    def may(self, command: str) -> None:
        """Until the open subject may be given this command: nothing of it is under way."""
        self.page.wait_for_selector(f'.desk-detail [data-command="{command}"]:enabled')

    def begin(self, command: str) -> None:
        """Begin a command about the open subject by its button."""
        button = f'.desk-detail [data-command="{command}"]:enabled'
        wait_for(lambda: self.page.evaluate(CLICK, button))

    def submit(self) -> None:
        """Give the command of the open dialog."""
        self.page.click(".desk-act[open] button.main")

    def set_instant(self, instant: int) -> None:
        """Into the open dialog, as its first instant."""
        local = to_text(instant + 8 * HOUR)[:16]
        self.page.locator(".desk-act .moment input").first.fill(local.replace("T", " "))

    def wait_told(self, words: str) -> None:
        """Until the notice across the page says what this pattern does."""
        expect(self.page.locator(".desk-notice span")).to_have_text(re.compile(f"^{words}$"))


def choose_password(page: Page, old: str) -> None:
    """What everybody does at first with a one-time password."""
    for name, text in (("old", old), ("new", PASSWORD), ("again", PASSWORD)):
        page.fill(f"input[name={name}]", text)
    with page.expect_navigation():
        page.click("form:has(input[name=old]) [type=submit]")


def sign_in(page: Page, url: str, name: str, password: str) -> None:
    """Through the login page; afterwards somewhere else."""
    page.goto(f"{url}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


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
            choose_password(administrator, told)
            administrator.goto(f"{site.url}/manage/accounts")
            for name, (role, region, department) in PEOPLE.items():
                account = {"name": name, "role": role, "region": region, "department": department}
                made = administrator.evaluate(SEND, ["POST", "/api/v1/accounts", account])
                page = site.page()
                sign_in(page, site.url, name, made["password"])
                choose_password(page, made["password"])
                site.sessions[name] = page.context.storage_state()
            site.close_pages()
            yield site
        finally:
            program.stop()
