"""What the web server asks of the role `query`, as plain records that travel through Redis.

Instants are microseconds UTC; a period runs from `start` up to, not including, `end`. The web
server has checked every value; what only the archive can know is judged there.
"""

from typing import Literal

from msgspec import Struct

from cockpit.domain.access import RIGHTS, Account, Right

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
    """How departments answered the whistles that were blown in a period, as known at its end."""

    region: str
    start: int
    end: int


class Members(Struct, frozen=True, tag="members"):
    """The subjects that make up a number of a region at an instant (None: where the archive ends),
    from row `start` up to, not including, `end`. → {"n", "at", "metric", "kind", "value", "total",
    "rows"}: `total` is how many there are, of a rate those of its denominator, where `counted` says
    of each row whether it is in the numerator. `who` has passed no gate yet."""

    who: Account
    region: str
    metric: str
    at: int | None = None
    start: int = 0
    end: int = 200

    @property
    def rights(self) -> tuple[Right, ...]:
        """What whoever asks must be allowed to look at, in the region."""
        meets = Right.LOOK_MEETING in RIGHTS[self.who.role]
        rights = (Right.LOOK_MEETING if meets else Right.LOOK_DESK,)
        return (*rights, Right.LOOK_PERSON) if self.names_persons else rights

    @property
    def names_persons(self) -> bool:
        """Whether the answer names persons in care."""
        return self.metric.startswith(("people.", "visits."))


PastQuestion = Moments | Series | Compare | Handling
Question = Replay | FrameAt | Members | Departments | PastQuestion
