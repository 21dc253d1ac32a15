"""The short form of the kill matrix (tests/chaos): the most telling pairs of faults."""

import pytest
from playwright.sync_api import Browser

from tests.chaos.matrix import run_seed
from tests.chaos.plan import CLOCKS, Fault, Plan
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_log_and_database_are_killed(durable_postgres: PostgresServer, browser: Browser) -> None:
    faults = [Fault("kill", "redis", 3.0, 1.0), Fault("kill", "database", 3.5, 2.0)]
    assert run_seed(Plan(1001, [faults], True, CLOCKS[1]), durable_postgres, browser, print) == []


def test_redis_falls_silent_and_the_projector_dies(browser: Browser) -> None:
    faults = [Fault("silence", "redis", 3.0, 6.0), Fault("kill", "project", 6.0)]
    assert run_seed(Plan(1002, [faults], False, CLOCKS[2]), None, browser, print) == []
