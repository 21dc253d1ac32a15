"""The tables of people: accounts, sessions, devices, playlists, source keys and the audit.

The role `desk` alone writes them. Instants are microseconds UTC of the machine's own clock, not of
the site's, which a demonstration may speed up. A digest is the SHA-256 of a token or key in hex;
the token itself is never kept.
"""

from sqlalchemy import Boolean, Column, Index, Text, false

from datasource.database.tables import Words, key, may, must, table

# `name` as it is compared (datasource/desk/texts.py), `external` "<issuer> <subject>" of OpenID
# Connect, `password` an argon2 hash. `signed_in`: when for the first time.
accounts = table(
    "accounts",
    key("id", Text), must("name", Words), must("role", Text), must("region", Text),
    must("department", Words), may("external", Words), must("password", Text),
    must("must_change", Boolean), must("disabled", Boolean), must("demonstration", Boolean),
    must("since"), may("signed_in"), may("last_seen"),
    Index("accounts_by_name", "name", unique=True),
    Index("accounts_by_external", "external", unique=True),
)  # fmt: skip

# Those that have not ended. `by_provider`: begun at the sign-in service, without a password.
sessions = table(
    "sessions",
    key("id", Text), must("digest", Text), must("account", Text), must("since"), must("seen"),
    must("address", Words), must("agent", Words),
    Column("by_provider", Boolean, nullable=False, server_default=false()),
    Index("sessions_by_digest", "digest", unique=True),
    Index("sessions_by_account", "account"),
)  # fmt: skip

# Paired screens. One of `view` and `playlist` is empty.
devices = table(
    "devices",
    key("id", Text), must("name", Words), must("digest", Text), must("view", Text),
    must("playlist", Text), must("since"), may("seen"), must("address", Words),
    Index("devices_by_digest", "digest", unique=True),
)  # fmt: skip

# `pages` is a JSON list of {region, seconds, begin, end}.
playlists = table(
    "playlists", key("id", Text), must("name", Words), must("version"), must("pages", Text)
)

# `types` and `regions` are JSON lists. After a rotation the old key holds until `old_ends`.
source_keys = table(
    "source_keys",
    key("id", Text), must("name", Words), must("source", Words), must("types", Text),
    must("regions", Text), must("rate"), must("digest", Text), may("old_digest", Text),
    may("old_ends"), must("since"), may("seen"),
    Index("source_keys_by_digest", "digest", unique=True),
)  # fmt: skip

# Append-only: triggers refuse changes. `hash` is of the row before and of this row
# (datasource/desk/audit.py).
audit = table(
    "audit",
    key("n"), must("at"), may("account", Text), must("what", Text), must("subject", Words),
    must("outcome", Words), must("address", Words), must("hash", Text),
    Index("audit_by_account", "account", "n"),
    Index("audit_by_what", "what", "n"),
    Index("audit_by_subject", "subject", "n"),
)  # fmt: skip
