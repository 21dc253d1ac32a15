"""Every number of a desk or a meeting says what it means, and every rate of what it is a part."""

from itertools import chain
from typing import Any

import pytest

from cockpit.domain.meeting import COMPARED, DAILY, NOTES, PAGES
from cockpit.domain.meeting_numbers import MEANT
from cockpit.domain.meeting_parts import Column
from cockpit.domain.numbers import NUMBERS, number_of
from cockpit.frames import WallFrames
from cockpit.ledgers import Ledgers
from datasource.office.paper import at_path
from layouts.desk.tables import DEPARTMENT_TILES, QUEUES, TILES
from layouts.i18n import LANGUAGES, Texts, table
from layouts.meeting.pages import definitions
from tests.property.small_world import FlatGeography, regions, rules
from tests.support import NOW

WORDS = {"name", "state", "kind", "who", "leg", "time", "what", "where"}
SHOWN = [
    *chain.from_iterable(page.figures for page in PAGES),
    *(tile.metric for tile in TILES if tile.metric),
]
COLUMNS = [(sheet.rows, each) for page in PAGES for sheet in page.tables for each in sheet.columns]
SERIES = [(chart.rows, each) for page in PAGES for chart in page.charts for each in chart.series]


@pytest.fixture(scope="module")
def panels() -> dict[str, Any]:
    tree = regions()
    ledgers = Ledgers(tree, rules(), FlatGeography())
    ledgers.patrols.advance(NOW)
    return WallFrames(tree, rules(), ledgers).panels(tree.district)


def test_every_rate_names_its_n_and_every_n_has_a_meaning() -> None:
    for name, number in NUMBERS.items():
        assert bool(number.of) == (number.form == "percent"), name
        assert {NUMBERS[each].form for each in number.of} <= {"count"}, name


def test_what_the_frame_shows_has_its_n_in_the_frame(panels: dict[str, Any]) -> None:
    for name in SHOWN:
        for each in number_of(name).of:
            assert isinstance(at_path(panels, each), int), (name, each)


def test_a_rate_in_a_table_has_its_n_in_the_row(panels: dict[str, Any]) -> None:
    rates = panels["rates"]["by_child"][0] | panels["compare"][0]
    fields = {"streets": rates.keys(), "patrols": panels["patrols"]["by_child"][0].keys()}
    own = {each.partition(".")[2] for each in NUMBERS if each.startswith("departments.")}
    fields["departments"] = own  # datasource/departments.py
    for rows, column in [*COLUMNS, *SERIES]:
        if column.number and number_of(column.number).form == "percent" and rows != "days":
            assert column.n in fields[rows], (rows, column.key)


def test_nothing_on_a_desk_or_a_meeting_is_without_a_definition() -> None:
    texts = [table(language) for language in LANGUAGES]
    means = [f"desk.means.{queue.name}" for queue in QUEUES]
    means += [f"meeting.means.{each}" for each in MEANT]
    assert all(texts[0][each] and texts[1][each] for each in means)
    queues = {queue.name for queue in QUEUES}
    assert all(tile.metric or tile.queue in queues for tile in (*TILES, *DEPARTMENT_TILES))
    for name in (*SHOWN, *COMPARED, *DAILY, *(n for _, *told in NOTES.values() for n in told)):
        assert number_of(name).means_zh, name
    assert [(rows, c.key) for rows, c in COLUMNS if not meant(rows, c)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_tells_the_definitions_of_all_that_stands_on_it(language: str) -> None:
    texts = Texts(language)
    for page in PAGES:
        told = dict(definitions(texts, page))
        rows = COMPARED if page.name == "trends" else ()
        for name in (*page.figures, *rows):
            number = number_of(name)
            assert number.zh in told or number.en in told, (page.name, name)
        for sheet in page.tables:
            for column in sheet.columns:
                if f"{sheet.rows}.{column.key}" in MEANT:
                    assert told[texts(f"meeting.column.{column.key}")]


def meant(rows: str, column: Column) -> bool:
    return bool(column.number) or column.key in WORDS or f"{rows}.{column.key}" in MEANT
