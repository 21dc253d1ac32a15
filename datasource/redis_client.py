"""Connections to Redis, and what its loss looks like to everybody else.

All timeouts are short: a Redis that does not answer is noticed within about a second, also
when its machine is gone and no packet comes back. Nothing above this module sees an exception
of redis-py; it sees CockpitError `redis.unreachable` or `redis.refused`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import unquote

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, ConnectionError, RedisError, TimeoutError
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from cockpit.errors import CockpitError

# Seconds. A blocking read must wait for less, or its own timeout ends it.
SOCKET_TIMEOUT = 1.0
_PAUSE = 0.05


_SENTINELS = re.compile(
    r"sentinel://(?:(?P<username>[^:@/]*):(?P<password>[^@/]*)@)?"
    r"(?P<hosts>[^/@]+)/(?P<name>[^/]+)(?:/(?P<db>\d+))?"
)


def connect(url: str) -> Redis:
    """A client of the Redis at `url`, with a pool of connections; opens nothing yet.

    `sentinel://[user:password@]host:port,host:port/name[/db]` is the master that these Sentinels
    name, asked for anew with each connection; user and password are those of the Redis.
    One retry hides a connection that an idle firewall or a restart cut; whatever is sent
    through it must therefore be safe to send twice. Raises CockpitError `setting.invalid`.
    """
    options: dict[str, Any] = {
        "socket_timeout": SOCKET_TIMEOUT,
        "socket_connect_timeout": SOCKET_TIMEOUT,
        "retry": Retry(ConstantBackoff(_PAUSE), 1),
        # The older protocol costs no handshake beyond itself and is the same for 6.2 and 7.
        "protocol": 2,
    }
    if not url.startswith("sentinel:"):
        return Redis.from_url(url, **options)
    told = _SENTINELS.fullmatch(url)
    if told is None:
        raise CockpitError(
            "setting.invalid", name="--redis-url", why="sentinel://host:port,host:port/name is due"
        )
    for name in ("username", "password", "db"):
        if told[name]:
            options[name] = unquote(told[name])
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        [_host_and_port(each) for each in told["hosts"].split(",")], protocol=2,
        socket_timeout=SOCKET_TIMEOUT, socket_connect_timeout=SOCKET_TIMEOUT,
    )  # fmt: skip
    client = sentinels.master_for(told["name"], **options)  # type: ignore[no-untyped-call]
    return cast("Redis", client)


def _host_and_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return (host, int(port)) if host and port.isdigit() else (text, 26379)


def redis_address(settings: Mapping[str, Any]) -> str:
    """The URL of the Redis that is set, else of the embedded one."""
    return str(settings["redis_url"] or f"redis://127.0.0.1:{settings['redis_port']}/0")


def limits_address(url: str) -> str:
    """The same Redis as the library `limits` names it."""
    if url.startswith(("sentinel:", "unix:")):
        return f"redis+{url}"
    return url


def place(client: Redis) -> str:
    """Where a client's Redis is, without user and password: for messages."""
    pool = client.connection_pool
    if isinstance(pool, SentinelConnectionPool):
        return f"the Sentinels' master {pool.service_name}"
    options = pool.connection_kwargs
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
