"""A subscription at a Redis that answers, but refuses to write."""

import shutil
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ResponseError

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
