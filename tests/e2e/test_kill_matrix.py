"""The short form of the kill matrix (tests/chaos): the most telling pairs of faults."""

import pytest
from playwright.sync_api import Browser

from tests.chaos.matrix import run_seed
from tests.chaos.plan import Fault, Plan
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# Where the clock starts: so that it happens under load.
SHIFT_ENDS, DAY_ENDS = "2026-11-23T17:29:45+08:00", "2026-11-23T23:59:45+08:00"


def test_log_and_database_are_killed(durable_postgres: PostgresServer, browser: Browser) -> None:
    faults = [Fault("kill", "redis", 3.0, 1.0), Fault("kill", "database", 3.5, 2.0)]
    assert run_seed(Plan(1001, [faults], True, SHIFT_ENDS), durable_postgres, browser, print) == []


def test_redis_falls_silent_and_the_projector_dies(browser: Browser) -> None:
    faults = [Fault("silence", "redis", 3.0, 6.0), Fault("kill", "project", 6.0)]
    assert run_seed(Plan(1002, [faults], False, DAY_ENDS), None, browser, print) == []
