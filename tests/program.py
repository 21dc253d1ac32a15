"""Runs the real program for tests: on free ports, in a folder of its own, always ended."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil

from tests.support import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
CLOCK = "2026-11-23T15:10:00+08:00"


def get_json(url: str) -> tuple[int, Any]:
    """Status and JSON of an answer; (0, None) when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()
        return error.code, json.loads(body) if body.startswith(b"{") else None
    except (OSError, HTTPException):  # the latter: it died in the middle of its answer
        return 0, None


def wait_json(url: str) -> Any:
    """The JSON of an answer, once it is one and no error."""
    return wait_for(lambda: (answer := get_json(url))[0] == 200 and answer)[1]


def post_json(url: str, value: object) -> tuple[int, Any]:
    """Status and JSON of the answer to a POST of `value`."""
    request = urllib.request.Request(
        url, json.dumps(value).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


class Program:
    """One `python app.py <role> ...`. Its stderr and stdout go to files in `folder`."""

    def __init__(self, folder: Path, role: str = "run", **options: object) -> None:
        self.folder, self._role = folder, role
        self.port, self.redis_port = free_port(), free_port()
        self._options: dict[str, object] = {
            "port": self.port,
            "redis_port": self.redis_port,
            "data_dir": folder / "var",
            "briefs": "off",  # at each start they would be made anew
        } | options
        self._seen: dict[int, psutil.Process] = {}
        self.start()

    def start(self, **options: object) -> None:
        """Start it, with other options than before where some are given; used again after an
        end."""
        self._options |= options
        command = [sys.executable, str(ROOT / "app.py"), self._role]
        for name, value in self._options.items():
            option = "--" + name.replace("_", "-")
            command += ["--no-simulate"] if name == "simulate" else [option, str(value)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COCKPIT_")}
        with (self.folder / "err").open("ab") as err, (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stderr=err, stdout=out, env=environment, start_new_session=True
            )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def errors(self) -> str:
        """What it has written to stderr."""
        return (self.folder / "err").read_text(errors="replace")

    def frame(self, view: str) -> Any:
        """The last frame of a view as the API answers it, None while there is none."""
        status, frame = get_json(f"{self.base_url}/api/v1/frames/{view}")
        return frame if status == 200 else None

    def wait_ready(self, seconds: float = 180) -> "Program":
        """Until /readyz answers 200."""

        def look() -> bool:
            assert self.process.poll() is None, f"it ended:\n{self.errors}"
            return get_json(f"{self.base_url}/readyz")[0] == 200

        try:
            wait_for(look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.errors[-4000:]}") from None
        return self

    def processes(self) -> list[psutil.Process]:
        """It and all its descendants that live, those whose parents are gone included."""
        try:
            mine = psutil.Process(self.process.pid)
            for each in [mine, *mine.children(recursive=True)]:
                self._seen[each.pid] = each
        except psutil.NoSuchProcess:
            pass
        return [each for each in self._seen.values() if _lives(each)]

    def role_process(self, role: str) -> psutil.Process:
        """The process of a role, or `redis-server`, as soon as there is one."""
        return wait_for(lambda: next((p for p in self.processes() if _does(p, role)), None))

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 60) -> int:
        """Send the signal and wait for the end; answers the exit code. What is left after that
        is killed."""
        self.processes()
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        finally:
            self._kill_rest()

    def _kill_rest(self) -> None:
        for each in self.processes():
            each.kill()
        self.process.wait()


def _does(process: psutil.Process, role: str) -> bool:
    try:
        line = process.cmdline()
    except psutil.Error:
        return False
    # Redis writes its address behind its name.
    return line[2:3] == [role] or (bool(line) and Path(line[0]).name.split(" ")[0] == role)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
