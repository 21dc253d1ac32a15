"""A subscription at a Redis that refuses to write, and on a connection that brings it crumbs."""

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from datasource.redis_client import connect
from datasource.subscription import Subscription
from tests.support import RedisServer, wait_for

pytestmark = pytest.mark.integration


def refuses(client: Redis) -> bool:
    try:
        client.ping()
    except ResponseError:
        return True
    return False


def test_a_redis_that_cannot_write_its_file_is_heard_on_the_same_connection(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    server = RedisServer(folder).start()
    client = Redis(port=server.port)
    subscription = Subscription(client, "news", "The test")
    try:
        wait_for(lambda: subscription.receive(1, 0.1) or client.pubsub_numsub("news")[0][1])
        shutil.rmtree(folder)
        client.config_set("save", "3600 1")
        client.bgsave()
        wait_for(lambda: refuses(client))
        asked = client.info("commandstats")["cmdstat_ping"]["rejected_calls"]

        def refused_again() -> bool:
            assert subscription.receive(10, 0.1) == []
            pings = client.info("commandstats")["cmdstat_ping"]["rejected_calls"]
            return bool(pings >= asked + 3)

        wait_for(refused_again)
        client.publish("news", "heard")
        assert wait_for(lambda: subscription.receive(10, 0.1)) == [(b"news", b"heard")]
        assert (subscription.breaks, subscription.reconnections) == (0, 0)
        assert not caplog.records
    finally:
        subscription.close()
        client.close()
        server.kill()


@pytest.mark.parametrize("name", ["news", "new*"])
def test_a_farewell_answers_all_that_was_published_before(
    redis_server: RedisServer, name: str
) -> None:
    client = Redis.from_url(redis_server.url)
    subscription = Subscription(client, name, "The test")
    wait_for(lambda: subscription.receive(1, 0.1) or client.publish("news", "first"))
    for i in range(5000):
        client.publish("news", f"{i}" + "x" * 2000)
    heard = [data for batch in subscription.farewell(1000) for _, data in batch]
    assert [data.rstrip(b"x") for data in heard][-5000:] == [b"%d" % i for i in range(5000)]
    assert client.publish("news", "unheard") == 0
    assert list(subscription.farewell(1000)) == []
    subscription.close()
    assert list(subscription.farewell(1000)) == []
    client.close()


@pytest.fixture
def crumbs(redis_server: RedisServer) -> Iterator[int]:
    """A port behind which the Redis answers one connection, the last byte always late."""

    def say(near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):  # it ends in the middle of an answer
            while heard := near.recv(4096):
                far.sendall(heard)

    def crumble(near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while heard := far.recv(4096):
                near.sendall(heard[:-1])
                time.sleep(0.05)  # else the kernel would hand both over in one piece
                near.sendall(heard[-1:])

    def serve() -> None:
        near, _ = door.accept()
        with near, socket.create_connection(("127.0.0.1", redis_server.port)) as far:
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = Thread(target=crumble, args=(near, far))
            back.start()
            say(near, far)
            far.shutdown(socket.SHUT_RDWR)
            back.join()

    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Thread(target=serve, daemon=True)
        server.start()
        yield door.getsockname()[1]
        server.join(60)


def test_a_message_whose_rest_is_late_is_waited_for(crumbs: int, client: Redis) -> None:
    asking = connect(f"redis://127.0.0.1:{crumbs}/0")
    subscription = Subscription(asking, "news", "The test")
    wait_for(lambda: subscription.receive(1, 0.1) or client.pubsub_numsub("news")[0][1])
    told = [b"%d" % number + b"x" * 200 for number in range(100)]
    with client.pipeline() as together:
        for message in told:
            together.publish("news", message)
        together.execute()
    heard: list[bytes] = []

    def hear() -> bool:
        heard.extend(data for _, data in subscription.receive(10, 0.01))
        return len(heard) >= len(told)

    wait_for(hear)
    assert heard == told
    assert (subscription.breaks, subscription.reconnections) == (0, 0)
    subscription.close()
    asking.close()
