"""As many open files as the machine lets a web server have."""

import logging
import resource
from collections.abc import Iterator

import pytest

from callbacks.listening import allow_files
from cockpit.errors import CockpitError


@pytest.fixture(autouse=True)
def hard() -> Iterator[int]:
    """The hard limit; the soft one is low during a test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_soft_limit_becomes_the_hard_one(hard: int, caplog: pytest.LogCaptureFixture) -> None:
    allow_files(1)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    assert not caplog.records


def test_too_few_files_are_said_with_what_to_do(
    hard: int, caplog: pytest.LogCaptureFixture
) -> None:
    allow_files(hard)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert isinstance(record.args, tuple)
    (error,) = record.args
    assert isinstance(error, CockpitError)
    assert error.code == "files.too_few"
    assert "LimitNOFILE" in record.getMessage()
    assert str(hard) in record.getMessage()
