"""The supervisor: what dies is started again, what cannot work ends all, nothing is left."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cockpit.errors import CockpitError
from datasource.supervisor import Role, Supervisor
from tests.support import wait_for

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
# Writes its pid when it has begun; a first argument is the exit code to end with.
CHILD = """
import os, sys, time
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
if len(sys.argv) > 2:
    sys.exit(int(sys.argv[2]))
time.sleep(600)
"""


class Watch:
    """A supervisor in a thread of its own."""

    def __init__(self) -> None:
        self.supervisor, self.stop = Supervisor(), threading.Event()
        self.looks = 0
        self.code: int | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        self.code = self.supervisor.watch(self.stop, self._look)

    def _look(self) -> None:
        self.looks += 1

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.stop.set()
        if self._thread.ident is not None:
            self._thread.join(60)
        self.supervisor.stop()


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.end()


def role(file: Path, *arguments: str) -> Role:
    command = [sys.executable, "-c", CHILD, str(file), *arguments]
    return Role(file.name, command, dict(os.environ))


def pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def test_a_member_that_dies_is_started_again_and_all_end(watch: Watch, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    watch.supervisor.start(role(first))
    watch.supervisor.start(role(second))
    wait_for(lambda: pids(first) and pids(second))
    watch.start()
    for deaths in (1, 2):
        os.kill(pids(second)[-1], signal.SIGKILL)
        wait_for(lambda deaths=deaths: len(pids(second)) == deaths + 1)
    assert len(pids(first)) == 1
    watch.end()
    assert watch.code == 0
    assert watch.looks > 0
    assert not [pid for pid in pids(first) + pids(second) if psutil.pid_exists(pid)]


def test_a_setting_that_is_wrong_ends_all_with_its_code(watch: Watch, tmp_path: Path) -> None:
    watch.supervisor.start(role(tmp_path / "good"))
    watch.supervisor.start(role(tmp_path / "bad", "2"))
    watch.start()
    wait_for(lambda: watch.code is not None)
    assert watch.code == 2
    assert len(pids(tmp_path / "bad")) == 1


def test_a_fault_that_may_pass_is_tried_again_after_longer_pauses(
    watch: Watch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watch.supervisor.start(role(tmp_path / "weak", "1"))
    watch.start()
    wait_for(lambda: len(pids(tmp_path / "weak")) >= 3)
    assert "weak ended with code 1; it is started again in 0.0 s" in caplog.text
    assert "weak ended with code 1; it is started again in 1.0 s" in caplog.text


class Refusing:
    """A member that starts once and then cannot."""

    name = "refusing"

    def __init__(self) -> None:
        self.starts = 0

    def start(self) -> None:
        self.starts += 1
        if self.starts == 2:
            raise CockpitError("port.taken", port=1, option="--redis-port")

    def exit_code(self) -> int | None:
        return -9 if self.starts == 1 else None

    def ask_to_stop(self) -> None:
        return

    def stop(self, seconds: float) -> None:
        return


def test_a_start_that_is_refused_is_tried_again(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    member = Refusing()
    watch.supervisor.start(member)
    watch.start()
    wait_for(lambda: member.starts == 3)
    assert "refusing did not start (Port 1 is taken" in caplog.text


STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(600)
"""


def test_who_does_not_end_is_killed(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasource.supervisor._STOP_SECONDS", 0.2)
    file = tmp_path / "stubborn"
    command = [sys.executable, "-c", STUBBORN, str(file)]
    watch.supervisor.start(Role("stubborn", command, dict(os.environ)))
    wait_for(lambda: pids(file))
    watch.supervisor.stop()
    assert not psutil.pid_exists(pids(file)[0])


PARENT = f"""
import sys, os, time
sys.path.insert(0, {str(ROOT)!r})
from datasource.supervisor import Role
Role("child", [sys.executable, "-c", {CHILD!r}, sys.argv[1]], dict(os.environ)).start()
time.sleep(600)
"""


def test_members_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "child"
    with subprocess.Popen([sys.executable, "-c", PARENT, str(file)]) as parent:
        wait_for(lambda: pids(file))
        parent.kill()
    child = pids(file)[0]
    wait_for(lambda: not lives(child))


def lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
