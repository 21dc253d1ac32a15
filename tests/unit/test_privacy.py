"""Personal numbers are seen; hidden counts cannot be computed."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.domain.privacy import Shown, masked, personal_values, suppress

MOBILE = "138" + "0013" + "8000"
IDENTITY = "120110" + "19900307" + "123X"


@pytest.mark.parametrize(
    "text",
    [
        MOBILE,
        f"电话{MOBILE}。",
        f"+86{MOBILE}",
        f"tel{MOBILE}",
        IDENTITY,
        IDENTITY.replace("X", "7"),
        "".join(f"\\u003{digit}" for digit in MOBILE),
        MOBILE.replace("3", "\\u0033"),
    ],
)
def test_personal_numbers_are_seen_and_masked(text: str) -> None:
    raw = f'{{"reason":"{text}"}}'.encode()
    assert personal_values(raw) == 1
    assert personal_values(masked(raw)) == 0
    assert b"***" in masked(raw)
    assert masked(raw).startswith(b'{"reason":"')


@pytest.mark.parametrize(
    "text",
    [
        "0f8fad5b-d9cb-469f-a165-13800138000e",  # a UUID
        "117.13800138000",  # a coordinate
        "120110001005006",  # a grid
        "1763870000123",  # milliseconds
        "1763870000123456",  # microseconds
        "12345678901",
        "120110199013071234",  # no date within
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    raw = f'{{"x":"{text}"}}'.encode()
    assert personal_values(raw) == 0
    assert masked(raw) == raw


@given(st.binary(max_size=200))
def test_masking_never_fails_and_is_done_at_once(raw: bytes) -> None:
    assert masked(masked(raw)) == masked(raw)
    assert personal_values(masked(raw)) == 0


Tree = dict[int, list[int]]
TREES: list[Tree] = [
    {0: [1, 2]},
    {0: [1, 2, 3]},
    {0: [1], 1: [2, 3]},
    {0: [1, 2], 1: [3, 4]},
    {0: [1, 2], 1: [3], 2: [4]},
]


@st.composite
def counted_trees(draw: st.DrawFn) -> tuple[Tree, list[int], int]:
    """A tree, its counts (some with a rest that is in no child), and the threshold."""
    tree = draw(st.sampled_from(TREES))
    size = 1 + max(max(below) for below in tree.values())
    values = [0] * size
    for place in reversed(range(size)):
        own = draw(st.integers(0, 6))
        below = tree.get(place, [])
        values[place] = own if not below else sum(values[c] for c in below)
        if below and draw(st.integers(0, 3)) == 0:
            values[place] += own
    return tree, values, draw(st.integers(2, 4))


def readings(
    tree: Tree, values: list[int], hidden: dict[int, Shown], low: int
) -> Iterator[dict[int, int]]:
    """Every set of counts that fits all that the walls show: "<low" is 1 to low - 1, "*" is at
    least low (anything, when the program has withheld that it is small), and a parent is the sum of
    its children and of a rest, of which a reader only knows when there is none."""
    places = range(len(values))
    top = max(values) + low + 1
    domains = []
    for place in places:
        if place not in hidden:
            domains.append(range(values[place], values[place] + 1))
        elif hidden[place] is Shown.SMALL:
            domains.append(range(1, low))
        else:
            domains.append(range(0 if values[place] < low else low, top))
    for counts in product(*domains):
        rests = {p: counts[p] - sum(counts[c] for c in below) for p, below in tree.items()}
        none = {p for p, below in tree.items() if values[p] == sum(values[c] for c in below)}
        if all(rest >= 0 and (p not in none or rest == 0) for p, rest in rests.items()):
            yield {**dict(enumerate(counts)), **{-1 - p: rest for p, rest in rests.items()}}


@given(counted_trees())
def test_no_hidden_count_can_be_computed(case: tuple[Tree, list[int], int]) -> None:
    tree, values, low = case
    hidden = suppress(values, lambda place: tree.get(place, []), 0, low)
    small = {place for place, value in enumerate(values) if 0 < value < low}
    assert small <= hidden.keys()
    assert all(hidden[p] is Shown.HIDDEN for p in hidden.keys() - small)
    possible: dict[int, set[int]] = {}
    for counts in readings(tree, values, hidden, low):
        for place, count in counts.items():
            possible.setdefault(place, set()).add(count)
    rests = {-1 - p: values[p] - sum(values[c] for c in below) for p, below in tree.items()}
    protected = [*hidden, *(place for place, rest in rests.items() if 0 < rest < low)]
    assert all(len(possible[place]) > 1 for place in protected)


def test_nothing_is_hidden_without_need() -> None:
    kids = {0: [1, 2, 3]}
    hide = lambda values: suppress(values, lambda i: kids.get(i, []), 0, 5)  # noqa: E731
    assert hide([60, 10, 20, 30]) == {}
    assert hide([30, 10, 20, 0]) == {}
    assert hide([0, 0, 0, 0]) == {}
    # The only small one takes its smallest sibling with it, and 0 hides nothing.
    assert hide([33, 3, 20, 10]) == {1: Shown.SMALL, 3: Shown.HIDDEN}
    assert hide([23, 3, 20, 0]) == {1: Shown.SMALL, 2: Shown.HIDDEN}
    # Two small ones guard each other, unless their sum gives them away.
    assert hide([25, 3, 2, 20]) == {1: Shown.SMALL, 2: Shown.SMALL}
    assert hide([28, 4, 4, 20]) == {1: Shown.SMALL, 2: Shown.SMALL, 3: Shown.HIDDEN}
