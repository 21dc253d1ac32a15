"""The embedded Redis: starts, keeps, ends, and never leaves an orphan."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from cockpit.errors import CockpitError
from datasource import embedded
from datasource.embedded import EmbeddedRedis, brought_binary, find_binary
from datasource.redis_client import connect
from tests.support import free_port, wait_for

pytestmark = pytest.mark.integration


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    redis = EmbeddedRedis(tmp_path / "a folder", free_port())
    yield redis
    redis.stop(60.0)


def code_of_start(redis: EmbeddedRedis) -> str:
    with pytest.raises(CockpitError) as caught:
        redis.start()
    return caught.value.code


def process_of(client: Redis) -> int:
    return int(client.info("server")["process_id"])


def test_it_starts_and_ends(redis: EmbeddedRedis, tmp_path: Path) -> None:
    redis.start()
    with closing(connect(redis.url)) as client:
        assert client.ping()
        settings: Any = client.config_get()
        assert settings["bind"] == "127.0.0.1"
        assert settings["appendonly"] == "yes"
        assert settings["appendfsync"] == "everysec"
        assert settings["maxmemory-policy"] == "noeviction"
        assert settings["save"] == ""
        process = process_of(client)
    assert (tmp_path / "a folder/redis/redis.log").exists()
    assert redis.exit_code() is None
    redis.stop(60.0)
    assert redis.exit_code() == 0
    assert not Path(f"/proc/{process}").exists()


def test_it_keeps_what_it_had_when_killed(redis: EmbeddedRedis) -> None:
    redis.start()
    with closing(connect(redis.url)) as client:
        client.set("a", "1")
        os.kill(process_of(client), signal.SIGKILL)
        wait_for(lambda: redis.exit_code() is not None)
        redis.start()
        assert client.get("a") == b"1"


def test_the_folder_serves_one_at_a_time(
    redis: EmbeddedRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis.start()
    other = EmbeddedRedis(tmp_path / "a folder", free_port())
    with monkeypatch.context() as impatient:
        impatient.setattr(embedded, "_LAST_WORDS_SECONDS", 0.1)
        assert code_of_start(other) == "data_dir.unusable"
    redis.stop(60.0)
    other.start()
    other.stop(60.0)


def test_a_taken_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_PORT_SECONDS", 0.1)
    redis = EmbeddedRedis(tmp_path, port := free_port())
    with socket.create_server(("127.0.0.1", port)):
        assert code_of_start(redis) == "port.taken"
    redis.start()  # nothing is left behind that could hold the folder
    redis.stop(60.0)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert code_of_start(EmbeddedRedis(tmp_path / "var", free_port())) == "data_dir.unusable"


def test_damaged_files_are_named_not_overwritten(redis: EmbeddedRedis, tmp_path: Path) -> None:
    redis.start()
    with closing(connect(redis.url)) as client:
        client.set("a", "1")
    redis.stop(60.0)
    (file,) = tmp_path.glob("a folder/redis/appendonlydir/*.incr.aof")
    file.write_bytes(b"garbage\n" + file.read_bytes())
    with pytest.raises(CockpitError) as caught:
        redis.start()
    assert caught.value.code == "redis.start_failed"
    assert "append only file" in str(caught.value)
    assert file.read_bytes().startswith(b"garbage")


def test_the_machines_own_binary_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_binary() == shutil.which("redis-server")
    monkeypatch.setenv("PATH", "/nonexistent")
    assert find_binary() == brought_binary()
    monkeypatch.setattr(embedded, "brought_binary", lambda: "")
    with pytest.raises(CockpitError) as caught:
        find_binary()
    assert caught.value.code == "redis.binary_missing"


def test_the_brought_binary_serves(redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_binary", brought_binary)
    redis.start()
    with closing(connect(redis.url)) as client:
        assert client.info("server")["redis_version"].startswith("6.2")


PARENT = """
import sys, time
from pathlib import Path
from datasource.embedded import EmbeddedRedis
redis = EmbeddedRedis(Path(sys.argv[1]), int(sys.argv[2]))
redis.start()
print("started", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    port = free_port()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(port)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        with closing(connect(f"redis://127.0.0.1:{port}/0")) as client:
            client.set("a", "1")
            child = process_of(client)
        parent.send_signal(how)
    successor = EmbeddedRedis(tmp_path, port)
    successor.start()  # waits until the one before has written its last
    with closing(connect(successor.url)) as client:
        assert client.get("a") == b"1"
        assert process_of(client) != child
    wait_for(lambda: not Path(f"/proc/{child}").exists() or _is_zombie(child))
    successor.stop(60.0)


def _is_zombie(process: int) -> bool:
    """Ended, and not yet collected by the machine's init."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True  # and now it is
