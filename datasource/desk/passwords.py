"""Passwords: how they are kept, which are good enough, and those that hold once."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cockpit.errors import CockpitError

SHORTEST, LONGEST = 10, 128
_FEWEST_CHARACTERS = 5  # different ones
# What is tried first, of those that are long enough, and the words that are only filled up.
_COMMON = (
    "1234567890", "0123456789", "0987654321", "9876543210", "1q2w3e4r5t", "1qaz2wsx3e",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "password", "passw0rd", "iloveyou", "letmein",
    "welcome", "administrator", "admin", "woaini", "5201314", "a123456", "abc123", "123qwe",
    "dongli", "cockpit",
)  # fmt: skip
# Without characters that are read for one another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The password as it may be kept. Takes about 50 ms and 64 MB."""
    return _hasher.hash(_plain(password))


@cache
def nobodys() -> str:
    """The hash of no password, for names that do not exist: they must take as long."""
    return _hasher.hash(secrets.token_hex(16))


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; as slow for None as for a wrong one."""
    try:
        right = _hasher.verify(kept or nobodys(), _plain(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def one_time() -> str:
    """A random password that is easily read out: four times four characters."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def check_strength(password: str, name: str) -> None:
    """Raises CockpitError `password.*` for one that is too easily guessed."""
    plain = _plain(password)
    low = plain.lower()
    if not SHORTEST <= len(plain) <= LONGEST:
        raise CockpitError("password.length", shortest=SHORTEST, longest=LONGEST)
    if len(set(low)) < _FEWEST_CHARACTERS:
        raise CockpitError("password.repeats", fewest=_FEWEST_CHARACTERS)
    if name in low or low in name:
        raise CockpitError("password.name")
    # A common one stays common with a few characters around it.
    if any(each in low and len(low) - len(each) < SHORTEST // 2 for each in _COMMON):
        raise CockpitError("password.common")


def _plain(password: str) -> str:
    # A keyboard for Chinese may type wide letters.
    return unicodedata.normalize("NFKC", password)
