"""Whistles."""

from cockpit.domain.numbers.number import Number, rate

WHISTLES = {
    "whistles.open": Number(
        "在途哨", "Open whistles",
        "已吹响、尚未销哨或撤回的哨数。",
        "Whistles blown and neither confirmed nor withdrawn.",
    ),
    "whistles.overdue": Number(
        "超期哨", "Overdue whistles",
        "在途、所处环节（签收、报到、办结）已过时限的哨数。",
        "Open whistles whose running leg (sign, arrive, finish) is past its limit.",
    ),
    "whistles.at_risk": Number(
        "临期哨", "Whistles at risk",
        "在途、未超期，本环节时限已用去三分之二以上的哨数。",
        "Open whistles, not overdue, that have used two thirds of the running limit.",
    ),
    "whistles.blown_today": Number(
        "今日吹哨", "Blown today", "今天零点起吹响的哨数。", "Whistles blown since midnight.",
    ),
    "whistles.confirmed_today": Number(
        "今日销哨", "Confirmed today", "今天零点起街道销哨的哨数。",
        "Whistles confirmed by the street since midnight.",
    ),
    "whistles.on_time_arrival_rate": rate(
        "按期报到率", "Arrived on time",
        "本月按期报到数 ÷（本月报到数 + 现在报到超期数）；撤回的不计。",
        "Arrivals of this month in time ÷ (arrivals of this month + open and late to arrive).",
        "whistles.arrivals_judged",
    ),
    "whistles.arrivals_judged": Number(
        "报到考核数 n", "Arrivals judged n",
        "本月报到数 + 现在报到超期数，按期报到率的分母；撤回的不计。",
        "Arrivals of this month + open and late to arrive, n of arrived on time.",
    ),
}  # fmt: skip
