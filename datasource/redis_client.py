"""Connections to Redis, and what its loss looks like to everybody else.

All timeouts are short: a Redis that does not answer is noticed within about a second, also
when its machine is gone and no packet comes back. Nothing above this module sees an exception
of redis-py; it sees CockpitError `redis.unreachable` or `redis.refused`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, ConnectionError, RedisError, TimeoutError
from redis.retry import Retry

from cockpit.errors import CockpitError

# Seconds. A blocking read must wait for less, or its own timeout ends it.
SOCKET_TIMEOUT = 1.0
_PAUSE = 0.05


def connect(url: str) -> Redis:
    """A client of the Redis at `url`, with a pool of connections; opens nothing yet.

    One retry hides a connection that an idle firewall or a restart cut; whatever is sent
    through it must therefore be safe to send twice.
    """
    return Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT,
        socket_connect_timeout=SOCKET_TIMEOUT,
        retry=Retry(ConstantBackoff(_PAUSE), 1),
        # The older protocol costs no handshake beyond itself and is the same for 6.2 and 7.
        protocol=2,
    )


def redis_address(settings: Mapping[str, Any]) -> str:
    """The URL of the Redis that is set, else of the embedded one."""
    return str(settings["redis_url"] or f"redis://127.0.0.1:{settings['redis_port']}/0")


def place(client: Redis) -> str:
    """Where a client's Redis is, without user and password: for messages."""
    options = client.connection_pool.connection_kwargs
    if "path" in options:
        return str(options["path"])
    return f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"


@contextmanager
def redis_errors(client: Redis) -> Iterator[None]:
    """Turn redis-py's exceptions into CockpitErrors.

    `redis.unreachable`: no answer, or still loading its files. `redis.refused`: it answered no,
    for example because memory or disk are full. Both may pass, and the call may be repeated.
    """
    try:
        yield
    except AuthenticationError as error:
        raise CockpitError("redis.refused", where=place(client), why=error) from error
    except (ConnectionError, TimeoutError) as error:
        raise CockpitError("redis.unreachable", where=place(client)) from error
    except RedisError as error:
        raise CockpitError("redis.refused", where=place(client), why=error) from error
