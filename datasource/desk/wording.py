"""Words that people write about their work: remarks and reasons. They are shown as text, on desks
only, and hold nothing about a person."""

import re
import unicodedata

from cockpit.domain import privacy
from cockpit.errors import CockpitError
from datasource.desk.texts import checked

# What people put between the digits of a number, which is one all the same.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-.·,()（）、，_]+(?=\d)")


def words(field: str, text: str, longest: int, *, lines: bool = False) -> str:
    """The text without blanks around it; `lines`: it may have several. Raises CockpitError
    `text.*`, or `privacy.personal_value` when it holds what looks like a phone or identity
    number, however it is written."""
    text = text.strip().replace("\r\n", "\n")
    if lines:
        checked(field, text.replace("\n", " ").replace("\t", " "), longest)
    else:
        text = checked(field, text, longest)
    plain = unicodedata.normalize("NFKC", text)
    joined = _BETWEEN_DIGITS.sub("", plain)
    if any(privacy.personal_values(each.encode()) for each in (plain, joined)):
        raise CockpitError("privacy.personal_value", field=field)
    return text
