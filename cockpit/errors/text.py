"""What a row of the table of errors holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorText:
    """Status for HTTP and the texts, with the names of facts in braces."""

    status: int
    en: str
    zh: str


def bad(en: str, zh: str) -> ErrorText:
    """The row of a request or an input that is wrong: status 400."""
    return ErrorText(400, en, zh)
