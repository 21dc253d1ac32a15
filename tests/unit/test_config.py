"""The table of settings."""

import pytest

from cockpit.clock import parse_instant
from cockpit.config import BY_NAME, CLOCK_ANCHOR, SETTINGS, read_settings
from cockpit.errors import CockpitError

GOOD = {
    "port": ("8051", 8051),
    "redis_url": ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
    "simulate": ("off", False),
    "seed": ("7", 7),
    "clock": ("2026-11-23T15:00:00+08:00", parse_instant("2026-11-23T15:00:00+08:00")),
    "speed": ("2.5", 2.5),
    "prefix": ("grid:{120110}", "grid:{120110}"),
    "frame_interval_ms": ("40", 40),
    "tiles": ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example/{z}/{x}/{y}.png"),
    "tiles_crs": ("gcj02", "gcj02"),
    "log_level": ("debug", "debug"),
    "log_format": ("json", "json"),
}
BAD = [
    ("port", "0"),
    ("port", "65536"),
    ("port", "８０５０"),
    ("port", "80a"),
    ("redis_port", ""),
    ("redis_url", "http://x"),
    ("simulate", "maybe"),
    ("seed", "-1"),
    ("seed", "1e3"),
    ("clock", "tomorrow"),
    ("speed", "nan"),
    ("speed", "0"),
    ("speed", "fast"),
    ("prefix", "grid"),
    ("frame_interval_ms", "5"),
    ("tiles", "file:///etc/passwd"),
    ("tiles_crs", "mars"),
    ("log_level", "loud"),
    ("log_format", "xml"),
]


def test_the_defaults_hold() -> None:
    values = read_settings({}, {})
    assert values.keys() == BY_NAME.keys()
    assert (values["port"], values["simulate"], values["clock"]) == (8050, True, None)


@pytest.mark.parametrize("name", GOOD)
def test_an_option_wins_over_the_variable_and_both_over_the_default(name: str) -> None:
    text, value = GOOD[name]
    setting = BY_NAME[name]
    assert read_settings({}, {setting.variable: text})[name] == value
    assert read_settings({name: text}, {setting.variable: setting.default})[name] == value


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_bad_value_is_named_by_where_it_came_from(name: str, text: str) -> None:
    setting = BY_NAME[name]
    for options, environment, origin in (
        ({name: text}, {}, setting.option),
        ({}, {setting.variable: text}, setting.variable),
    ):
        with pytest.raises(CockpitError) as fault:
            read_settings(options, environment)
        assert fault.value.code == "setting.invalid"
        assert str(fault.value).startswith(f"{origin}: ")


def test_a_variable_that_names_no_setting_is_a_fault() -> None:
    with pytest.raises(CockpitError, match="COCKPIT_PROT: there is no such setting"):
        read_settings({}, {"COCKPIT_PROT": "1"})
    read_settings({}, {CLOCK_ANCHOR: "1 2", "PATH": "/bin"})


def test_names_of_options_and_variables() -> None:
    assert BY_NAME["data_dir"].option == "--data-dir"
    assert BY_NAME["data_dir"].variable == "COCKPIT_DATA_DIR"
    assert len({setting.option for setting in SETTINGS}) == len(SETTINGS)
    assert all(setting.help.endswith(".") for setting in SETTINGS)
