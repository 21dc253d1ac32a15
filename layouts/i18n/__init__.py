"""The texts of the interface: one flat table a language, in files by what they are for.

`<language>/wall.json` walls and what all screens share, `people.json` signing in, accounts,
devices and keys, `desk.json` the desk, `meeting.json` meetings and papers, `briefs.json` the list
of briefs.
"""

import json
import string
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

LANGUAGES = ("zh", "en")


FILES = ("wall", "people", "desk", "meeting", "briefs")


@cache
def table(language: str, files: tuple[str, ...] = FILES) -> dict[str, str]:
    """The texts of a language by key, of these files. Read once, at first use."""
    texts: dict[str, str] = {}
    for name in files:
        path = Path(__file__).parent / language / f"{name}.json"
        texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts


def language_of(search: str | None) -> str:
    """The language an address asks for (`?lang=en`); Chinese when it names no known one."""
    asked = parse_qs((search or "").lstrip("?")).get("lang", [""])[0]
    return asked if asked in LANGUAGES else LANGUAGES[0]


class Texts:
    """The texts in one language: `texts(key, **facts)`. An unknown key raises KeyError."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **facts: object) -> str:
        return table(self.language)[key].format(**facts)

    def parts(self, key: str) -> list[tuple[str, str | None]]:
        """A text as (words, name of the fact that follows them or None)."""
        text = table(self.language)[key]
        return [(words, name) for words, name, _, _ in string.Formatter().parse(text)]
