"""Privacy of the stream and of walls (rules.md, Privacy; PIPL articles 28 and 51).

Two things only: raw personal values (mobile and identity numbers) are recognised so that a
message with one is refused and its dead letter masked, and small counts of special groups
are hidden before a frame exists.
"""

import re
from collections.abc import Callable, Sequence
from enum import IntEnum

_RISKY = re.compile(rb"\d{11}")
_MOBILE = r"(?<!\d)1[3-9]\d{9}(?!\d)"
_IDENTITY = r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
_PERSONAL = re.compile(f"{_MOBILE}|{_IDENTITY}")
_PERSONAL_BYTES = re.compile(f"{_MOBILE}|{_IDENTITY}".encode())
MASK = "***"


def may_hold_personal(raw: bytes) -> bool:
    """False when no run of digits is long enough for a personal number: the cheap first look."""
    return _RISKY.search(raw) is not None


def looks_personal(text: str) -> bool:
    """True when the text holds a mainland mobile number or identity number."""
    return _PERSONAL.search(text) is not None


def masked(raw: bytes) -> bytes:
    """The message with every personal number replaced, fit for the dead letters."""
    return _PERSONAL_BYTES.sub(MASK.encode(), raw)


class Shown(IntEnum):
    """How a count of a special group may appear on a wall."""

    VALUE = 0
    SMALL = 1  # 1 to hide_below - 1, shown as "<5"
    HIDDEN = 2  # not small itself, but a small one could be found by subtraction


def suppress(
    values: Sequence[int],
    children: Callable[[int], Sequence[int]],
    root: int,
    hide_below: int,
) -> dict[int, Shown]:
    """Which counts of an additive tree may be shown.

    `values[i]` is the count of region i, `children(i)` the regions below it that are shown
    somewhere. Answers the regions whose value must not appear, with the reason. Where exactly
    one child of a shown parent would be hidden, its smallest sibling of a value is hidden with
    it, so that no hidden value follows from the parent by subtraction.
    """
    hidden: dict[int, Shown] = {}
    if 0 < values[root] < hide_below:
        hidden[root] = Shown.SMALL
    todo = [root]
    while todo:
        parent = todo.pop()
        below = children(parent)
        todo.extend(below)
        for child in below:
            if 0 < values[child] < hide_below:
                hidden[child] = Shown.SMALL
        _second(values, below, parent, hidden)
    return hidden


def _second(
    values: Sequence[int], below: Sequence[int], parent: int, hidden: dict[int, Shown]
) -> None:
    """Hide one more child where the parent or the only hidden child could be computed."""
    out = [c for c in below if c in hidden]
    shown = sorted((values[c], c) for c in below if c not in hidden)
    derivable = (len(out) == 1 and parent not in hidden) or (
        not out and hidden.get(parent) is Shown.HIDDEN
    )
    if derivable and shown:
        chosen = next((c for v, c in shown if v > 0), shown[0][1])
        hidden[chosen] = Shown.HIDDEN
