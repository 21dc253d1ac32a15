"""What is said of a number."""

from typing import Literal

from msgspec import Struct

Form = Literal["count", "percent", "minutes"]


class Number(Struct, frozen=True):
    """`zh`, `en`: its name; `means_zh`, `means_en`: its definition. `of`: the numbers whose sum is
    the n of a rate; every rate has one."""

    zh: str
    en: str
    means_zh: str
    means_en: str
    form: Form = "count"
    of: tuple[str, ...] = ()


def rate(zh: str, en: str, means_zh: str, means_en: str, *of: str) -> Number:
    """A number between 0 and 1; `of`: the numbers whose sum is its n."""
    return Number(zh, en, means_zh, means_en, "percent", of)
