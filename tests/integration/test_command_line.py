"""The command line: one clear line for every fault, exit code 2, nothing damaged."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.config import SETTINGS
from cockpit.errors import CockpitError
from datasource.command_line import parse, read_rules
from datasource.embedded import EmbeddedRedis
from datasource.log import RedisLog
from datasource.redis_client import connect
from tests.program import ROOT, Program
from tests.support import NOW, PREFIX, event, free_port, wait_for

pytestmark = pytest.mark.integration


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("COCKPIT_")}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def assert_fault(done: subprocess.CompletedProcess[str], code: str, *words: str) -> None:
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(f"{code}: ")
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "role"),
        (["eat"], "eat"),
        (["run", "--eat"], "--eat"),
        (["run", "--port", "0"], "--port"),
        (["run", "--port", "http"], "--port"),
        (["run", "--redis-url", "localhost:6379"], "--redis-url"),
        (["run", "--clock", "yesterday"], "--clock"),
        (["run", "--clock", "2026-11-23T15:00:00"], "--clock"),
        (["run", "--speed", "0"], "--speed"),
        (["run", "--seed", "x"], "--seed"),
        (["run", "--prefix", "grid"], "--prefix"),
        (["run", "--rules", "nowhere.toml"], "--rules"),
        (["run", "--log-level", "loud"], "--log-level"),
    ],
)
def test_a_bad_option_is_named(arguments: list[str], word: str) -> None:
    assert_fault(call(*arguments), "setting.invalid", word)


def test_a_bad_variable_is_named_and_so_is_one_that_nobody_knows() -> None:
    assert_fault(call("run", COCKPIT_PORT="x"), "setting.invalid", "COCKPIT_PORT")
    assert_fault(call("run", COCKPIT_PROT="1"), "setting.invalid", "COCKPIT_PROT")


def test_bad_rules_are_named_by_their_line(tmp_path: Path) -> None:
    text = (ROOT / "rules.toml").read_text(encoding="utf-8")
    (tmp_path / "rules.toml").write_text(text.replace("08:30-12:00", "12:00-08:30", 1))
    done = call("run", "--rules", str(tmp_path / "rules.toml"), "--data-dir", str(tmp_path / "v"))
    assert_fault(done, "rules.invalid", "line", "hours.working")
    assert not (tmp_path / "v").exists()


def test_an_unknown_scenario_ends_the_whole(tmp_path: Path) -> None:
    done = call(
        "run", "--scenario", "feast", "--data-dir", str(tmp_path),
        "--port", str(free_port()), "--redis-port", str(free_port()),
    )  # fmt: skip
    assert_fault(done, "scenario.invalid", "feast", "ordinary")


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_its_option(taken: int, tmp_path: Path) -> None:
    done = call("run", "--port", str(taken), "--data-dir", str(tmp_path / "var"))
    assert_fault(done, "port.taken", str(taken), "--port")
    assert not (tmp_path / "var").exists()
    done = call(
        "run", "--redis-port", str(taken), "--port", str(free_port()), "--data-dir", str(tmp_path)
    )
    assert_fault(done, "port.taken", str(taken), "--redis-port")


def test_an_address_that_is_not_ours_is_named(tmp_path: Path) -> None:
    done = call("run", "--host", "192.0.2.1", "--data-dir", str(tmp_path))
    assert_fault(done, "setting.invalid", "--host")


def test_a_data_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    done = call("run", "--data-dir", str(tmp_path / "file"), "--port", str(free_port()))
    assert_fault(done, "data_dir.unusable", str(tmp_path / "file"))
    assert (tmp_path / "file").read_text() == "kept"


def test_a_redis_that_does_not_answer_is_named() -> None:
    port = free_port()
    done = call("run", "--redis-url", f"redis://127.0.0.1:{port}/0", "--port", str(free_port()))
    assert_fault(done, "redis.unreachable", str(port))


def test_a_clock_behind_the_log_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    redis = EmbeddedRedis(tmp_path / "var", free_port())
    redis.start()
    with closing(connect(redis.url)) as client:
        RedisLog(client, PREFIX).append([event(1)], NOW)
    redis.stop(60)
    arguments = ["--data-dir", str(tmp_path / "var"), "--port", str(free_port())]
    arguments += ["--redis-port", str(free_port()), "--no-simulate"]
    done = call("run", *arguments, "--clock", "2026-11-22T15:10:00+08:00")
    assert_fault(done, "clock.behind_log", "2026-11-22T07:10")
    again = Program(tmp_path, simulate=False, clock="2026-11-24T15:10:00+08:00").wait_ready()
    try:
        assert wait_for(lambda: again.frame("120110/wall"))["seq"] == 1
    finally:
        again.stop()


def test_every_setting_is_an_option() -> None:
    values = {"port": "1", "seed": "2"}
    for setting in SETTINGS:
        value = values.get(setting.name, "x")
        assert parse(["run", setting.option, value], "") == ("run", {setting.name: value})
    assert parse(["run", "--no-simulate"], "") == ("run", {"simulate": "false"})
    assert parse(["serve"], "") == ("serve", {})
    with pytest.raises(CockpitError, match="nowhere"):
        read_rules(Path("nowhere.toml"))


def test_help_names_every_option_and_its_variable() -> None:
    done = call("--help")
    assert done.returncode == 0
    for setting in SETTINGS:
        assert setting.option in done.stdout
        assert setting.variable in done.stdout
