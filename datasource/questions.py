"""What the web server asks of the role `query`, as plain records that travel through Redis.

Instants are microseconds UTC; a period runs from `start` up to, not including, `end`. The web
server has checked every value; what only the archive can know is judged there.
"""

from typing import Literal

from msgspec import Struct

Go = Literal["next", "previous", "overdue", "alert", "back_overdue", "back_alert"]
By = Literal["half_hour", "day"]


class Replay(Struct, frozen=True, tag="replay"):
    """The picture of a view at an instant, or where `go` leads from it. `session` names the
    replay that is gone on with, '' a new one."""

    view: str
    at: int
    go: Go | None = None
    session: str = ""


class FrameAt(Struct, frozen=True, tag="frame"):
    """The bare frame of a view at an instant."""

    view: str
    at: int


class Moments(Struct, frozen=True, tag="moments"):
    """What leaders jump to in a period."""

    region: str
    start: int
    end: int


class Series(Struct, frozen=True, tag="series"):
    """Metrics over time, `children`: of each region below too."""

    region: str
    metrics: list[str]
    start: int
    end: int
    by: By
    children: bool = False


class Compare(Struct, frozen=True, tag="compare"):
    """Metrics at an instant and at the same half-hour of earlier days."""

    region: str
    metrics: list[str]
    at: int


class Handling(Struct, frozen=True, tag="handling"):
    """How long the cases took that were closed in a period."""

    region: str
    start: int
    end: int


class Departments(Struct, frozen=True, tag="departments"):
    """How departments answered the whistles that were blown in a period."""

    region: str
    start: int
    end: int


PastQuestion = Moments | Series | Compare | Handling | Departments
Question = Replay | FrameAt | PastQuestion
