"""Instants at which a definition turns, one microsecond before, at and after."""

from cockpit.clock import MINUTE, parse_instant
from tests.property.small_world import GRIDS, Bench, FlatGeography, message, regions, rules

INSIDE = {"lon": 117.3, "lat": 39.1}


def bench_at(text: str) -> Bench:
    return Bench(parse_instant(f"{text}+08:00"), regions(), rules(), FlatGeography())


def hear(bench: Bench, kind: str, subject: str, data: dict[str, object] | None = None) -> None:
    bench.hear(message(bench.n + 1, kind, subject, bench.now, GRIDS[0], data))


def test_a_worker_is_off_post_after_thirty_minutes_and_not_at_them() -> None:
    bench = bench_at("2026-11-23T09:00:00")
    hear(bench, "patrol.started", "worker/1")
    hear(bench, "patrol.pinged", "worker/1", INSIDE)
    for step, on_duty in ((30 * MINUTE - 1, 1), (1, 1), (1, 0)):
        bench.tick(step)
        metrics = bench.projector.metrics(GRIDS[0])
        assert (metrics["patrols.on_duty"], metrics["patrols.off_post"]) == (on_duty, 1 - on_duty)
        assert bench.faults() == []


def test_a_session_that_ends_as_the_shift_begins_covers_nothing() -> None:
    for late, covered in ((0, 0), (1, 1)):
        bench = bench_at("2026-11-23T08:00:00")
        hear(bench, "patrol.started", "worker/1")
        bench.tick(30 * MINUTE)
        hear(bench, "patrol.pinged", "worker/1", INSIDE)
        bench.tick(late)
        hear(bench, "patrol.ended", "worker/1")
        bench.tick(MINUTE)
        assert bench.projector.metrics(GRIDS[0])["patrols.covered"] == covered
        assert bench.faults() == []


def test_a_case_is_overdue_after_its_due_instant_and_at_risk_from_two_thirds() -> None:
    bench = bench_at("2026-11-23T09:00:00")
    report = {"category": "0403", "grade": "urgent", "channel": "patrol"}  # 2 hours
    hear(bench, "case.reported", "case/1", report)
    hear(bench, "case.dispatched", "case/1", {"level": "grid", "unit": "网格"})
    steps = ((80 * MINUTE - 1, 0, 0), (1, 1, 0), (40 * MINUTE, 1, 0), (1, 0, 1))
    for step, at_risk, overdue in steps:
        bench.tick(step)
        metrics = bench.projector.metrics("120110")
        assert (metrics["cases.at_risk"], metrics["cases.overdue"]) == (at_risk, overdue)
        assert bench.faults() == []


def test_an_early_event_waits_less_than_fifteen_minutes() -> None:
    report = {"category": "0403", "grade": "urgent", "channel": "patrol"}
    for wait, accepted in ((15 * MINUTE - 1, 1), (15 * MINUTE, 0)):
        bench = bench_at("2026-11-23T09:00:00")
        hear(bench, "case.accepted", "case/1")
        bench.tick(wait)
        hear(bench, "case.reported", "case/1", report)
        assert bench.projector.metrics("120110")["cases.stage.accepted"] == accepted
        assert bench.refused == ([] if accepted else [(1, "case.unknown")])
        assert bench.faults() == []
