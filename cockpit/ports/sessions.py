"""Who asks: sessions, paired screens and source keys."""

from typing import Any, Protocol

from msgspec import Struct

from cockpit.domain.access import Account, Device


class Ticket(Struct, frozen=True):
    """What a session opens that is for a paper alone: the page at this path, once, and what it
    shows of the instant `at`."""

    page: str
    at: int


class Session(Struct, frozen=True):
    """Somebody's session. `must_change`: nothing may be done with it but change the password.
    `ticket`: it opens nothing but that."""

    account: Account
    must_change: bool = False
    ticket: Ticket | None = None


class Screen(Struct, frozen=True):
    """A paired screen: what it may read, its name, and the playlist it shows, if any:
    {"name", "pages": [{"region", "seconds", "begin", "end"}]}."""

    device: Device
    name: str = ""
    playlist: dict[str, Any] | None = None


class SourceKey(Struct, frozen=True):
    """What a source may send: as which CloudEvents source, which event types (empty: all), of
    which regions and what lies in them, how many events a minute (0: any). `ends`: when it stops
    to hold after a rotation, None for the newest."""

    id: str
    source: str
    types: frozenset[str]
    regions: frozenset[str]
    rate: int
    ends: int | None = None


class Sessions(Protocol):
    """Who somebody is by what they carry, without asking SQL. All raise CockpitError `redis.*`.
    None may also mean that the copy was lost: the role desk knows (`Who`, `WhoDevice`). What the
    desk must have said and has never said to this process: CockpitError `query.unavailable`."""

    def session(self, token: str, used: bool = True) -> Session | None:
        """Whose session a token is. `used`: it idles from now on."""

    def first_use(self, token: str) -> bool:
        """Whether the page of a session's ticket has not been opened before."""

    def screen(self, token: str, address: str = "") -> Screen | None:
        """Whose paired screen a token is; `address` is where it asks from."""

    def screen_changes(self) -> int:
        """How often paired screens or what they show have changed; it only ever grows."""

    def key(self, key: str) -> SourceKey | None:
        """What a source may send with a key, if it holds. Raises also `query.unavailable`."""

    def administered(self) -> bool:
        """True once an administrator of a real site has signed in, for ever. Raises also
        `query.unavailable`."""

    def keys_exist(self) -> bool:
        """Whether a source needs a key here. Raises also `query.unavailable`."""
