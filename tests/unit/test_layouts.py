"""What Dash builds: the walls' structure, the pages, the figures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from dash.development.base_component import Component
from flask import Flask

from callbacks.gates import Gates
from callbacks.modules import begins_with, fingerprints
from callbacks.pages import create_pages
from cockpit.domain.access import Account, Role
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from datasource.geography import features, load_regions
from datasource.questions import Go
from layouts import ids
from layouts.asked import Asked
from layouts.figures import map as map_figure
from layouts.figures.coordinates import to_gcj02
from layouts.figures.tokens import tokens
from layouts.figures.trend import days, today
from layouts.i18n import Texts, language_of
from layouts.place import Place
from layouts.screens import desk, status, wall
from layouts.time_machine import SPEEDS
from tests.twins import MemoryPeople

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"tiles": "", "tiles_crs": "wgs84"}
CODES = ("120110", "120110006", "120110001011")


@pytest.fixture(scope="module")
def regions() -> Regions:
    return load_regions()


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.from_toml((ROOT / "rules.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def client(regions: Regions, rules: Rules) -> Any:
    server = Flask("test", static_folder=None)
    people = MemoryPeople()
    gates = Gates(regions, people, people, "open", False, lambda _: None)
    create_pages(server, regions, rules, features, SETTINGS, "b1", gates)
    return server.test_client()


def place(regions: Regions, rules: Rules, code: str, language: str = "zh") -> Place:
    return Place(regions, rules, regions.get(code), Texts(language))


def parts(component: Component) -> Iterator[Component]:
    yield component
    yield from component._traverse()


def attributes(component: Component, name: str) -> list[str]:
    found = [each for each in parts(component) if isinstance(each, Component)]
    return [getattr(each, name) for each in found if hasattr(each, name)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wall_shows_what_its_level_promises(
    regions: Regions, rules: Rules, code: str, language: str
) -> None:
    built = wall.layout(place(regions, rules, code, language))
    level = regions.get(code).level
    assert attributes(built, "data-wall") == [code]
    panels = {"header", "headline", "ticker", *wall.WALLS[level]}
    assert set(attributes(built, "data-panel")) == panels
    assert len(attributes(built, "data-tile")) == 8
    metrics = set(attributes(built, "data-metric"))
    assert {"cases.open", "cases.overdue", "patrols.coverage_rate", "patrols.shift"} <= metrics
    assert {"people.enrolled.special", "visits.overdue.elder_alone"} <= metrics


def test_special_groups_are_one_row_without_their_categories(
    regions: Regions, rules: Rules
) -> None:
    text = json.dumps(wall.layout(place(regions, rules, "120110")).to_plotly_json(), default=vars)
    for category in rules.groups["special"].categories:
        assert category not in text


def test_the_language_of_an_address() -> None:
    assert [language_of(s) for s in (None, "", "?lang=en", "?lang=fr", "?map=open&lang=en")] == [
        "zh",
        "zh",
        "en",
        "zh",
        "en",
    ]


def test_a_page_carries_build_view_texts_and_fingerprinted_scripts(client: Any) -> None:
    html = client.get("/wall/120110006?lang=en").get_data(as_text=True)
    assert '<html lang="en" data-view="120110006/wall" data-live="offline">' in html
    page = json.loads(html.split('id="cockpit">')[1].split("</script>")[0])
    assert page["build"] == "b1"
    assert page["language"] == "en"
    assert page["categories"]["0101"] == "Exposed rubbish"
    modules = fingerprints()
    begun = begins_with("/assets/js/boot.js")
    assert len(begun) > 30
    for address, named in modules.items():
        assert (f'href="{named}"' in html) == (address in begun)
    with client.get(modules["/assets/js/boot.js"]) as answer:
        assert answer.status_code == 200


def test_neither_leaflet_nor_plotly_nor_classic_scripts_of_ours_are_in_the_page(
    client: Any,
) -> None:
    html = client.get("/wall/120110").get_data(as_text=True)
    sources = [part.split('"')[0] for part in html.split('<script src="')[1:]]
    assert sources
    assert not [s for s in sources if "leaflet" in s or "plotly" in s or "/assets/" in s]


def test_the_map_of_each_level_draws_its_children(regions: Regions, rules: Rules) -> None:
    for code, count in (("120110", 11), ("120110006", 18), ("120110001011", 20)):
        canvas = map_figure.leaflet(place(regions, rules, code), features, SETTINGS)
        drawn = canvas.children[0].data["features"]
        assert len(drawn) == count
        assert all(set(each["properties"]) == {"code"} for each in drawn)


def test_tiles_of_shifted_coordinates_shift_the_polygons(regions: Regions, rules: Rules) -> None:
    here = place(regions, rules, "120110")
    plain = map_figure.leaflet(here, features, SETTINGS).children[0].data
    tiles = {"tiles": "https://tiles.example/{z}/{x}/{y}.png", "tiles_crs": "gcj02"}
    canvas = map_figure.leaflet(here, features, tiles)
    assert canvas.children[0].url == tiles["tiles"]
    moved = canvas.children[1].data
    lon, lat = plain["features"][0]["geometry"]["coordinates"][0][0]
    assert moved["features"][0]["geometry"]["coordinates"][0][0] == list(to_gcj02(lon, lat))


def test_gcj02_of_a_known_place() -> None:
    # Tiananmen, WGS-84 (116.39128, 39.90735), is (116.39752, 39.90875) there.
    lon, lat = to_gcj02(116.39128, 39.90735)
    assert lon == pytest.approx(116.39752, abs=2e-5)
    assert lat == pytest.approx(39.90875, abs=2e-5)


def test_the_trend_is_drawn_in_the_colours_of_the_tokens() -> None:
    drawn = today(Texts("zh"))
    whole, unfinished = drawn.data[:3], drawn.data[3:]
    assert [line.name for line in whole] == ["last_week", "reported", "closed"]
    assert [line.name for line in unfinished] == ["reported_running", "closed_running"]
    assert all(line.line.dash == "dot" for line in unfinished)
    assert drawn.data[1].line.color == tokens()["blue"]
    assert drawn.layout.xaxis.ticktext[1] == Texts("zh")("panel.trend.hour", hour=6)


def test_unfinished_days_are_dotted() -> None:
    drawn = days()
    assert [line.name for line in drawn.data] == ["first", "first_today", "second", "second_today"]
    assert [line.line.dash for line in drawn.data] == ["solid", "dot", "solid", "dot"]


def test_links_to_walls_above_are_the_scripts_so_that_a_moment_stays(
    regions: Regions, rules: Rules
) -> None:
    built = wall.layout(place(regions, rules, "120110001011"))
    assert attributes(built, "data-go") == ["120110", "120110001"]


@pytest.mark.parametrize("code", CODES)
def test_every_wall_has_a_closed_time_machine(regions: Regions, rules: Rules, code: str) -> None:
    built = wall.layout(place(regions, rules, code))
    assert attributes(built, "data-replay-input") == ["range", "date", "time"]
    assert attributes(built, "data-replay-speed") == [str(speed) for speed in SPEEDS]
    assert set(attributes(built, "data-replay-go")) == set(get_args(Go))
    bars = [each for each in parts(built) if getattr(each, "id", "") == ids.REPLAY_BAR]
    assert [each.hidden for each in bars] == [True]


@pytest.mark.parametrize(
    ("role", "told"), [("leader", ["briefs"]), ("street_operator", ["briefs"]), ("department", [])]
)
def test_a_desk_leads_to_the_briefs_of_whoever_may_see_meetings(
    regions: Regions, rules: Rules, role: Role, told: list[str]
) -> None:
    account = Account("a1", role, "120110", "区城管委" if role == "department" else "")
    built = desk.layout(Asked(place(regions, rules, "120110"), account))
    assert [name for name in attributes(built, "data-do") if name == "briefs"] == told
    [page] = attributes(built, "data-desk")
    assert json.loads(page)["briefs"] == bool(told)


def test_the_operators_page_has_a_place_for_each_stage_and_list() -> None:
    page = status.layout(Texts("zh"), "东丽区")
    assert attributes(page, "data-stage") == list(status.STAGES)
    assert attributes(page, "data-list") == list(status.LISTS)


def test_the_operators_page_brings_its_own_scripts_only(client: Any) -> None:
    html = client.get("/status?lang=en").get_data(as_text=True)
    assert '<html lang="en" data-view="" data-live="offline">' in html
    assert "<title>Status</title>" in html
    modules = fingerprints()
    entry = modules["/assets/js/screens/status.js"]
    assert f'<script type="module" async src="{entry}"></script>' in html
    assert f'rel="modulepreload" href="{modules["/assets/js/boot.js"]}"' not in html
