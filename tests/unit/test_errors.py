"""The closed table of errors."""

import pickle
import re
import string

import pytest

from cockpit.errors import ERRORS, CockpitError, archive, arriving, desk, people, program, serving

FACTS = {
    name: 7
    for entry in ERRORS.values()
    for text in (entry.en, entry.zh)
    for _, name, _, _ in string.Formatter().parse(text)
    if name
}


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_texts_in_both_languages_with_the_same_facts(code: str) -> None:
    entry = ERRORS[code]
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
    assert 400 <= entry.status < 600
    assert re.search(r"[\u4e00-\u9fff]", entry.zh)
    assert not re.search(r"[\u4e00-\u9fff]", entry.en)
    error = CockpitError(code, **FACTS)
    assert "{" not in error.text("en") + error.text("zh")
    assert str(error) == error.text()
    assert error.status == entry.status


def test_a_code_stands_in_one_area() -> None:
    areas = (arriving.ARRIVING, serving.SERVING, archive.ARCHIVE, people.PEOPLE, desk.DESK)
    codes = [code for area in (*areas, program.PROGRAM) for code in area]
    assert sorted(codes) == sorted(ERRORS)


def test_a_code_outside_the_table_is_a_programming_fault() -> None:
    with pytest.raises(KeyError):
        CockpitError("case.lost")


def test_facts_may_hold_braces() -> None:
    assert "{x}" in str(CockpitError("region.unknown", region="{x}"))


def test_an_error_goes_to_another_process() -> None:
    error = CockpitError("port.taken", port=8050, option="--port")
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.code, twin.facts, str(twin)) == (error.code, error.facts, str(error))
