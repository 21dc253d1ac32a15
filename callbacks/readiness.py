"""Whether the site as a whole does its work: which role is missing, and which says that it
cannot do what it should."""

from collections.abc import Iterable, Sequence

from cockpit.ports import Process

# Missed whenever none is active; the others once one was ever seen here.
ALWAYS = ("intake", "projector", "archive")
ONCE_SEEN = ("query", "desk")
# A figure above 0 in the word of a role's active process is this fault of the site.
FAULTS = (("intake", "refusing", "log.full"),)


def missing_roles(processes: Iterable[Process], ever_seen: frozenset[str]) -> list[str]:
    """The roles without an active process."""
    active = {each.role for each in processes if each.state == "active"}
    expected = (*ALWAYS, *(role for role in ONCE_SEEN if role in ever_seen))
    return [role for role in expected if role not in active]


def faults_of(processes: Sequence[Process]) -> list[str]:
    """The codes of errors.md for what roles that are there say they cannot do."""
    return [
        code
        for role, figure, code in FAULTS
        if any(
            each.role == role and each.state == "active" and each.values.get(figure, 0) > 0
            for each in processes
        )
    ]
