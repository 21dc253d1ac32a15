"""The 督办 ladder and late whistles: to which level something raises itself, and when.

Pure: whoever looks hands in how it stands. rules.toml says the levels (docs/commands.md).
"""

from collections.abc import Iterable

from msgspec import Struct

from cockpit.domain.deadlines import DeadlineClock
from cockpit.domain.rules import Limit, Rules


class Missed(Struct, frozen=True):
    """Why something is to be raised: the level, and the instant that made it so."""

    level: int
    at: int


class CaseClock(Struct, frozen=True):
    """A case whose clock runs: the instant from which it is at risk, its due instant, and the
    instant of its last dispatch."""

    category: str
    grade: str
    risk: int
    due: int
    dispatched: int


def case_missed(
    rules: Rules, case: CaseClock, supervised: Iterable[tuple[int, int]], now: int
) -> Missed | None:
    """To which level a case is to be raised now, if to a higher one than any before. `supervised`
    are the instants and levels at which it was raised, the oldest first."""
    raised = list(supervised)
    ladder, top = rules.ladder, max((level for _, level in raised), default=0)
    # Being at risk is over once it is overdue.
    steps = [Missed(ladder.at_risk, case.risk)] if now <= case.due else []
    if now > case.due:
        steps.append(Missed(ladder.overdue, case.due))
        before = [at for at, level in raised if level >= ladder.overdue and at < case.dispatched]
        if before and ladder.overdue:
            steps.append(Missed(ladder.second_miss, case.due))
    steps.append(Missed(ladder.twice, twice_at(rules, case)))
    return _highest(steps, top, now)


def twice_at(rules: Rules, case: CaseClock) -> int:
    """When a case has been overdue for one more whole limit of the rules."""
    limit: Limit = rules.case_limit(case.category, case.grade)
    return DeadlineClock(rules.calendar).start(limit, case.due).due


def whistle_missed(
    rules: Rules, leg: str, due: int, began: int, escalated: Iterable[tuple[int, int]], now: int
) -> Missed | None:
    """To which level a whistle is to be raised now. `leg` runs since `began`; `escalated` as of
    cases. A leg that is late raises to its level; one that is late after an earlier one was, to
    that of being late again."""
    if now <= due:
        return None
    raised, ladder = list(escalated), rules.ladder
    top = max((level for _, level in raised), default=0)
    if any(at > began for at, _ in raised):
        return None  # this leg has been told of
    own: int = getattr(ladder, f"late_{leg}")
    steps = [Missed(own, due)]
    if raised and own <= top:
        steps.append(Missed(ladder.late_again, due))
    return _highest(steps, top, now)


def _highest(steps: Iterable[Missed], top: int, now: int) -> Missed | None:
    due = [step for step in steps if step.level > top and step.at <= now]
    return max(due, key=lambda step: step.level, default=None)
