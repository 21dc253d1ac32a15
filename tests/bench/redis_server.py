"""A Redis of its own for measurements that need no more of the program."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from tests.program import free_port, wait_until


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of an empty redis-server with the append-only file on, as the program's own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "port": port,
            "bind": "127.0.0.1",
            "dir": folder,
            "appendonly": "yes",
            "save": "",
        }
        command = ["redis-server", *(x for k, v in options.items() for x in (f"--{k}", str(v)))]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            with Redis(port=port) as client:
                wait_until(lambda: _answers(client), 10, "redis-server")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False
