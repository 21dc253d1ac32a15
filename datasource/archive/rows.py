"""Rows out of the ledgers' records (datasource/database/batch.py). 0 in a record is None in a
row: it has not happened."""

from collections.abc import Iterable

from cockpit.domain import calendar as days
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.alerts import Alert
from cockpit.ledgers.case_records import STAGES, Case
from cockpit.ledgers.journal import Made, Moment
from cockpit.ledgers.people_records import Person
from cockpit.ledgers.sessions import Session
from cockpit.ledgers.whistle_records import Whistle
from cockpit.special import MEASURES
from datasource.database.batch import (
    AlertRow,
    CaseRow,
    MomentRow,
    PersonRow,
    SessionRow,
    VisitRow,
    WhistleRow,
)

# Moves with the minute by itself, and is another day's.
_MOVING = "cases.reported_yesterday"


def not_sampled(rules: Rules) -> frozenset[str]:
    """Numbers that are not kept by the half-hour. Those of single categories of special groups
    are shown by no screen, so none is kept."""
    special = (
        f"{measure}.{category}"
        for measure in MEASURES.values()
        for category in rules.groups["special"].categories
    )
    return frozenset((*special, _MOVING))


def case_row(regions: Regions, key: str, case: Case) -> CaseRow:
    """A case as it stands."""
    place, street, community = _places(regions, case.region)
    return CaseRow(
        key=key,
        region=place,
        street=street,
        community=community,
        category=case.category,
        grade=case.grade,
        channel=case.channel,
        stage=STAGES[case.stage],
        ended=case.ended,
        reported=case.reported,
        accepted=case.accepted or None,
        filed=case.filed or None,
        dispatched=case.dispatched or None,
        handled=case.handled or None,
        closed=case.closed or None,
        level=case.level or None,
        unit=case.unit or None,
        due=case.deadline.due if case.deadline else None,
        suspended=case.suspended,
        on_time=case.on_time,
        checks_failed=case.checks_failed,
        supervised=case.supervised,
        version=case.version,
        risk_at=_risk_at(case),
    )


def whistle_row(regions: Regions, key: str, whistle: Whistle) -> WhistleRow:
    """A whistle as it stands."""
    street = regions.street_like(whistle.region)
    return WhistleRow(
        key=key,
        region=regions.all[whistle.region].code,
        street=street.code if street else None,
        kind=whistle.kind,
        department=whistle.department,
        category=whistle.category,
        case_key=whistle.case or None,
        leg=whistle.leg,
        ended=whistle.ended,
        blown=whistle.blown,
        signed=whistle.signed or None,
        arrived=whistle.arrived or None,
        resolved=whistle.resolved or None,
        confirmed=whistle.confirmed or None,
        due=whistle.deadline.due if whistle.deadline else None,
        arrived_on_time=whistle.arrival.on_time if whistle.arrival else None,
        finished_on_time=whistle.finished_on_time,
        escalated=whistle.escalated,
        street_score=whistle.street_score or None,
        department_score=whistle.department_score or None,
        version=whistle.version,
        risk_at=_risk_at(whistle),
    )


def _risk_at(record: Case | Whistle) -> int | None:
    """From when on a record is at risk (until its due instant has passed), if its clock runs."""
    deadline = record.deadline
    runs = deadline is not None and deadline.left is None and not record.ended
    return deadline.risk if deadline is not None and runs else None


def person_row(regions: Regions, key: str, person: Person) -> PersonRow:
    """A person as they stand on the register."""
    place, street, community = _places(regions, person.region)
    return PersonRow(
        key, place, street, community, person.group, person.category, person.level,
        person.enrolled, person.visited or None, person.due_at, person.version,
    )  # fmt: skip


def alert_row(regions: Regions, key: str, alert: Alert) -> AlertRow:
    """An alert as it stands."""
    place, street, community = _places(regions, alert.region)
    return AlertRow(
        key, place, street, community, alert.kind, alert.severity, alert.person or None,
        alert.active, alert.acknowledged, alert.raised, alert.acknowledged_at or None,
        alert.cleared_at or None, alert.version,
    )  # fmt: skip


def _places(regions: Regions, region: int) -> tuple[str, str | None, str | None]:
    """A region's code, and those of the street and the community that it lies in or is."""
    street, community = regions.street_like(region), regions.ancestor(region, "community")
    return (
        regions.all[region].code,
        street.code if street else None,
        community.code if community else None,
    )


def visit_row(regions: Regions, made: Made) -> VisitRow:
    """A visit."""
    code = regions.all[made.region].code
    return VisitRow(made.n, made.person, code, made.group, made.category, made.time, made.result)


def moment_row(regions: Regions, moment: Moment) -> MomentRow:
    """A moment that can be looked for."""
    return MomentRow(moment.at, moment.kind, moment.key, regions.all[moment.region].code)


def session_rows(
    regions: Regions, worker: str, day: int, sessions: Iterable[Session]
) -> list[SessionRow]:
    """A worker's sessions of a day. One without an end mark ends at midnight for the ledger."""
    midnight = days.day_start(day + 1)
    return [
        SessionRow(worker, day, start, None if end == midnight else end, regions.all[grid].code)
        for start, end, grid in sessions
    ]
