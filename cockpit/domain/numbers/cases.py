"""Cases."""

from cockpit.domain.numbers.number import Number, rate

CASES = {
    "cases.reported_today": Number(
        "今日上报", "Reported today",
        "今天零点起上报的案件数，按上报时间；作废与不予受理的也在内。",
        "Cases reported since midnight, by the time of the report; cancelled ones stay in.",
    ),
    "cases.reported_yesterday": Number(
        "昨日同时上报", "Reported yesterday",
        "昨天零点起到此刻同一分钟为止上报的案件数。",
        "Cases reported yesterday up to this minute of the day.",
    ),
    "cases.closed_today": Number(
        "今日办结", "Closed today",
        "今天零点起结案的案件数，按结案时间。",
        "Cases closed since midnight, by the time of closing.",
    ),
    "cases.open": Number(
        "在办案件", "Open cases",
        "已上报、尚未结案、作废或不予受理的案件数。",
        "Cases reported and not yet closed, declined or cancelled.",
    ),
    "cases.overdue": Number(
        "超期案件", "Overdue cases",
        "在办、计时中且已过现行时限的案件数；挂账的不在内。",
        "Open cases whose clock runs and whose deadline in force has passed.",
    ),
    "cases.overdue_new_today": Number(
        "今日新增超期", "Newly overdue today",
        "现仍超期、时限在今天到期的案件数。",
        "Cases overdue now whose deadline fell into today.",
    ),
    "cases.at_risk": Number(
        "临期案件", "At risk",
        "在办、未超期，时限已用去三分之二以上的案件数。",
        "Open cases, not overdue, that have used two thirds of their limit.",
    ),
    "cases.suspended": Number(
        "挂账案件", "Suspended cases",
        "计时停止、仍在办的案件数。",
        "Open cases whose clock stands still.",
    ),
    "cases.closed_month": Number(
        "本月办结", "Closed this month",
        "本月一日零点起结案的案件数。",
        "Cases closed since the first of the month.",
    ),
    "cases.on_time_rate": rate(
        "按期办结率", "Closed on time",
        "本月按期结案数 ÷（本月结案数 + 现在超期在办数）。",
        "Closed this month on time ÷ (closed this month + open and overdue now).",
        "cases.closed_month", "cases.overdue",
    ),
    "cases.rework_rate": rate(
        "返工率", "Rework",
        "本月结案中核查曾不通过的占比。",
        "Share of this month's closed cases whose check had failed at least once.",
        "cases.closed_month",
    ),
    "cases.response_rate": rate(
        "响应率", "Response",
        "本月回访中群众认为已响应的占比。",
        "Share of this month's follow-ups that say there was a response.",
        "cases.follow_ups",
    ),
    "cases.resolution_rate": rate(
        "解决率", "Resolution",
        "本月回访中群众认为已解决的占比。",
        "Share of this month's follow-ups that say it was resolved.",
        "cases.follow_ups",
    ),
    "cases.satisfaction_rate": rate(
        "满意率", "Satisfaction",
        "本月回访作答中满意与基本满意的占比。",
        "Share of this month's answers that are satisfied or basically satisfied.",
        "cases.answered",
    ),
    "cases.follow_ups": Number(
        "回访数 n", "Follow-ups n",
        "本月回访的案件数，响应率与解决率的分母；少于 10 不排名。",
        "Cases followed up this month, n of response and resolution; below 10 no rank.",
    ),
    "cases.answered": Number(
        "作答数 n", "Answers n",
        "本月回访中对满意度作答的数，满意率的分母。",
        "Follow-ups of this month that say how satisfied they are, n of satisfaction.",
    ),
}  # fmt: skip
