"""A panel is whole; colours stand in the tokens; texts stand in both languages and nowhere else."""

import re
from pathlib import Path

import pytest

from layouts.i18n import LANGUAGES, table
from layouts.panels import PANELS
from layouts.screens.wall import WALLS

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "assets" / "css"
JS = ROOT / "assets" / "js"
LAYOUTS = ROOT / "layouts"
TOKENS = CSS / "1-tokens.css"
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NO_COLOUR = "rgba(0,0,0,0)"  # Plotly's word for none


def stems(folder: Path, suffix: str) -> set[str]:
    return {file.stem for file in folder.glob(f"*{suffix}")} - {"__init__"}


def test_a_panel_has_all_its_parts() -> None:
    wanted = set(PANELS)
    assert stems(LAYOUTS / "panels", ".py") == wanted
    assert stems(JS / "panels", ".js") == wanted
    assert stems(CSS / "panels", ".css") == wanted
    for language in LANGUAGES:
        named = {key.split(".")[1] for key in table(language) if key.startswith("panel.")}
        assert named == wanted


def test_every_panel_stands_on_a_wall() -> None:
    placed = {stem for wall in WALLS.values() for stem in wall} | {"headline", "ticker"}
    assert placed == set(PANELS)


def test_the_entry_imports_every_panel_script() -> None:
    boot = (JS / "boot.js").read_text("utf-8")
    for stem in PANELS:
        assert f'import * as {stem} from "./panels/{stem}.js";' in boot
        assert f'export const stem = "{stem}";' in (JS / "panels" / f"{stem}.js").read_text("utf-8")


@pytest.mark.parametrize("level", WALLS)
def test_every_panel_of_a_wall_has_its_place(level: str) -> None:
    screens = (CSS / "4-screens.css").read_text("utf-8")
    for stem in WALLS[level]:
        assert re.search(rf"\.wall-{level} \.panel-{stem} \{{[^}}]*grid-area", screens), stem


def test_no_colour_outside_the_tokens() -> None:
    files = [f for f in CSS.rglob("*.css") if f != TOKENS]
    files += [*JS.rglob("*.js"), *LAYOUTS.rglob("*.py")]
    for file in files:
        text = file.read_text("utf-8").replace(NO_COLOUR, "")
        assert not HEX.search(text), file


def test_every_token_that_is_used_exists() -> None:
    defined = set(re.findall(r"--([\w-]+):", TOKENS.read_text("utf-8")))
    for file in CSS.rglob("*.css"):
        assert set(re.findall(r"var\(--([\w-]+)\)", file.read_text("utf-8"))) <= defined, file


def test_both_languages_have_the_same_texts_with_the_same_facts() -> None:
    zh, en = table("zh"), table("en")
    assert zh.keys() == en.keys()
    for key in zh:
        facts = [set(re.findall(r"\{([^}]+)\}", text)) for text in (zh[key], en[key])]
        optional = {"=shift"}  # the English line has no room for it
        assert facts[0] - optional == facts[1] - optional, key


def test_no_chinese_in_code() -> None:
    for file in (*LAYOUTS.rglob("*.py"), *JS.rglob("*.js"), *CSS.rglob("*.css")):
        assert not CHINESE.search(file.read_text("utf-8")), file


def test_texts_that_the_code_names_exist() -> None:
    keys = table("zh").keys()
    for file in (*LAYOUTS.rglob("*.py"), *JS.rglob("*.js")):
        for key in re.findall(r"""\b(?:t|texts)\(\s*"([\w.]+)"[,)]""", file.read_text("utf-8")):
            assert key in keys, f"{file}: {key}"


def test_the_ids_of_components_are_written_in_one_place() -> None:
    for file in LAYOUTS.rglob("*.py"):
        assert not re.search(r'\bid="', file.read_text("utf-8")), file
