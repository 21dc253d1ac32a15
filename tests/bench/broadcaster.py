"""The reference: a bare `websockets` server that broadcasts the same frames to everybody.

`python -m tests.bench.broadcaster PORT RATE FILE`: FILE is the frame.
"""

import asyncio
import sys
import time
from pathlib import Path

import msgspec
from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.bench.crowd import stamped


async def main(port: int, rate: float, frame: bytes) -> None:
    """Until the process is killed."""
    make, open_ones = stamped(frame), set[ServerConnection]()

    async def handle(connection: ServerConnection) -> None:
        open_ones.add(connection)
        await connection.wait_closed()
        open_ones.discard(connection)

    async with serve(
        handle, "127.0.0.1", port, compression=None, ping_interval=25, ping_timeout=10, backlog=4096
    ):
        begun, number = time.monotonic(), 0
        while True:
            number += 1
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            # The same text as over the socket of the cockpit, docs/frames.md.
            head = msgspec.json.encode(
                {"sent": time.time_ns() // 10**6, "speed": 1.0, "build": "b"}
            )
            text = (head[:-1] + b',"frame":' + make(number) + b"}").decode()
            broadcast(open_ones, "42" + msgspec.json.encode(["frame", text]).decode())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]).read_bytes()))
