"""What each number means, in words: for screens (hover, legend), papers and docs/numbers.md.

docs/metrics.md settles how a number is counted; this says it in a sentence, to whoever asks in a
meeting. A number is named as in the frame (`cases.overdue`); those of the archive's answers that
no frame holds begin with `departments.`, `handling.` or `period.`.
"""

from typing import Literal

from msgspec import Struct

Form = Literal["count", "percent", "minutes"]


class Number(Struct, frozen=True):
    """`zh`, `en`: its name; `means_zh`, `means_en`: its definition. `of`: the numbers whose sum is
    the n of a rate; every rate has one."""

    zh: str
    en: str
    means_zh: str
    means_en: str
    form: Form = "count"
    of: tuple[str, ...] = ()


def _rate(zh: str, en: str, means_zh: str, means_en: str, *of: str) -> Number:
    return Number(zh, en, means_zh, means_en, "percent", of)


_CASES = {
    "cases.reported_today": Number(
        "今日上报", "Reported today",
        "今天零点起上报的事件数，按上报时间；作废与不予受理的也在内。",
        "Cases reported since midnight, by the time of the report; cancelled ones stay in.",
    ),
    "cases.reported_yesterday": Number(
        "昨日同时上报", "Reported yesterday",
        "昨天零点起到此刻同一分钟为止上报的事件数。",
        "Cases reported yesterday up to this minute of the day.",
    ),
    "cases.closed_today": Number(
        "今日办结", "Closed today",
        "今天零点起结案的事件数，按结案时间。",
        "Cases closed since midnight, by the time of closing.",
    ),
    "cases.open": Number(
        "在办事件", "Open cases",
        "已上报、尚未结案、作废或不予受理的事件数。",
        "Cases reported and not yet closed, declined or cancelled.",
    ),
    "cases.overdue": Number(
        "超期事件", "Overdue cases",
        "在办、计时中且已过现行时限的事件数；挂账的不在内。",
        "Open cases whose clock runs and whose deadline in force has passed.",
    ),
    "cases.overdue_new_today": Number(
        "今日新增超期", "Newly overdue today",
        "现仍超期、时限在今天到期的事件数。",
        "Cases overdue now whose deadline fell into today.",
    ),
    "cases.at_risk": Number(
        "临期事件", "At risk",
        "在办、未超期，时限已用去三分之二以上的事件数。",
        "Open cases, not overdue, that have used two thirds of their limit.",
    ),
    "cases.suspended": Number(
        "挂账事件", "Suspended cases",
        "计时停止、仍在办的事件数。",
        "Open cases whose clock stands still.",
    ),
    "cases.closed_month": Number(
        "本月办结", "Closed this month",
        "本月一日零点起结案的事件数。",
        "Cases closed since the first of the month.",
    ),
    "cases.on_time_rate": _rate(
        "按时办结率", "Closed on time",
        "本月按时结案数 ÷（本月结案数 + 现在超期在办数）。",
        "Closed this month on time ÷ (closed this month + open and overdue now).",
        "cases.closed_month", "cases.overdue",
    ),
    "cases.rework_rate": _rate(
        "返工率", "Rework",
        "本月结案中核查曾不通过的占比。",
        "Share of this month's closed cases whose check had failed at least once.",
        "cases.closed_month",
    ),
    "cases.response_rate": _rate(
        "响应率", "Response",
        "本月回访中群众认为已响应的占比。",
        "Share of this month's follow-ups that say there was a response.",
        "cases.follow_ups",
    ),
    "cases.resolution_rate": _rate(
        "解决率", "Resolution",
        "本月回访中群众认为已解决的占比。",
        "Share of this month's follow-ups that say it was resolved.",
        "cases.follow_ups",
    ),
    "cases.satisfaction_rate": _rate(
        "满意率", "Satisfaction",
        "本月回访作答中满意与基本满意的占比。",
        "Share of this month's answers that are satisfied or basically satisfied.",
        "cases.answered",
    ),
    "cases.follow_ups": Number(
        "回访数 n", "Follow-ups n",
        "本月回访的事件数，响应率与解决率的分母；少于 10 不排名。",
        "Cases followed up this month, n of response and resolution; below 10 no rank.",
    ),
    "cases.answered": Number(
        "作答数 n", "Answers n",
        "本月回访中对满意度作答的数，满意率的分母。",
        "Follow-ups of this month that say how satisfied they are, n of satisfaction.",
    ),
}  # fmt: skip

_WHISTLES = {
    "whistles.open": Number(
        "在办哨", "Open whistles",
        "已吹响、尚未销哨或撤回的哨数。",
        "Whistles blown and neither confirmed nor withdrawn.",
    ),
    "whistles.overdue": Number(
        "超时哨", "Overdue whistles",
        "在办、所处环节（签收、到场、办结）已过时限的哨数。",
        "Open whistles whose running leg (sign, arrive, finish) is past its limit.",
    ),
    "whistles.at_risk": Number(
        "临期哨", "Whistles at risk",
        "在办、未超时，本环节时限已用去三分之二以上的哨数。",
        "Open whistles, not overdue, that have used two thirds of the running limit.",
    ),
    "whistles.blown_today": Number(
        "今日吹哨", "Blown today", "今天零点起吹响的哨数。", "Whistles blown since midnight.",
    ),
    "whistles.confirmed_today": Number(
        "今日销哨", "Confirmed today", "今天零点起街道销哨的哨数。",
        "Whistles confirmed by the street since midnight.",
    ),
    "whistles.on_time_arrival_rate": _rate(
        "按时到场率", "Arrived on time",
        "本月按时到场数 ÷（本月到场数 + 现在到场超时数）；撤回的不计。",
        "Arrivals of this month in time ÷ (arrivals of this month + open and late to arrive).",
        "whistles.arrivals_judged",
    ),
    "whistles.arrivals_judged": Number(
        "到场考核数 n", "Arrivals judged n",
        "本月到场数 + 现在到场超时数，按时到场率的分母；撤回的不计。",
        "Arrivals of this month + open and late to arrive, n of arrived on time.",
    ),
}  # fmt: skip

_PATROLS = {
    "patrols.coverage_rate": _rate(
        "巡查覆盖率", "Patrol coverage",
        "本班次已覆盖网格 ÷ 应巡网格：有巡查且在格内有定位。",
        "Grids covered in this shift ÷ grids expected: a session and a position inside the grid.",
        "patrols.expected",
    ),
    "patrols.expected": Number(
        "应巡网格", "Expected grids", "本班次应巡查的网格数，请假的不计。",
        "Grids expected in this shift, without those on leave.",
    ),
    "patrols.covered": Number(
        "已覆盖网格", "Covered grids", "本班次有巡查且在格内有定位的网格数。",
        "Grids with a session and a position inside in this shift.",
    ),
    "patrols.completed": Number(
        "满 90 分钟网格", "Completed grids", "已覆盖且本班次巡查满 90 分钟的网格数。",
        "Covered grids with 90 minutes walked in this shift.",
    ),
    "patrols.on_duty": Number(
        "在岗网格员", "On duty", "最近 30 分钟内有定位的网格员数。",
        "Workers with a position within the last 30 minutes.",
    ),
    "patrols.off_post": Number(
        "脱岗", "Off post", "巡查中、30 分钟无定位或越出本网格 100 米以上的网格员数。",
        "Workers in a session without a position for 30 minutes, or more than 100 m outside.",
    ),
    "patrols.morning": _rate(
        "上午覆盖率", "Morning coverage", "上午班已覆盖网格 ÷ 应巡网格。",
        "Grids covered in the morning ÷ grids expected.", "patrols.morning_n",
    ),
    "patrols.afternoon": _rate(
        "下午覆盖率", "Afternoon coverage", "下午班已覆盖网格 ÷ 应巡网格。",
        "Grids covered in the afternoon ÷ grids expected.", "patrols.afternoon_n",
    ),
    "patrols.morning_n": Number(
        "上午应巡 n", "Expected in the morning n",
        "上午班应巡查的网格数，请假的不计；未开班为 0。",
        "Grids expected in the morning, without those on leave; 0 before it begins.",
    ),
    "patrols.afternoon_n": Number(
        "下午应巡 n", "Expected in the afternoon n",
        "下午班应巡查的网格数，请假的不计；未开班为 0。",
        "Grids expected in the afternoon, without those on leave; 0 before it begins.",
    ),
}  # fmt: skip

_CARE = {
    "people.enrolled": Number(
        "在册人数", "On the register", "登记在册的服务对象人数；特殊人群只显示合计，过小的数隐去。",
        "People on the register; special groups only as one total, small values hidden.",
    ),
    "visits.due_today": Number(
        "今日应访", "Due today", "走访到期日在今天或更早的人数。",
        "People whose next visit is due today or was due before.",
    ),
    "visits.made_today": Number(
        "今日已访", "Visited today", "今天有效走访次数，不在家的不计。",
        "Effective visits of today; nobody at home does not count.",
    ),
    "visits.overdue": Number(
        "走访逾期", "Visits overdue",
        "走访到期日已在今天之前的人数；不注明类别时只计关爱对象，特殊人群另列合计。",
        "People whose next visit was due before today; where no category is named, those in "
        "care alone: special groups have a total of their own.",
    ),
    "alerts.active.critical": Number(
        "紧急预警", "Critical alerts", "未解除的紧急级预警数。", "Active critical alerts.",
    ),
    "alerts.active.warning": Number(
        "警示预警", "Warnings", "未解除的警示级预警数。", "Active alerts of severity warning.",
    ),
    "alerts.unacknowledged": Number(
        "未确认预警", "Unacknowledged alerts", "已发出、尚无人确认的预警数。",
        "Alerts raised that nobody has acknowledged.",
    ),
}  # fmt: skip

_DEPARTMENTS = {
    "departments.blown": Number(
        "接哨数", "Whistles", "期内吹给该部门、未撤回的哨数，按期末当时所知。",
        "Whistles blown to it in the period and not withdrawn, as known at its end.",
    ),
    "departments.confirmed": Number(
        "已销哨", "Confirmed", "其中街道已销哨的数。", "Of those, confirmed by the street.",
    ),
    "departments.arrival_rate": _rate(
        "按时到场率", "Arrived on time", "已到场的哨中按时到场的占比；n 少于 10 不排名。",
        "Of the whistles arrived at, the share in time; below n = 10 there is no rank.",
        "departments.arrival_n",
    ),
    "departments.arrival_n": Number(
        "到场 n", "Arrivals n", "已到场的哨数。", "Whistles arrived at."
    ),
    "departments.finish_rate": _rate(
        "按时办结率", "Finished on time", "已办结的哨中按时办结的占比。",
        "Of the whistles finished, the share in time.", "departments.finish_n",
    ),
    "departments.finish_n": Number("办结 n", "Finished n", "已办结的哨数。", "Whistles finished."),
    "departments.arrival_minutes": Number(
        "到场中位用时", "Median to arrive", "从吹哨（或改派）到到场的中位时长。",
        "Median time from the blowing (or reassignment) to the arrival.", "minutes",
    ),
    "departments.finish_minutes": Number(
        "办结中位用时", "Median to finish", "从吹哨（或改派）到办结的中位时长。",
        "Median time from the blowing (or reassignment) to the finish.", "minutes",
    ),
    "handling.n": Number(
        "办结数 n", "Closed n", "期内结案且曾派遣的事件数。",
        "Cases closed in the period that had been dispatched.",
    ),
    "handling.p50": Number(
        "处置中位用时", "Median handling", "从最后一次派遣到结案的自然时长，一半事件不超过它。",
        "Natural time from the last dispatch to the closing that half of the cases did not exceed.",
        "minutes",
    ),
    "handling.p90": Number(
        "处置九成用时", "90 % handling", "从最后一次派遣到结案的自然时长，九成事件不超过它。",
        "Natural time from the last dispatch to the closing that nine in ten did not exceed.",
        "minutes",
    ),
}  # fmt: skip

# What a brief counts over its days.
_PERIOD = {
    "period.reported": Number(
        "上报", "Reported", "期内上报的事件数，按上报时间；作废与不予受理的也在内。",
        "Cases reported in the period, by the time of the report; cancelled ones stay in.",
    ),
    "period.closed": Number(
        "办结", "Closed", "期内结案的事件数，按结案时间。",
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
}  # fmt: skip

NUMBERS: dict[str, Number] = _CASES | _WHISTLES | _PATROLS | _CARE | _DEPARTMENTS | _PERIOD
_GROUPED = ("people.enrolled.", "visits.due_today.", "visits.made_today.", "visits.overdue.")


def number_of(metric: str) -> Number:
    """The meaning of a metric; that of a group of people is that of all. Raises KeyError when
    there is none."""
    return NUMBERS[metric.rpartition(".")[0] if metric.startswith(_GROUPED) else metric]
