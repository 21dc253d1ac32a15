"""Pictures of pages: a headless Chromium, started for one paper and ended after it, spoken to by
its DevTools protocol over two pipes.

It opens pages of this site with a session of its own (datasource/office/passes.py) and takes a page
when its script says that all of it is painted: `data-painted` names the page.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cockpit.errors import CockpitError

LIMIT_SECONDS = 45.0  # less than whoever asks waits (callbacks/papers.py)
_LOOK_SECONDS = 0.1
_SIZE = (1440, 900)
_SCALE = 2  # letters stay sharp on paper
_FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--mute-audio",
)  # fmt: skip
_INCH = 96


def found(setting: str) -> str:
    """The path of the browser. Raises CockpitError `paper.no_chromium` when there is none."""
    path = shutil.which(setting) if setting else None
    if path is None:
        raise CockpitError("paper.no_chromium", path=setting or "—")
    return path


class Browser:
    """One Chromium, ready for commands until `deadline` (monotonic)."""

    def __init__(self, write: int, read: int, deadline: float) -> None:
        self._write, self._read, self._deadline = write, read, deadline
        self._number, self._session, self._rest = 0, "", b""

    def open(self, host: str, cookie: tuple[str, str]) -> None:
        """An empty page; its requests to `host` carry the cookie."""
        target = self._tell("Target.createTarget", url="about:blank")["targetId"]
        told = self._tell("Target.attachToTarget", targetId=target, flatten=True)
        self._session = told["sessionId"]
        self._tell("Page.enable")
        name, value = cookie
        self._tell(
            "Network.setCookie", name=name, value=value, url=host, httpOnly=True, sameSite="Lax"
        )
        width, height = _SIZE
        self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=_SCALE, mobile=False,
        )  # fmt: skip

    def show(self, address: str, page: str) -> None:
        """Open an address and wait until its page is painted. Raises CockpitError
        `paper.unpainted` when it says why it cannot be, `paper.slow`."""
        self._tell("Page.navigate", url=address)
        while True:
            if self._value("document.documentElement.dataset.painted ?? ''") == page:
                return
            fault = self._value("document.querySelector('[data-error]')?.dataset.error ?? ''")
            if fault:
                raise CockpitError("paper.unpainted", why=fault)
            self._left()
            time.sleep(_LOOK_SECONDS)

    def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode(self._tell("Page.captureScreenshot", format="png")["data"])

    def _value(self, expression: str) -> Any:
        told = self._tell("Runtime.evaluate", expression=expression, returnByValue=True)
        return told.get("result", {}).get("value")

    def print(self) -> bytes:
        """The page as a PDF, each of its sheets as large as the screen was."""
        width, height = _SIZE
        told = self._tell(
            "Page.printToPDF", printBackground=True, paperWidth=width / _INCH,
            paperHeight=height / _INCH, marginTop=0, marginBottom=0, marginLeft=0, marginRight=0,
        )  # fmt: skip
        return base64.b64decode(told["data"])

    # -- the protocol ----------------------------------------------------------------------

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise CockpitError("paper.slow", seconds=LIMIT_SECONDS)
        return left

    def _tell(self, method: str, **params: Any) -> dict[str, Any]:
        """A command, and its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._write, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise CockpitError("paper.unpainted", why="the browser ended") from None
        while True:
            answer = self._hear()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise CockpitError("paper.unpainted", why=answer["error"].get("message", ""))
                result: dict[str, Any] = answer["result"]
                return result

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], self._left())[0]:
                continue
            part = os.read(self._read, 1 << 20)
            if not part:
                raise CockpitError("paper.unpainted", why="the browser ended")
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A Chromium of this paper alone; it and all its processes are ended in any case."""
    deadline = time.monotonic() + LIMIT_SECONDS
    with tempfile.TemporaryDirectory(prefix="cockpit-paper-", ignore_cleanup_errors=True) as folder:
        (read, theirs_write), (theirs_read, write) = _pipe(), _pipe()
        try:
            process = _start(path, folder, theirs_read, theirs_write)
        finally:
            os.close(theirs_read)
            os.close(theirs_write)
        try:
            yield Browser(write, read, deadline)
        finally:
            os.close(write)
            os.close(read)
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _pipe() -> tuple[int, int]:
    """Both ends, at numbers above those that the browser wants for itself."""
    low = os.pipe()
    high = tuple(fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 16) for each in low)
    for each in low:
        os.close(each)
    return high[0], high[1]


def _start(path: str, folder: str, read: int, write: int) -> int:
    """Chromium takes commands at descriptor 3 and answers at 4. Answers its process, which leads a
    group of its own."""
    command = [path, *_FLAGS, f"--user-data-dir={folder}"]
    if os.geteuid() == 0:  # its sandbox refuses root, as in containers
        command.append("--no-sandbox")
    nothing = [(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_RDWR, 0) for each in (0, 1, 2)]
    pipes = [(os.POSIX_SPAWN_DUP2, read, 3), (os.POSIX_SPAWN_DUP2, write, 4)]
    return os.posix_spawn(
        path, command, dict(os.environ), file_actions=[*nothing, *pipes], setpgroup=0
    )
