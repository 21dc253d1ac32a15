"""The site of one seed: Redis behind a network that can fail, a database, and every role as a
process of its own under the program's supervisor."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from cockpit.config import CLOCK_ANCHOR
from cockpit.errors import CockpitError
from datasource.database.engine import Database, open_database
from datasource.log import RedisLog
from datasource.redis_client import connect
from tests.chaos.network import Network
from tests.chaos.plan import Plan
from tests.postgres import PostgresServer
from tests.program import ROOT, Program
from tests.support import PREFIX, RedisServer, wait_for

PATIENCE = 180.0
_DISK_MB = 400
_LEFT = 4096  # bytes that a full disk has left at most


class NoSmallDiskError(Exception):
    """No file system may be mounted here, for which only root can be made."""


class Site:
    """Started and ready, from its making to `end`."""

    def __init__(self, folder: Path, plan: Plan, postgres: PostgresServer | None) -> None:
        self.folder, self.data = folder, folder / "data"
        (self.data / "redis").mkdir(parents=True)
        self.database_url = postgres.new_database() if postgres and plan.postgres else ""
        self.postgres = postgres if plan.postgres else None
        self.redis = RedisServer(self.data / "redis")
        # For looks of our own, past the network.
        self.database: Database = open_database(self.database_url, self.data)
        self.client = connect(self.redis.url)
        self.log = RedisLog(self.client, PREFIX)
        self.network: Network | None = None
        self.program: Program | None = None
        try:
            self.redis.start()
            self.network = Network(self.redis.port)
            self.program = Program(folder, **self._options(plan.clock)).wait_ready(PATIENCE)
        except BaseException:
            self.end()
            raise
        self.anchor = self.role("project").environ()[CLOCK_ANCHOR]

    def _options(self, clock: str) -> dict[str, object]:
        assert self.network is not None
        options: dict[str, object] = {
            "simulate": False,
            "clock": clock,
            "data_dir": self.data,
            "redis_url": f"redis://127.0.0.1:{self.network.port}/0",
        }
        return options | ({"database_url": self.database_url} if self.database_url else {})

    @property
    def running(self) -> Program:
        assert self.program is not None
        return self.program

    def role(self, name: str) -> psutil.Process:
        """The process of a role, as soon as there is one."""
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(AssertionError, psutil.Error):
                return self.running.role_process(name)
            assert time.monotonic() < until, f"there is no {name} any more"
            time.sleep(0.05)

    def start_redis(self) -> None:
        """Start it again as a service manager does: until it stays."""

        def starts() -> bool:
            with suppress(AssertionError):
                self.redis.start()
                return True
            self.redis.kill()
            return False

        wait_for(starts, PATIENCE, 1.0)

    def fill(self) -> None:
        """No byte can be written any more where the data are."""
        with (self.data / "ballast").open("ab", buffering=0) as ballast:
            for piece in (_LEFT << 8, _LEFT):
                with suppress(OSError):
                    while True:
                        ballast.write(bytes(piece))

    def free(self) -> None:
        """There is room again."""
        (self.data / "ballast").unlink()

    def stop(self) -> None:
        """End the program in order."""
        code = self.running.stop(seconds=60)
        assert code == 0, f"the program ended with {code}:\n{self.running.errors[-2000:]}"

    def verify(self) -> subprocess.CompletedProcess[str]:
        """`app.py verify` over the archive of the program that was stopped."""
        options = ["--data-dir", str(self.data), "--redis-url", self.redis.url]
        options += ["--database-url", self.database_url] if self.database_url else []
        command = [str(ROOT / ".venv/bin/python"), str(ROOT / "app.py"), "verify", *options]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def end(self) -> None:
        """End everything, whatever state it is in."""
        if self.program is not None and self.program.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.program.stop(seconds=20)
        if self.network is not None:
            self.network.close()
        with suppress(CockpitError, AssertionError):
            self.redis.stop()
        self.database.close()
        self.client.close()


@contextmanager
def site_of(plan: Plan, postgres: PostgresServer | None) -> Iterator[Site]:
    """A site in a folder of its own. Raises NoSmallDiskError."""
    with tempfile.TemporaryDirectory(prefix="cockpit-chaos-") as name:
        folder = Path(name)
        if plan.small_disk:
            _mount(folder / "data")
        try:
            site = Site(folder, plan, postgres)
            try:
                yield site
            finally:
                site.end()
        finally:
            if plan.small_disk:
                subprocess.run(["umount", "--lazy", f"{name}/data"], check=False)


def _mount(folder: Path) -> None:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "chaos", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoSmallDiskError(done.stderr.strip())
