"""The gates as the desk's lists meet them. Looks at persons are audited here; refusals are where
all answers are given (datasource/desk/worker.py)."""

from cockpit.domain import access
from cockpit.domain.access import Account, Place, Right
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.desk.audit import Audit
from datasource.desk.work_questions import Kind, Rows, Subject
from datasource.lately import SAME_LOOK_SECONDS, Lately


class Looking:
    """Who may see what, on behalf of an account that asks."""

    def __init__(self, regions: Regions, audit: Audit) -> None:
        self._regions, self._audit = regions, audit
        self._seen = Lately(SAME_LOOK_SECONDS)

    def may(self, who: Account, kind: Kind, region: str, department: str = "") -> bool:
        """Whether an account may see what of this kind lies in a region; a whistle is its
        `department`'s."""
        try:
            self.look(who, kind, region, department)
        except CockpitError:
            return False
        return True

    def permits(self, who: Account, right: Right, region: str, department: str = "") -> bool:
        """Whether an account has a right for what lies in a region: to show what may be done."""
        try:
            access.act(self._regions, who, right, Place(region, department))
        except CockpitError:
            return False
        return True

    def look(self, who: Account, kind: Kind, region: str, department: str = "") -> None:
        """Before anything of this kind is shown. Raises CockpitError `access.refused`."""
        place = Place(region, department if kind == "whistle" else "")
        access.look(self._regions, who, Right.LOOK_DESK, place)
        if kind == "person":
            access.look(self._regions, who, Right.LOOK_PERSON, place)

    def saw_persons(self, asked: Rows | Subject, subject: str) -> None:
        """A look at persons is told before it is answered; the same one again within ten minutes
        is the same look."""
        look = asked.who.id, subject
        if not self._seen.has(look):
            right = str(Right.LOOK_PERSON)
            self._audit.append(asked.who, right, subject, "seen", asked.address)
            self._seen.note(look)
