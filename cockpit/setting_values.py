"""How the text of each setting becomes its value. Each reader raises ValueError with the reason, or
a CockpitError."""

import re
from collections.abc import Callable

from cockpit.clock import parse_instant


def port(text: str) -> int:
    """A TCP port."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number within these bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", text) or not low <= int(text) <= high:
            raise ValueError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def speed(text: str) -> float:
    """How fast a clock runs."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.01 <= value <= 1000:
        raise ValueError(f"{text!r} is not a number from 0.01 to 1000")
    return value


def flag(text: str) -> bool:
    """Yes or no."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(f"{text!r} is neither true nor false")


def redis_url(text: str) -> str:
    """The address of a Redis, or ''."""
    if text and not re.fullmatch(r"(rediss?|unix|sentinel)://\S+", text):
        schemes = "redis://, rediss://, unix:// or sentinel://"
        raise ValueError(f"{text!r} does not begin with {schemes}")
    return text


def database_url(text: str) -> str:
    """The address of a database, or ''."""
    if text and not re.fullmatch(r"(sqlite|postgres(ql)?)://.+", text):
        # Not quoted: it may hold a password.
        raise ValueError("it does not begin with sqlite:///, or postgresql://")
    return text


def clock(text: str) -> int | str | None:
    """An instant, `working`, or None for now."""
    if text in {"", "now"}:
        return None
    return "working" if text == "working" else parse_instant(text)


def prefix(text: str) -> str:
    """A prefix of keys with its hash tag."""
    if not re.fullmatch(r"[\w.\-]*:?\{[\w.\-]+\}", text):
        raise ValueError(f"{text!r} is not like grid:{{120110}}, with a hash tag in braces")
    return text


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of these words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{text!r} is none of {', '.join(allowed)}")
        return text

    return read


def web_address(text: str) -> str:
    """The address of a service on the web, or ''."""
    if text and not re.fullmatch(r"https?://\S+", text):
        raise ValueError(f"{text!r} is not an http address")
    return text


def site_url(text: str) -> str:
    """The address of this site, or ''."""
    if text and not re.fullmatch(r"https?://[^\s/]+/?", text):
        raise ValueError(f"{text!r} is not like http://127.0.0.1:8050")
    return text


def minute(text: str) -> int | None:
    """A minute of the day, None for `off`."""
    if text == "off":
        return None
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text, re.ASCII)
    if match is None:
        raise ValueError(f"{text!r} is neither a time like 07:30 nor off")
    return int(match[1]) * 60 + int(match[2])


def secret(text: str) -> str:
    """A secret, or ''."""
    if text and len(text) < 32:
        raise ValueError("it has fewer than 32 characters")  # not quoted: it is a secret
    return text


def ancestors(text: str) -> str:
    """Sites as a Content-Security-Policy names them, or ''."""
    site = r"('self'|https?://[\w.*:\-]+)"
    if text and not re.fullmatch(rf"{site}( {site})*", text):
        raise ValueError(f"{text!r} is not like 'self' https://portal.example")
    return text
