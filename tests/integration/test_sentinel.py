"""Redis with a replica and Sentinels: the master is killed, and the log goes on at the other."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from cockpit.errors import CockpitError
from datasource.log import RedisLog
from datasource.redis_client import connect, place
from datasource.subscription import Subscription
from tests.support import NOW, PREFIX, event, free_port, wait_for

pytestmark = pytest.mark.integration

NAME = "cockpit"


class Sentinels:
    """A master, its replica, and one Sentinel that decides alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.master_port, self.replica_port, self.port = free_port(), free_port(), free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.url = f"sentinel://127.0.0.1:{self.port}/{NAME}"

    def start(self) -> "Sentinels":
        self._start("master", f"port {self.master_port}\n")
        wait_for(lambda: _ping(self.master_port))
        self._start("replica", f"port {self.replica_port}\nreplicaof 127.0.0.1 {self.master_port}")
        wait_for(lambda: _ping(self.replica_port) and self._synchronised())
        # It takes no silence for an end until it is told to.
        told = (
            f"port {self.port}\nsentinel monitor {NAME} 127.0.0.1 {self.master_port} 1\n"
            f"sentinel down-after-milliseconds {NAME} 600000\n"
            f"sentinel failover-timeout {NAME} 3000\n"
        )
        self._start("sentinel", told, "--sentinel")
        wait_for(self._knows_the_replica)
        return self

    def let_fail_over(self) -> None:
        """From now on the Sentinel takes a second's silence for an end."""
        with Redis(port=self.port) as client:
            client.sentinel_set(NAME, "down-after-milliseconds", 1000)

    def kill_master(self) -> None:
        self._running["master"].kill()
        self._running["master"].wait()

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()

    def _start(self, name: str, told: str, *options: str) -> None:
        folder = self._folder / name
        folder.mkdir()
        (folder / "conf").write_text(f"bind 127.0.0.1\ndir {folder}\nsave ''\n{told}\n")
        self._running[name] = subprocess.Popen(
            ["redis-server", str(folder / "conf"), *options], stdout=subprocess.DEVNULL
        )

    def _synchronised(self) -> bool:
        with Redis(port=self.replica_port) as client:
            return str(client.info("replication")["master_link_status"]) == "up"

    def _knows_the_replica(self) -> bool:
        with Redis(port=self.port) as client:
            return _ping(self.port) and len(client.sentinel_slaves(NAME)) == 1


def _ping(port: int) -> bool:
    try:
        with Redis(port=port) as client:
            return bool(client.ping())
    except Exception:
        return False


@pytest.fixture
def sentinels(tmp_path: Path) -> Iterator[Sentinels]:
    sentinels = Sentinels(tmp_path)
    try:
        yield sentinels.start()
    finally:
        sentinels.stop()


def test_the_log_goes_on_at_the_replica_that_became_master(sentinels: Sentinels) -> None:
    client = connect(sentinels.url)
    log = RedisLog(client, PREFIX)
    subscription = Subscription(client, "news", "The test")
    wait_for(lambda: not subscription.receive(10, 0.05) and client.pubsub_numsub("news")[0][1])
    assert log.append([event(n) for n in range(1, 101)], NOW).accepted == 100
    with Redis(port=sentinels.replica_port) as replica:
        wait_for(lambda: replica.xlen(f"{PREFIX}:log") == 100)
    sentinels.kill_master()
    with pytest.raises(CockpitError) as caught:
        log.append([event(101)], NOW)
    assert caught.value.code == "redis.unreachable"
    sentinels.let_fail_over()
    # The same again, which the log may have had or not.
    appended = wait_for(lambda: log.append([event(101)], NOW), pause=0.1)
    assert (appended.accepted + appended.duplicates, appended.last) == (1, 101)
    assert [entry.n for entry in log.read(0, 1000, 0)] == list(range(1, 102))
    wait_for(lambda: _heard(subscription, client))
    subscription.close()
    client.close()


def _heard(subscription: Subscription, client: Redis) -> bool:
    client.publish("news", b"x")
    return bool(subscription.receive(10, 0.1))


def test_an_address_of_sentinels() -> None:
    client = connect("sentinel://user:p%40ss@one:26380,two/cockpit/3")
    assert place(client) == "the Sentinels' master cockpit"
    options = client.connection_pool.connection_kwargs
    assert (options["username"], options["password"], options["db"]) == ("user", "p@ss", "3")
    with pytest.raises(CockpitError) as caught:
        connect("sentinel://one:26380")
    assert caught.value.code == "setting.invalid"
    client.close()
