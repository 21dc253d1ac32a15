"""The tables of people's work that are no events: duty lists, remarks, shelved alerts.

Only the role `desk` writes them. What they hold does not follow from the log and is not made
again from it. Instants are microseconds UTC.
"""

from sqlalchemy import Index, Text

from datasource.database.tables import Words, key, must, table

# Every version of every duty list; `rows` is a JSON array (datasource/desk/duties.py). The one in
# force for a region is the newest of the nearest region above that has the list.
duty_lists = table(
    "duty_lists",
    key("region", Text), key("name", Text), key("version"), must("changed_by", Text),
    must("changed_at"), must("rows", Words),
)  # fmt: skip

# `id` is the command's: the same remark given twice is one. `subject` as of events (`case/7`).
remarks = table(
    "remarks",
    key("id", Words), must("subject", Words), must("at"), must("account", Text),
    must("text", Words),
    Index("remarks_by_subject", "subject", "at"),
)  # fmt: skip

# Alerts that nobody is to be reminded of before `until`: every shelving of each, numbered from 1;
# the newest holds. `id` is the command's, `key` the alert's.
shelvings = table(
    "shelvings",
    key("id", Words), must("key", Words), must("number"), must("until"), must("at"),
    must("account", Text), must("reason", Words),
    Index("shelvings_by_key", "key", "number", unique=True),
)  # fmt: skip

# One row, id 1: deadlines that passed before `since` are nobody's to escalate any more.
escalation = table("escalation", key("id"), must("since"))
