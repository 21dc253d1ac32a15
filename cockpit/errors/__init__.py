"""The closed table of errors.

Every fault a person or another system can meet has a code, an HTTP status and a text in
both languages that says what is wrong and what to do. `CockpitError(code, **facts)` fills
the text; a code outside the table is a programming fault and raises KeyError at once. The
rows stand in one module an area; each code once.
"""

from cockpit.errors.archive import ARCHIVE
from cockpit.errors.arriving import ARRIVING
from cockpit.errors.desk import DESK
from cockpit.errors.people import PEOPLE
from cockpit.errors.program import PROGRAM
from cockpit.errors.serving import SERVING
from cockpit.errors.text import ErrorText

ERRORS: dict[str, ErrorText] = {
    **ARRIVING,
    **SERVING,
    **ARCHIVE,
    **PEOPLE,
    **DESK,
    **PROGRAM,
}


class CockpitError(Exception):
    """A known fault, by its code. `facts` fill the texts and go out with API answers."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        self.status = ERRORS[code].status
        super().__init__(self.text("en"))

    def text(self, language: str = "en") -> str:
        """The text in `zh` or `en`, facts filled in."""
        entry = ERRORS[self.code]
        return (entry.zh if language == "zh" else entry.en).format(**self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.code, self.facts))


def _rebuild(code: str, facts: dict[str, object]) -> CockpitError:
    return CockpitError(code, **facts)
