"""Plain pages that work without scripts: signing in and one's own account."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from layouts.i18n import Texts

_TEMPLATES = Environment(
    loader=PackageLoader("layouts"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def document(page: str, texts: Texts, **facts: object) -> str:
    """The HTML of `templates/<page>.html`; every fact is escaped."""
    return _TEMPLATES.get_template(f"{page}.html").render(texts=texts, **facts)
