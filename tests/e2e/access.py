"""What axe-core says of a page."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.support import wait_for


def assert_accessible(page: Page, what: str = "") -> None:
    """No serious or critical fault, once the page has come to rest: while something fades in, its
    letters are pale."""
    found: list[str] = []

    def look() -> bool:
        found[:] = _faults(page)
        return not found

    try:
        wait_for(look, 30)
    except AssertionError:
        pytest.fail("\n".join([what, *found]))


def _faults(page: Page) -> list[str]:
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in Axe().run(page).response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
