"""Privacy of the stream and of walls (rules.md, Privacy; PIPL articles 28 and 51).

Two things only: raw personal values (mobile and identity numbers) are recognised so that a
message with one is refused and its dead letter masked, and small counts of special groups
are hidden before a frame exists.
"""

import re
from collections.abc import Callable, Sequence
from enum import IntEnum

# A piece of a UUID or of a decimal fraction is no phone number.
_MOBILE = r"(?<![0-9a-fA-F])(?<!\d\.)(?:(?:00)?86)?1[3-9]\d{9}(?![0-9a-fA-F])"
_DATE = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = rf"(?<!\d)[1-9]\d{{5}}{_DATE}\d{{3}}[\dXx](?!\d)"
_PERSONAL = re.compile(f"{_MOBILE}|{_IDENTITY}".encode())
# The cheap first look: the beginning of a mobile number, or a run of 17 digits.
_MOBILE_LIKE = re.compile(rb"1[3-9]\d{9}")
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_RUN = b"0" * 17
_ESCAPED_DIGIT = re.compile(rb"\\u003(\d)")
MASK = b"***"


def personal_values(raw: bytes) -> int:
    """How many mainland mobile and identity numbers a JSON text holds."""
    if _MOBILE_LIKE.search(raw) or _LONG_RUN in raw.translate(_DIGITS) or b"\\u003" in raw:
        return len(_PERSONAL.findall(_plain(raw)))
    return 0


def masked(raw: bytes) -> bytes:
    """The message with every personal number replaced, fit for the dead letters. Digits that
    were written as escapes become plain."""
    return _PERSONAL.sub(MASK, _plain(raw))


def _plain(raw: bytes) -> bytes:
    return _ESCAPED_DIGIT.sub(rb"\1", raw)


class Shown(IntEnum):
    """How a count of a special group may appear on a wall."""

    VALUE = 0
    SMALL = 1  # 1 to hide_below - 1, shown as "<5"
    HIDDEN = 2  # withheld, so that no small one can be computed


ENDLESS = 2**62
Range = tuple[int, int]


def suppress(
    values: Sequence[int],
    children: Callable[[int], Sequence[int]],
    root: int,
    hide_below: int,
) -> dict[int, Shown]:
    """Which counts of an additive tree may be shown.

    `values[i]` is the count of region i, `children(i)` the regions below it that are shown
    somewhere. Answers the regions whose value must not appear, with the reason. A count is the
    sum of its children's and of a rest that no wall shows (of zones, or of no region below);
    a small rest is as protected as a small count.

    Whoever reads all walls and knows that "<5" means 1 to 4 can bound every hidden count by
    sums and differences. Counts are hidden, smallest sibling first, then the parent, until
    every hidden count has at least two values left.
    """
    tree = _Tree(values, children, root, hide_below)
    while fixed := tree.determined():
        tree.hide_more(fixed)
    return tree.hidden


class _Tree:
    """The counts with what is hidden so far. The rest of a region that is not zero is a leaf of
    its own with a negative number, never shown."""

    def __init__(
        self,
        values: Sequence[int],
        children: Callable[[int], Sequence[int]],
        root: int,
        hide_below: int,
    ) -> None:
        self.low = hide_below
        self.root = root
        self.value: dict[int, int] = {}
        self.below: dict[int, list[int]] = {}
        self.above: dict[int, int] = {}
        self.order: list[int] = [root]
        for place in self.order:
            self.value[place] = values[place]
            self.below[place] = list(children(place))
            self.above.update(dict.fromkeys(self.below[place], place))
            self.order.extend(self.below[place])
        self.hidden = {i: Shown.SMALL for i in self.order if self._small(self.value[i])}
        for place in self.order[:]:
            rest = self.value[place] - sum(values[c] for c in self.below[place])
            if self.below[place] and rest:
                self._add_rest(place, rest)

    def _add_rest(self, place: int, rest: int) -> None:
        leaf = -1 - place
        self.value[leaf], self.below[leaf], self.above[leaf] = rest, [], place
        self.below[place].append(leaf)
        self.order.append(leaf)

    def _small(self, value: int) -> bool:
        return 0 < value < self.low

    def _protected(self, place: int) -> bool:
        return place in self.hidden or (place < 0 and self._small(self.value[place]))

    def _domain(self, place: int) -> Range:
        """What a reader knows of the count by itself."""
        value = self.value[place]
        if place < 0:
            return 0, ENDLESS
        how = self.hidden.get(place, Shown.VALUE)
        if how is Shown.VALUE:
            return value, value
        if how is Shown.SMALL:
            return 1, self.low - 1
        return (0 if self._small(value) else self.low), ENDLESS

    def _ranges(self) -> dict[int, Range]:
        """What a reader can know of each count: sums going up, differences coming down. Sums of
        ranges are ranges, so in a tree these bounds are exact."""
        up: dict[int, Range] = {}
        sums: dict[int, Range] = {}
        for place in reversed(self.order):
            up[place] = self._domain(place)
            if self.below[place]:
                parts = [up[c] for c in self.below[place]]
                sums[place] = sum(p[0] for p in parts), sum(p[1] for p in parts)
                up[place] = _both(up[place], sums[place])
        known = {self.root: up[self.root]}
        for place in self.order:
            low, high = known[place]
            for child in self.below[place]:
                others = sums[place][0] - up[child][0], sums[place][1] - up[child][1]
                known[child] = _both(up[child], (low - others[1], high - others[0]))
        return known

    def determined(self) -> list[int]:
        """The hidden counts that a reader could compute, uppermost first."""
        ranges = self._ranges()
        return [i for i, (a, b) in ranges.items() if a == b and self._protected(i)]

    def hide_more(self, fixed: list[int]) -> None:
        """Hide one more count because of those that can be computed: the smallest shown sibling,
        else the smallest shown below, else withhold even that a count below or of the family is
        small, else hide the nearest shown above. The totals a district is led by go last."""
        for place in fixed:
            family = self.below[self.above[place]] if place in self.above else []
            for group in (family, self.below[place]):
                shown = [i for i in group if i >= 0 and i not in self.hidden and self.value[i]]
                if shown:
                    self.hidden[min(shown, key=lambda i: (self.value[i], i))] = Shown.HIDDEN
                    return
            way = self._way_up(place)
            near = (*self.below[place], place, *family, *way)
            small = [i for i in near if self.hidden.get(i) is Shown.SMALL]
            free = small or [i for i in way if i not in self.hidden]
            if free:
                self.hidden[free[0]] = Shown.HIDDEN
                return
        raise AssertionError("a count can be computed though all are hidden")

    def _way_up(self, place: int) -> list[int]:
        """The region itself, when it is one, and all above it."""
        way = [place] if place >= 0 else []
        while place != self.root:
            place = self.above[place]
            way.append(place)
        return way


def _both(one: Range, other: Range) -> Range:
    return max(one[0], other[0]), min(one[1], other[1])
