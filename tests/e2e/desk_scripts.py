"""The scripts of a desk in Chromium without a program behind them: the page is the layout's own,
and a test says what the server answers. For what takes no more than that to be seen."""

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from dash.development.base_component import Component
from playwright.sync_api import Browser, Page, Route

from cockpit.domain.access import Account
from cockpit.domain.rules import Rules
from datasource.geography import load_regions
from layouts.asked import Asked
from layouts.i18n import Texts, table
from layouts.place import Place
from layouts.screens import desk
from tests.e2e.conftest import new_page
from tests.e2e.desks import DESK, STREET

ROOT = Path(__file__).resolve().parents[2]
AT = "2026-11-23T15:30:00+08:00"
CLERK = Account("a-clerk", "street_operator", STREET)
Answer = tuple[int, Any]
# (method, path, body) → status and what the server says.
Server = Callable[[str, str, Any], Answer]
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_CSS = "".join(
    f'<link rel="stylesheet" href="/{file.relative_to(ROOT).as_posix()}">'
    for file in sorted((ROOT / "assets" / "css").rglob("*.css"))
)
_LIVE = """async (js) => {
  const { GridTwin } = await import("/twin.js");
  const { Desk } = await js("desk");
  (await js("keys")).start(() => window.desk?.hands);
  window.grid = new GridTwin();
  window.desk = new Desk(document.querySelector(".desk"), window.grid);
}"""


def refused(code: str, message: str = "", **facts: Any) -> dict[str, Any]:
    """A result of the server that is an error."""
    return {"error": {**facts, "code": code, "message": message}}


# Cases as their rows tell, due at 17:00.
ROW = {
    "subject": "case/A1", "key": "A1", "region": "120110001005001", "place": "第一网格",
    "version": 7, "state": "in_time", "due": "2026-11-23T09:00:00Z", "stage": "reported",
    "standing": "reported", "reached": 0, "supervised": 0, "ended": "", "suspended": False,
    "category": "0101", "grade": "urgent", "reported": "2026-11-23T06:00:00Z",
}  # fmt: skip


def row(key: str, **other: Any) -> dict[str, Any]:
    return {**ROW, "subject": f"case/{key}", "key": key, **other}


class World:
    """What a server answers, as a test sets it: the rows of every list, what each command comes
    to, and requests that are refused, by a part of their path."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.results: dict[str, dict[str, Any]] = {}  # by subject, else it is done
        self.closed: dict[str, Answer] = {}
        self.given: list[dict[str, Any]] = []
        self.offered = ["case.accepted", "case.declined", "remark"]
        self.n = 7

    def __call__(self, method: str, path: str, body: Any) -> Answer:
        for part, answer in self.closed.items():
            if part in path:
                return answer
        told = {"n": self.n, "at": "2026-11-23T07:30:00Z"}
        if path.endswith("/queues"):
            queues = ("to_accept", "to_dispatch", "overdue", "cases_all", "visits_overdue")
            return 200, {**told, "counts": dict.fromkeys(queues, len(self.rows))}
        if path.endswith("/rows"):
            return 200, {**told, "total": len(self.rows), "rows": self.rows}
        if path.endswith("/commands"):
            self.given += body["commands"]
            self.n += 1
            return 200, {"results": [self._result(each) for each in body["commands"]]}
        if "/subjects/" in path:
            return self._subject(path.rpartition("/")[2], told)
        return 200, {"features": []}

    def _subject(self, key: str, told: dict[str, Any]) -> Answer:
        found = next((each for each in self.rows if each["key"] == key), None)
        if found is None:
            return 404, refused("subject.unknown", subject=f"case/{key}")
        lists: Any = {name: [] for name in ("events", "legs", "related", "remarks")}
        return 200, {**told, "row": found, **lists, "commands": self.offered}

    def _result(self, command: dict[str, Any]) -> dict[str, Any]:
        done = {"n": self.n, "subject": command["subject"]}
        return {"id": command["id"], **self.results.get(command["subject"], done)}


class Scripts:
    """A page that holds a desk's elements and none of its life: a test imports what it looks at.
    `asked`: every request, as (method, path, body)."""

    def __init__(self, browser: Browser, server: Server | None = None) -> None:
        self.page: Page = new_page(browser, viewport=DESK)
        self.asked: list[tuple[str, str, Any]] = []
        self.server = server or (lambda *_: (200, {}))
        self.account, self.language = CLERK, "zh"
        self.page.route("**/*", self._serve)

    def open(self, account: Account = CLERK, language: str = "zh", at: str = AT) -> "Scripts":
        """Load the page anew, for somebody, as of an instant of the server's clock."""
        self.account, self.language = account, language
        self.asked.clear()
        self.page.goto(f"http://localhost/desk/{account.region}/to_accept")
        self.page.evaluate(
            """async (at) => {
              const { setClock } = await import("/assets/js/core/clock.js");
              setClock(Date.parse(at), performance.now(), 0);
            }""",
            at,
        )
        return self

    def run(self, script: str, value: Any = None) -> Any:
        """Evaluate `async (js, value) => …`, in which `js(name)` imports a module of desks."""
        wrapped = f"(value) => ({script})((name) => import(`/assets/js/desk/${{name}}.js`), value)"
        return self.page.evaluate(wrapped, value)

    def live(self) -> "Scripts":
        """A whole desk begins, with its keys, on a twin of the grid: `desk` and `grid`."""
        self.run(_LIVE)
        return self

    def close(self) -> None:
        self.page.context.close()

    def _serve(self, route: Route) -> None:
        path = route.request.url.partition("://localhost")[2].partition("?")[0]
        if path == "/twin.js":
            twin = Path(__file__).with_name("grid_twin.js").read_bytes()
            route.fulfill(body=twin, content_type=_TYPES[".js"])
        elif path.startswith("/assets/"):
            file = ROOT / path.removeprefix("/")
            route.fulfill(body=file.read_bytes(), content_type=_TYPES[file.suffix])
        elif path.startswith("/api/"):
            asked = (route.request.method, path, route.request.post_data_json)
            self.asked.append(asked)
            status, said = self.server(*asked)
            route.fulfill(status=status, json=said)
        else:
            route.fulfill(body=self._html(), content_type="text/html; charset=utf-8")

    def _html(self) -> str:
        regions, rules = load_regions(), Rules.from_toml(Path("rules.toml").read_text("utf-8"))
        place = Place(regions, rules, regions.get(self.account.region), Texts(self.language))
        page = {
            "language": self.language,
            "texts": table(self.language),
            "categories": {
                code: getattr(name, self.language)
                for code, name in {**rules.mains, **rules.minors}.items()
            },
            "account": {"id": self.account.id, "role": self.account.role},
            "csrf": "token",
        }
        built = _html_of(desk.layout(Asked(place, self.account)))
        told = json.dumps(page, ensure_ascii=False).replace("<", "\\u003c")
        return (
            f'<!doctype html><html lang="{self.language}"><head>{_CSS}</head><body>'
            f'<script type="application/json" id="cockpit">{told}</script>'
            f'<div id="react-entry-point">{built}</div></body></html>'
        )


def _html_of(part: Any) -> str:
    """The HTML of what Dash would build; of a component that is not HTML an empty element."""
    if isinstance(part, list | tuple):
        return "".join(_html_of(each) for each in part)
    if not isinstance(part, Component):
        return "" if part is None else escape(str(part))
    plain = part._namespace == "dash_html_components"
    tag = part._type.lower() if plain else "div"
    names = {"className": "class", "tabIndex": "tabindex"}
    said = {names.get(name, name): value for name, value in part.to_plotly_json()["props"].items()}
    children = said.pop("children", None)
    if not plain:
        return f"<{tag}></{tag}>"
    attributes = "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in said.items()
        if value is not False and value is not None
    )
    return f"<{tag}{attributes}>{_html_of(children)}</{tag}>"
