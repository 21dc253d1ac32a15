"""Which rules hold for which entry of the log. They change when the office edits their file, and
every version is kept (SQL, table rule_sets)."""

from collections.abc import Sequence

from cockpit.domain.rules import Rules
from cockpit.ports import RuleSet

Change = tuple[int, Rules]
"""Rules, and the number of the first entry that they hold for."""
Changes = Sequence[Change]


def changes_of(rule_sets: Sequence[RuleSet]) -> list[Change]:
    """The rules of the sets, read. Raises CockpitError `rules.invalid`."""
    return [
        (one.from_n, Rules.from_toml(one.text, f"the rules from number {one.from_n}"))
        for one in rule_sets
    ]


def rules_at(changes: Changes, n: int) -> Rules:
    """The rules in force for the entry `n`; for 0 those of the first one."""
    newest = changes[-1]
    if newest[0] <= n:  # asked for every entry of the log: the usual answer first
        return newest[1]
    return next(rules for first, rules in reversed(changes) if first <= max(n, 1))


def behind(changes: Changes, n: int) -> list[Change]:
    """The changes that come into force behind the entry `n`."""
    return [change for change in changes if change[0] > max(n, 1)]
