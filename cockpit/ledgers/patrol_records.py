"""What the ledger of patrols keeps."""

from msgspec import Struct, field

from cockpit.ledgers.sessions import Mark


class Position(Struct, frozen=True):
    """A worker's last position; `n` its log number, `inside` its own grid or not."""

    time: int
    n: int
    inside: bool


class State(Struct):
    """Everything a dump holds; what is counted is made anew from it."""

    now: int = 0
    marks: dict[str, dict[int, list[Mark]]] = field(default_factory=dict)
    last: dict[str, Position] = field(default_factory=dict)
    # window start → grids with a position inside
    seen_inside: dict[int, set[int]] = field(default_factory=dict)
    excuses: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # grid →
    # Marks (worker, mark) and positions (worker, position, grid) ahead of now, by time and number.
    ahead: list[tuple[int, int, str, int, int]] = field(default_factory=list)
