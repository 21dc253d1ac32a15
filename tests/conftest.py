"""Fixtures that every test may ask for, how many examples property tests draw, and which tests
share a worker.

`make test` draws `moderate`, `make test-fast` `fast`; for a long look:
`pytest --hypothesis-profile thorough tests/property`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from datasource import outage

pytest_plugins = ["tests.support", "tests.postgres"]

# The same examples each time, so that a change is judged by what it changes; `thorough` draws
# others each time.
for name, examples in (("fast", 20), ("moderate", 120), ("thorough", 3000)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, derandomize=name != "thorough",
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
settings.load_profile("moderate")

# Programs that many files ask for, by their fixture. The files of one go to one worker, one after
# the other, so that the program is started once; every other file goes by itself.
LONG_LIVED = {
    "district": (
        "district", "layout_boxes", "login", "meeting", "meeting_telling", "offline",
        "time_machine_boxes",
    ),
    "shared": ("events_to_numbers", "time_machine", "trends"),
}  # fmt: skip
_GROUPS = {f"test_{file}.py": name for name, files in LONG_LIVED.items() for file in files}


def group_of(path: Path) -> str:
    """The name of the group of a test file."""
    return _GROUPS.get(path.name, str(path))


class _Groups(LoadFileScheduling):  # type: ignore[misc]
    """What xdist's `loadfile` does, with groups of files as well."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(Path(super()._split_scope(nodeid)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Groups | None:
    return _Groups(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups in one piece, and the longest first."""
    groups: dict[str, list[pytest.Item]] = {name: [] for name in LONG_LIVED}
    for item in items:
        group = group_of(item.path)
        asked = LONG_LIVED.keys() & set(getattr(item, "fixturenames", ()))
        if asked - {group}:
            raise pytest.UsageError(f"{item.path.name} belongs into LONG_LIVED: {asked}")
        groups.setdefault(group, []).append(item)
    items[:] = [item for group in groups.values() for item in group]


@pytest.fixture(autouse=True)
def nothing_is_away() -> None:
    """What an earlier test in this process left away is no failure of this one."""
    outage._away.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Without coverage for a test marked `bulk`: it walks the same lines millions of times, and
    the tracer would take half of its time."""
    coverage = Coverage.current() if item.get_closest_marker("bulk") else None
    if coverage is not None:
        coverage.stop()
    try:
        return (yield)
    finally:
        if coverage is not None:
            coverage.start()
