"""Whether whoever reaches a wall's address may see it."""

import time
from contextlib import suppress
from typing import Literal

from cockpit.errors import CockpitError
from cockpit.ports import Sessions

Walls = Literal["open", "paired", "auto"]
# Asked again after so many real seconds.
_AGAIN_SECONDS = 1.0


class OpenWalls:
    """`auto` walls are open in a demonstration, and until an administrator has signed in."""

    def __init__(self, sessions: Sessions, walls: Walls, demonstration: bool) -> None:
        self._sessions, self._walls, self._demonstration = sessions, walls, demonstration
        self._administered: bool | None = None  # nobody has said
        self._asked = -_AGAIN_SECONDS

    def __call__(self) -> bool:
        """While Redis is away it is as it was when last heard, and closed when nothing was."""
        if self._walls != "auto":
            return self._walls == "open"
        if self._demonstration:
            return True
        now = time.monotonic()
        if not self._administered and now - self._asked >= _AGAIN_SECONDS:
            self._asked = now
            with suppress(CockpitError):
                self._administered = self._sessions.administered()
        return self._administered is False
