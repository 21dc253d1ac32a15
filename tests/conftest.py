"""Fixtures that every test may ask for, and how many examples property tests draw.

`make test` draws `moderate`, `make test-fast` `fast`; for a long look:
`pytest --hypothesis-profile thorough tests/property`.
"""

from hypothesis import settings

pytest_plugins = ["tests.support", "tests.postgres"]

for name, examples in (("fast", 20), ("moderate", 120), ("thorough", 3000)):
    settings.register_profile(name, max_examples=examples, deadline=None)
settings.load_profile("moderate")
