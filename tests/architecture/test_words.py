"""One word for one thing in the Chinese texts of walls, desks, meetings and papers."""

import json
from pathlib import Path

import pytest

from cockpit.domain.numbers import NUMBERS

ROOT = Path(__file__).resolve().parents[2]
# What would be a second word, and the first one.
SECOND = {
    "到场": "报到",  # whistle.arrived of events.md
    "按时": "按期",
    "超时哨": "超期哨",
    "哨超时": "哨超期",
    "在办哨": "在途哨",
    "在办事件": "在办案件",
    "超期事件": "超期案件",
    "警告": "警示",  # severity
    "未巡": "漏巡",
}
TEXTS = [*(ROOT / "layouts/i18n/zh").glob("*.json"), ROOT / "docs/handbook.zh.md"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_thing_has_one_word(path: Path) -> None:
    text = path.read_text("utf-8")
    said = json.loads(text).items() if path.suffix == ".json" else enumerate(text.splitlines(), 1)
    found = [(key, word) for key, words in said for word in SECOND if word in words]
    assert not found, f"write {[SECOND[word] for _, word in found]}"


def test_numbers_have_the_words_of_the_screens() -> None:
    for number in NUMBERS.values():
        words = f"{number.zh} {number.means_zh}"
        assert not [word for word in SECOND if word in words], words
