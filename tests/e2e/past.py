"""A past that a test makes up, answered to a page in the place of the role `query`."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from cockpit.clock import DAY, HOUR, MINUTE, SECOND, parse_instant, to_text
from tests.support import wait_for

FIRST = parse_instant("2026-11-16T09:00:00+08:00")
LAST = parse_instant("2026-11-23T15:00:00+08:00")
STEPS = {
    "next": 7 * SECOND, "previous": -7 * SECOND, "overdue": 31 * MINUTE,
    "back_overdue": -31 * MINUTE, "alert": HOUR, "back_alert": -HOUR,
}  # fmt: skip
# No live number of a test comes near it.
PAST = 100_000


def open_at(instant: int) -> int:
    """What `cases.open` is in the past at an instant: it tells the second."""
    return PAST + (instant - FIRST) // SECOND


class Past:
    """Answers replays by a real frame with another instant and another number of open cases.
    `fault` answers instead of a picture while it is set; `requests` are the queries so far."""

    def __init__(self, frame: Callable[[str], Any]) -> None:
        self._frame = frame
        self.requests: list[dict[str, str]] = []
        self.histories: list[dict[str, str]] = []
        self.fault: tuple[int, dict[str, object]] | None = None
        self.moments: list[dict[str, str]] = []
        self.days_kept = 400
        self.held: list[Route] | None = None

    def attach(self, page: Page) -> None:
        """Answer this page from now on."""
        page.route("**/api/v1/replay/**", self._replay)
        page.route("**/api/v1/moments/**", self._answer_moments)
        page.route("**/api/v1/history/**", self._history)

    def hold(self) -> None:
        """Answer no replay until `let_go`."""
        self.held = []

    def let_go(self) -> None:
        """Answer what was held, and everything again."""
        held, self.held = self.held or [], None
        for route in held:
            self._answer(route)

    def _replay(self, route: Route) -> None:
        self.requests.append(_query(route))
        if self.held is None:
            self._answer(route)
        else:
            self.held.append(route)

    def _answer(self, route: Route) -> None:
        asked = _query(route)
        if self.fault:
            status, error = self.fault
            route.fulfill(status=status, json={"error": {"message": "!", **error}})
            return
        wanted = parse_instant(asked["at"])
        if not FIRST <= wanted <= LAST + DAY:
            error = {"code": "replay.out_of_range", "message": "no picture"}
            ends = {"first": to_text(FIRST), "last": to_text(LAST)}
            route.fulfill(status=400, json={"error": {**error, **ends}})
            return
        at = min(wanted, LAST) + STEPS.get(asked.get("go", ""), 0)
        view = "/".join(urlsplit(route.request.url).path.split("/")[4:6])
        frame = json.loads(json.dumps(wait_for(lambda: self._frame(view))))
        frame |= {"at": to_text(at), "epoch": "replay", "seq": (at - FIRST) // SECOND}
        frame["panels"]["cases"]["open"] = open_at(at)
        texts = {"at": to_text(at), "session": "0123abcd-4567cdef"}
        ends = {"first": to_text(FIRST), "last": to_text(LAST)}
        route.fulfill(json={**texts, **ends, "frame": frame})

    def _answer_moments(self, route: Route) -> None:
        route.fulfill(json={"moments": self.moments, "truncated": False})

    def _history(self, route: Route) -> None:
        asked = _query(route)
        self.histories.append(asked)
        end = parse_instant(asked["to"]) if "to" in asked else LAST
        days = int(asked["days"]) if "days" in asked else _days(parse_instant(asked["from"]), end)
        dates = [_date(end - (days - 1 - i) * DAY) for i in range(days)]
        known = set(dates[-self.days_kept :])
        series = {
            name: [_value(name, date) if date in known else None for date in dates]
            for name in asked["metrics"].split(",")
        }
        route.fulfill(json={"region": "120110", "by": "day", "at": dates, "series": series})


def _query(route: Route) -> dict[str, str]:
    words = parse_qs(urlsplit(route.request.url).query)
    return {name: values[0] for name, values in words.items()}


def _days(start: int, end: int) -> int:
    return (end - start) // DAY + 1


def _date(instant: int) -> str:
    return to_text(instant + 8 * HOUR)[:10]


def _value(name: str, date: str) -> float:
    """A number of a day that differs from day to day and between metrics."""
    day = int(date[-2:])
    return 0.9 + day / 1000 if name.endswith("_rate") else 100 * (1 + len(name) % 3) + day
