"""Texts that people typed: what is let in, and how names are compared."""

import re
import unicodedata

from cockpit.errors import CockpitError

_NAME = re.compile(r"[\w.@\-]+")


def checked(field: str, text: str, longest: int, shortest: int = 1) -> str:
    """The text without blanks around it. Raises CockpitError, which names the field: `text.length`
    for one that is too short or too long, `text.unseen` for control characters and the like."""
    text = text.strip()
    if not shortest <= len(text) <= longest:
        raise CockpitError("text.length", field=field, shortest=shortest, longest=longest)
    if any(unseen(character) for character in text):
        raise CockpitError("text.unseen", field=field)
    return text


def unseen(character: str) -> bool:
    """Whether it is a control, format, private or unassigned character, or breaks a line."""
    return unicodedata.category(character)[0] == "C" or character in "\u2028\u2029"


def shown(text: str, longest: int) -> str:
    """Any text, fit for a log or a table: cut, what cannot be seen replaced."""
    return "".join("\ufffd" if unseen(each) else each for each in text[:longest])


def same_name(name: str) -> str:
    """An account's name as it is compared and kept: width and case do not tell names apart."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def checked_name(name: str) -> str:
    """An account's name, normalised. Raises CockpitError `text.*`."""
    name = checked("name", same_name(name), 40, 2)
    if not _NAME.fullmatch(name):
        raise CockpitError("text.name")
    return name
