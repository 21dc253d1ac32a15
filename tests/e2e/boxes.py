"""Measuring the boxes of a wall once they have come to rest."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.support import wait_for

_MEASURE = (Path(__file__).parent / "measure_boxes.js").read_text("utf-8")
# Rows are fitted and labels moved apart in the pictures after a change.
_PICTURES = """() => new Promise((done) => {
  const next = (left) => left ? requestAnimationFrame(() => next(left - 1)) : done();
  next(4);
})"""

Size = tuple[int, int]


def turned(sizes: Sequence[Size], turn: int) -> list[Size]:
    """The sizes, another one first at every turn."""
    start = turn % len(sizes)
    return [*sizes[start:], *sizes[:start]]


def resize(page: Page, size: Size) -> None:
    """Give the page's window another size."""
    page.set_viewport_size({"width": size[0], "height": size[1]})


def assert_exact(page: Page, what: object) -> None:
    """Every box has its place, and keeps it some pictures later; fails with what is wrong."""

    def exact() -> bool:
        found[:] = page.evaluate(_MEASURE)
        if not found:
            page.evaluate(_PICTURES)
            found[:] = page.evaluate(_MEASURE)
        return not found

    found: list[str] = []
    try:
        wait_for(exact, pause=0.1)
    except AssertionError:
        raise AssertionError(f"{what}: {found}") from None
