"""What an address asks for, and who asks: all that a screen's layout is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cockpit.domain.access import Account
from layouts.place import Place


@dataclass(frozen=True)
class Asked:
    """`place` is the address's region, else the account's own, else the district. `words` are the
    other named parts of the path, `search` its query with the question mark or ''. `account` is
    None where a screen is open to anybody."""

    place: Place
    account: Account | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    search: str = ""
