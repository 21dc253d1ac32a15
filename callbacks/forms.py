"""What pages of plain forms have in common: their fields, their language and their answers."""

from flask import Response, request

from cockpit.errors import CockpitError
from layouts.i18n import Texts, language_of


def form_texts() -> Texts:
    """The texts of the language that the form, else the address, names."""
    asked = request.form.get("lang")
    return Texts(
        language_of(f"lang={asked}" if asked else request.query_string.decode("ascii", "replace"))
    )


def form_page(html: str, fault: CockpitError | None) -> Response:
    """A page that nobody keeps; its status is that of the fault that it tells of."""
    answer = Response(html, 200 if fault is None else fault.status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def form_field(name: str, limit: int) -> str:
    """A field of the form. Raises CockpitError `request.invalid` for one that is too long, or that
    no database could look up."""
    text = request.form.get(name, "")
    if "\0" in text:
        raise CockpitError("request.invalid", why=f"there is a character 0 in {name}")
    if len(text) > limit:
        raise CockpitError("request.invalid", why=f"{name} has more than {limit} characters")
    return text


def filled(*values: str) -> None:
    """Raises CockpitError `access.incomplete` where one is empty: browsers would say so in their
    own language, not in the page's."""
    if not all(each.strip() for each in values):
        raise CockpitError("access.incomplete")
