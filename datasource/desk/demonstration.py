"""The accounts that a demonstration has: one of each role, all with one password that everybody
may know. They exist only while the setting `simulate` is on."""

from dataclasses import dataclass

from cockpit.domain.access import Role
from cockpit.domain.regions import Regions

PASSWORD = "dongli-demo-2026"
_DEPARTMENT = "区城管委"


@dataclass(frozen=True)
class Demonstrated:
    """An account of a demonstration; `id` as in SQL and in the audit."""

    name: str
    role: Role
    region: str
    department: str = ""

    @property
    def id(self) -> str:
        return f"demo-{self.name}"


def demonstrated(regions: Regions) -> tuple[Demonstrated, ...]:
    """The accounts, for the first street of the district and its first community."""
    district = regions.district.code
    street = regions.at_level("street")[0]
    community = regions.children_of(street)[0].code
    return (
        Demonstrated("admin", "administrator", district),
        Demonstrated("operator", "operator", district),
        Demonstrated("street", "street_director", street.code),
        Demonstrated("street2", "street_operator", street.code),
        Demonstrated("community", "community_secretary", community),
        Demonstrated("leader", "leader", district),
        Demonstrated("auditor", "auditor", district),
        Demonstrated("department", "department", district, _DEPARTMENT),
    )
