"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a free port.

PostgreSQL does not run as root; there it runs as the user `postgres` of the machine.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql

from tests.support import free_port, stop_process, wait_for

USER, PASSWORD = "cockpit", "pass-word-7"
_OWNER, _OWNER_PASSWORD = "postgres", "owner-7"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Enough for a test, little for a machine that runs several.
_SMALL = ("max_connections=40", "shared_buffers=32MB", "max_wal_size=256MB", "autovacuum=off")


def _programs() -> Path:
    """The folder of PostgreSQL's programs: Debian keeps it off the path."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not folders:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return folders[0]


class PostgresServer:
    """A cluster. `durable`: it keeps what it confirmed through a kill, as in production."""

    def __init__(self, durable: bool = False) -> None:
        self.port = free_port()
        self._options = _SMALL if durable else (*_SMALL, *_FAST)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._folder = Path(tempfile.mkdtemp(prefix="cockpit-postgres-"))
        self._as: dict[str, Any] = {"user": _OWNER, "group": _OWNER} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self._folder, _OWNER, _OWNER)
        password = self._folder / "password"
        password.write_text(_OWNER_PASSWORD)
        password.chmod(0o644)
        subprocess.run(
            [
                str(_programs() / "initdb"),
                *("--pgdata", str(self._folder / "data"), "--username", _OWNER),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
                *("--auth", "scram-sha-256", "--pwfile", str(password)),
            ],
            check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **self._as,
        )  # fmt: skip

    def start(self) -> "PostgresServer":
        """Start, again after an end; answers when it takes connections."""
        settings = (
            f"port={self.port}", "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}", *self._options,
        )  # fmt: skip
        self._process = subprocess.Popen(
            [
                str(_programs() / "postgres"), "-D", str(self._folder / "data"),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder, **self._as,
        )  # fmt: skip
        wait_for(self._answers, 120)
        return self

    def stop(self) -> None:
        """End it in order, its clients' connections cut; nothing when it has ended."""
        if self._process is not None:
            self.resume()
            self._process.send_signal(signal.SIGINT)
            self._process.wait(120)
            self._process = None

    def kill(self) -> None:
        """End all of it as a power cut would: SIGKILL."""
        assert self._process is not None
        stop_process(self._process.pid)  # so that no child is born that nobody ends
        pids = self._pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(120)
        self._process = None
        # Their memory must be free before a new server accepts the folder.
        wait_for(lambda: not any(_runs(pid) for pid in pids))

    def pause(self) -> None:
        """It answers nobody, its connections stay open."""
        assert self._process is not None
        stop_process(self._process.pid)  # so that no child is born that answers
        for pid in self._pids():
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                stop_process(pid)

    def resume(self) -> None:
        """Go on after `pause`."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def remove(self) -> None:
        """End it without its care for the files, and delete them."""
        if self._process is not None:
            self.kill()
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """The URL of a new empty database, of a user who owns it and nothing else."""
        name = f"archive_{next(self._numbers)}"
        with self._connect() as connection:
            user, database = sql.Identifier(USER), sql.Identifier(name)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USER]).rowcount:
                make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                connection.execute(make.format(user, sql.Literal(PASSWORD)))
            make = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(make.format(database, user))
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Have the server's owner execute a statement."""
        with self._connect(database) as connection:
            connection.execute(statement.encode())

    def _connect(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=_OWNER,
            password=_OWNER_PASSWORD, autocommit=True, connect_timeout=30,
        )  # fmt: skip

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "PostgreSQL ended while it was starting"
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _pids(self) -> list[int]:
        assert self._process is not None
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, children)]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server that all tests share; each takes a `new_database`."""
    server = PostgresServer().start()
    yield server
    server.remove()


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    """A running server of its own, to be killed."""
    server = PostgresServer(durable=True).start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nobody has used: the test runs with either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'archive.db'}"
    new: Callable[[], str] = request.getfixturevalue("postgres").new_database
    return new()
