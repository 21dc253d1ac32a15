"""What the web server asks of the role `desk` about accounts, sessions, devices, keys and audit.

`who` is the account that asks, as the session says; the handler passes it through the gate.
`address` is the peer's network address, for throttling and audit. Answers are JSON.
"""

from msgspec import Struct

from cockpit.domain.access import Account, Role


class Asked(Struct, frozen=True, kw_only=True):
    """What the audit says of a question beside who asked it: from where. A question that may be
    refused, or that changes something, is one of these."""

    address: str = ""


class SignIn(Struct, frozen=True, tag="sign_in"):
    """→ {"token", "account", "must_change"}. Raises `access.wrong` (name or password, the same
    for both), `access.throttled`, `access.disabled`. `before`: the token that the browser carried
    until now; its session ends."""

    name: str
    password: str
    address: str
    agent: str = ""
    before: str = ""


class SignInExternally(Struct, frozen=True, tag="sign_in_externally"):
    """By OpenID Connect: the provider's subject, already verified. → as SignIn."""

    issuer: str
    subject: str
    address: str
    agent: str = ""
    before: str = ""


class SignOut(Asked, frozen=True, tag="sign_out"):
    """→ {}; an unknown token is no fault."""

    token: str


class Who(Struct, frozen=True, tag="who"):
    """Whose session a token is: {"account", "must_change"} or null. Puts it back into Redis."""

    token: str


class ChangePassword(Asked, frozen=True, tag="change_password"):
    """→ {}; ends the account's other sessions. Raises `access.wrong`, `password.*`."""

    who: Account
    token: str
    old: str
    new: str


class MySessions(Struct, frozen=True, tag="sessions"):
    """→ {"sessions": [{"id", "since", "seen", "address", "agent", "current"}]}."""

    who: Account
    token: str


class RevokeSession(Asked, frozen=True, tag="revoke_session"):
    """Ends a session of one's own, or of anybody whose accounts one manages. → {}."""

    who: Account
    id: str


class ListAccounts(Asked, frozen=True, tag="list_accounts"):
    """→ {"accounts": [{"id", "name", "role", "region", "department", "disabled", "last_seen"}]}."""

    who: Account


class CreateAccount(Asked, frozen=True, tag="create_account"):
    """→ {"id", "password"}: a one-time password, to be changed at the first sign-in. `external`
    is "<issuer> <subject>" of OpenID Connect, or empty."""

    who: Account
    name: str
    role: Role
    region: str
    department: str = ""
    external: str = ""


class ChangeAccount(Asked, frozen=True, tag="change_account"):
    """Change what is not None; its sessions end, by `sign_out` also without a change. `reset`
    makes a new one-time password, which is the answer's "password". → {"password"?}."""

    who: Account
    id: str
    role: Role | None = None
    region: str | None = None
    department: str | None = None
    disabled: bool | None = None
    external: str | None = None
    reset: bool = False
    sign_out: bool = False


class BeginPairing(Struct, frozen=True, tag="begin_pairing"):
    """An unpaired screen asks for its code. `secret` is the screen's own, 32 random bytes in hex.
    → {"code", "expires"}: six characters, for ten minutes."""

    secret: str
    address: str


class PairingState(Struct, frozen=True, tag="pairing_state"):
    """→ {"paired": false} or {"paired": true, "token", "first"}: the device's token, once, and the
    address of its first page."""

    secret: str


class Pair(Asked, frozen=True, tag="pair"):
    """An operator enters the code. One of `view` (`<region>/wall`) and `playlist`. → {"id"}."""

    who: Account
    code: str
    name: str
    view: str = ""
    playlist: str = ""


class ListDevices(Asked, frozen=True, tag="list_devices"):
    """For who manages screens, or looks after the whole site's state.
    → {"devices": [{"id", "name", "view", "playlist", "since", "seen", "address"}],
    "playlists": [{"id", "name", "version", "pages": [{"region", "seconds", "begin", "end"}]}]}."""

    who: Account


class ChangeDevice(Asked, frozen=True, tag="change_device"):
    """→ {}."""

    who: Account
    id: str
    name: str | None = None
    view: str | None = None
    playlist: str | None = None
    revoke: bool = False


class PlaylistPage(Struct, frozen=True):
    """A wall's region, how long, and between which hours ("08:00"; both empty: always)."""

    region: str
    seconds: int
    begin: str = ""
    end: str = ""


class SavePlaylist(Asked, frozen=True, tag="save_playlist"):
    """`id` empty: a new one; `version` as it was read, else `desk.conflict`.
    → {"id", "version"}."""

    who: Account
    id: str
    version: int
    name: str
    pages: list[PlaylistPage]
    remove: bool = False


class WhoDevice(Struct, frozen=True, tag="who_device"):
    """Whose device token it is: {"device": {"id", "views"}, "name", "playlist": {...} | null} or
    null."""

    token: str
    address: str = ""


class ListKeys(Asked, frozen=True, tag="list_keys"):
    """→ {"keys": [{"id", "name", "source", "types", "regions", "since", "seen", "ends"}]}."""

    who: Account


class CreateKey(Asked, frozen=True, tag="create_key"):
    """A source's key. `source`: the only CloudEvents source it may send as; `types`: allowed event
    types, empty for all; `regions`: allowed regions and what lies in them; `rate`: events a minute,
    0 for any. → {"id", "key"}: shown once."""

    who: Account
    name: str
    source: str
    types: list[str]
    regions: list[str]
    rate: int = 0


class ChangeKey(Asked, frozen=True, tag="change_key"):
    """`rotate`: → {"key"}, the old one holds for another 24 hours; `revoke`: ends at once. → {}."""

    who: Account
    id: str
    rotate: bool = False
    revoke: bool = False


class WriteAudit(Struct, frozen=True, tag="write_audit"):
    """What the web server saw: a refused look, an audited look. `who` None: nobody known. → {}."""

    who: Account | None
    what: str
    subject: str
    outcome: str
    address: str = ""


class ReadAudit(Asked, frozen=True, tag="read_audit"):
    """→ {"total", "rows": [{"n", "at", "account", "name", "what", "subject", "outcome",
    "address"}], "whole": whether the chain of the rows holds}; newest first."""

    who: Account
    offset: int = 0
    limit: int = 100
    account: str = ""
    what: str = ""
    subject: str = ""
