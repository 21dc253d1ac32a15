"""The network between the roles and Redis."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any

_PIECE = 1 << 16


class _Link:
    """One connection through it. Once `dead` it swallows everything and says nothing."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter | None) -> None:
        self.near, self.far, self.dead = near, far, far is None

    def close(self) -> None:
        for each in (self.near, self.far):
            if each is not None:
                each.transport.abort()


class Network:
    """Passes connections on to a port of this machine. Its loop runs on a thread of its own."""

    def __init__(self, target: int) -> None:
        self._target, self._links = target, set[_Link]()
        self._down = self._silent = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network")
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port = int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Connections break, and new ones are refused."""
        self._call(self._set(down=True, silent=False))

    def silence(self) -> None:
        """Nothing comes through any more, on connections that stay open, and on new ones."""
        self._call(self._set(down=False, silent=True))

    def mend(self) -> None:
        """New connections work. Those that fell silent stay so: whoever holds them must notice."""
        self._call(self._set(down=False, silent=False))

    def close(self) -> None:
        """End it with all its connections."""
        self._call(self._set(down=True, silent=False))
        self._server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _set(self, *, down: bool, silent: bool) -> None:
        self._down, self._silent = down, silent
        for link in list(self._links):
            link.dead = link.dead or silent
            if down:
                link.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        if self._silent:
            await self._pass(_Link(writer, None), reader, None, near=True)
            return
        try:
            back, far = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, far)
        await asyncio.gather(
            self._pass(link, reader, far, near=True), self._pass(link, back, writer, near=False)
        )

    async def _pass(
        self,
        link: _Link,
        source: asyncio.StreamReader,
        to: asyncio.StreamWriter | None,
        *,
        near: bool,
    ) -> None:
        self._links.add(link)
        with contextlib.suppress(OSError):
            while data := await source.read(_PIECE):
                if not link.dead and to is not None:
                    to.write(data)
                    await to.drain()
        # On a dead line nobody hears that the other side is gone.
        if near or not link.dead:
            link.close()
            self._links.discard(link)
