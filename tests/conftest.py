"""Fixtures that every test may ask for, which tests stay together when they run side by side,
and how many examples property tests draw.

`make test` draws `moderate`, `make test-fast` `fast`; for a long look:
`pytest --hypothesis-profile thorough tests/property`.
"""

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support"]

for name, examples in (("fast", 20), ("moderate", 200), ("thorough", 3000)):
    settings.register_profile(name, max_examples=examples, deadline=None)
settings.load_profile("moderate")


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests share what its fixtures build, and all in the browser one district: each
    of these stays in one process of `--dist loadgroup`."""
    for item in items:
        group = "e2e" if item.path.parent.name == "e2e" else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))
