"""What no frame holds: departments, handling and the days of a brief, out of the archive."""

from cockpit.domain.numbers.number import Number, rate

DEPARTMENTS = {
    "departments.blown": Number(
        "接哨数", "Whistles", "期内吹给该部门、未撤回的哨数，按期末当时所知。",
        "Whistles blown to it in the period and not withdrawn, as known at its end.",
    ),
    "departments.confirmed": Number(
        "已销哨", "Confirmed", "其中街道已销哨的数。", "Of those, confirmed by the street.",
    ),
    "departments.arrival_rate": rate(
        "按期报到率", "Arrived on time",
        "期内吹的哨中，按期报到数 ÷（报到数 + 期末报到超期数）；撤回的不计；n 少于 10 不排名。",
        "Of the period's whistles: arrivals in time ÷ (arrivals + open and late to arrive at its "
        "end); without those withdrawn; below n = 10 there is no rank.",
        "departments.arrival_n",
    ),
    "departments.arrival_n": Number(
        "报到 n", "Arrivals n",
        "期内吹的哨中，报到数 + 期末报到超期数；撤回的不计。",
        "Of the period's whistles: arrivals + open and late to arrive at its end; without those "
        "withdrawn.",
    ),
    "departments.finish_rate": rate(
        "按期办结率", "Finished on time",
        "期内吹的哨中，按期办结数 ÷（办结数 + 期末办结超期数）；撤回的不计。",
        "Of the period's whistles: finished in time ÷ (finished + open and late to finish at its "
        "end); without those withdrawn.",
        "departments.finish_n",
    ),
    "departments.finish_n": Number(
        "办结 n", "Finished n",
        "期内吹的哨中，办结数 + 期末办结超期数；撤回的不计。",
        "Of the period's whistles: finished + open and late to finish at its end; without those "
        "withdrawn.",
    ),
    "departments.arrive_minutes": Number(
        "报到中位用时", "Median to arrive", "从吹哨（改派的从最后一次改派）到报到的中位时长。",
        "Median time from the blowing, or the last reassignment, to the arrival.", "minutes",
    ),
    "departments.finish_minutes": Number(
        "办结中位用时", "Median to finish",
        "从吹哨（改派的从最后一次改派）到办结的中位时长；部门未报办结的算到街道销哨。",
        "Median time from the blowing, or the last reassignment, to the finish, else to the "
        "street's confirmation.", "minutes",
    ),
    "handling.n": Number(
        "办结数 n", "Closed n", "期内结案且曾派遣的案件数。",
        "Cases closed in the period that had been dispatched.",
    ),
    "handling.p50": Number(
        "处置中位用时", "Median handling", "从最后一次派遣到结案的自然时长，一半案件不超过它。",
        "Natural time from the last dispatch to the closing that half of the cases did not exceed.",
        "minutes",
    ),
    "handling.p90": Number(
        "处置九成用时", "90 % handling", "从最后一次派遣到结案的自然时长，九成案件不超过它。",
        "Natural time from the last dispatch to the closing that nine in ten did not exceed.",
        "minutes",
    ),
}  # fmt: skip

# What a brief counts over its days.
PERIOD = {
    "period.reported": Number(
        "上报", "Reported", "期内上报的案件数，按上报时间；作废与不予受理的也在内。",
        "Cases reported in the period, by the time of the report; cancelled ones stay in.",
    ),
    "period.closed": Number(
        "办结", "Closed", "期内结案的案件数，按结案时间。",
        "Cases closed in the period, by the time of closing.",
    ),
    "period.blown": Number(
        "吹哨", "Whistles blown", "期内吹响的哨数。", "Whistles blown in the period.",
    ),
    "period.confirmed": Number(
        "销哨", "Whistles confirmed", "期内街道销哨的哨数。",
        "Whistles confirmed by the street in the period.",
    ),
    "period.visited": Number(
        "走访", "Visits made", "期内对关爱对象的有效走访次数，不在家的不计。",
        "Effective visits to people in care in the period; nobody at home does not count.",
    ),
    "period.coverage_rate": rate(
        "巡查覆盖率", "Patrol coverage",
        "期内各班次：已覆盖网格数之和 ÷ 应巡网格数之和，按每班结束时所知；没有班次的日子不计。",
        "Over the period's shifts: grids covered ÷ grids expected, as known at each shift's end; "
        "days without shifts do not count.", "period.expected",
    ),
    "period.expected": Number(
        "应巡网格次 n", "Grid shifts n", "期内各班次应巡网格数之和，请假的不计。",
        "Grids expected over the period's shifts, without those on leave.",
    ),
}  # fmt: skip
