"""Instants and clocks."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.clock import (
    MINUTE,
    SECOND,
    SystemClock,
    parse_instant,
    to_datetime,
    to_micros,
    to_text,
)
from cockpit.errors import CockpitError
from tests.twins import ManualClock


@given(st.datetimes(datetime(1900, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_keep_every_microsecond(moment: datetime) -> None:
    assert to_datetime(to_micros(moment)) == moment


def test_reading_and_writing() -> None:
    instant = parse_instant("2026-11-23T15:00:00.25+08:00")
    assert to_text(instant) == "2026-11-23T07:00:00.250Z"
    assert parse_instant("2026-11-23T07:00:00.25Z") == instant
    assert parse_instant(to_text(instant)) == instant


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-23", "2026-11-23T15:00:00", "2026-13-01T00:00:00Z", "9" * 99]
)
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(CockpitError) as fault:
        parse_instant(text)
    assert fault.value.code == "setting.instant"


def test_system_clock_runs_on_from_its_origin() -> None:
    real = time.time_ns() // 1000
    origin = parse_instant("2026-11-23T15:00:00+08:00")
    clock = SystemClock(origin, real - 10 * SECOND, speed=60.0)
    assert clock.speed == 60.0
    first = clock.now()
    assert first >= origin + 10 * MINUTE
    assert clock.now() >= first
    twin = SystemClock(origin, real - 10 * SECOND, speed=60.0)
    assert clock.now() <= twin.now() <= clock.now()


def test_system_clock_shows_the_machine_s_time_by_default() -> None:
    before = time.time_ns() // 1000
    clock = SystemClock()
    assert before <= clock.now() <= time.time_ns() // 1000
    assert clock.origin == clock.real_origin
    assert clock.speed == 1.0


def test_manual_clock() -> None:
    clock = ManualClock("2026-11-23T15:00:00+08:00")
    start = clock.now()
    assert clock.advance(MINUTE) == start + MINUTE == clock.now()
    assert clock.set(5) == 5 == clock.now()
    assert clock.set("1970-01-01T00:00:01Z") == SECOND
    assert clock.speed == 1.0
    assert ManualClock(7).now() == 7
