"""docs/commands.md, out of the table of commands."""

from cockpit.domain.commands import COMMANDS, STATES, CommandType

_PROSE = """
What people do on desks (`cockpit/domain/commands.py`). `POST /api/v1/commands` with
`{"commands": [{"id", "command", "subject", "expected", "reason", "region", "data"}]}`, one to
a hundred, answers each by itself, in order: `id`, `n` (number of its event in the log) and
`subject`, or `id` and `error`. `id` is chosen by whoever asks and is the same when asked again:
the command is done once. `expected` is the `version` of the row that was seen, 0 for what is new
(its subject is the kind with a slash). `data` is the event's; what the server fills in itself is
left out. Errors: `command.*`, `subject.unknown`, `access.refused` (docs/errors.md). How it is made
sure: docs/decisions/0009-commands.md.

A shelving is no event and has no part in `version`: its `after` is the number of shelvings that the
row had. It lasts for at most the days of rules.toml, `[alerts]`.

A dispatch without `level` or `unit` goes where the duty lists say, with their limit if they have
one of their own. A unit `所在网格`, `所在社区` or `所在街道` means the grid, community or street
that the case lies in, or the nearest above it: the event says its name and its own level.
`GET /api/v1/duties/<region>` reads the lists in force (`?name=&version=` an earlier one) and says
in `own` what those words mean there; `PUT` with `name`, `version` as it was read and `rows` makes a
new version. A row of the whistle list has a `kind` in place of a `limit`: the kind that is offered
for the item, with the limits that the answer's `kinds` tells out of rules.toml. Lists of before
whistles had kinds are read so: a row whose limit was no longer than an emergency's to finish is an
emergency, any other routine. The first version is that of the file `duties.toml`.

## States of a subject, by its row
"""
_LADDER = """
## What raises itself
With the setting `escalation` the role `desk` looks each second at what is late and says so as
events of the source `/cockpit/escalation`; the levels are those of rules.toml, `[ladder]`. A case
is raised (督办) to 1 when at risk, to 2 when overdue, to 3 when overdue by one more whole limit of
the rules or overdue again after a return; 4 is by hand. A whistle is raised to 1 when signing is
late, to 2 when arriving is, to 3 when finishing is or when it is late again after having been
raised before. At its first start it leaves alone what passed more than an hour ago. The
simulated district raises things itself only in the past before its first start."""


def commands_page(note: str) -> str:
    """The page; `note` says that it is made."""
    lines = [f"# Commands\n{note}{_PROSE}"]
    lines += [f"- {kind}: {', '.join(states)}" for kind, states in STATES.items()]
    lines += [
        "\n## All commands\n",
        "| command | right | in states | data | reason | for many | effect |",
        "|---|---|---|---|:-:|:-:|---|",
    ]
    lines += [_line(name, row) for name, row in COMMANDS.items()]
    return "\n".join([*lines, _LADDER]) + "\n"


def _line(name: str, row: CommandType) -> str:
    rights = " or ".join(f"`{right}`" for right in row.rights)
    rights += "".join(f" (3 and 4: `{right}`)" for right in row.high)
    fields = [f"`{f}`" for f in row.data.__struct_encode_fields__ if f not in {"reason", "by"}]
    known = {state for kind in row.subject for state in STATES[kind]}
    states = "any" if known <= set(row.states) else ", ".join(row.states)
    states = "new" if row.opens else states + (", with a limit" if row.limit else "")
    reason, many = ("●" if yes else "" for yes in (row.reason, row.bulk))
    effect = row.meaning + ("" if row.event else " (stays in SQL)")
    data = ", ".join(fields) or "–"
    return f"| `{name}` | {rights} | {states} | {data} | {reason} | {many} | {effect} |"
