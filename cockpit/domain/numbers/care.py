"""People on the register, visits to them, and alerts."""

from cockpit.domain.numbers.number import Number

CARE = {
    "people.enrolled": Number(
        "在册人数", "On the register",
        "登记在册的服务对象人数；特殊人群只显示合计，1 至 4 记作 <5，会泄露它的数记作 *。",
        "People on the register; special groups only as one total: 1 to 4 as <5, a number that "
        "would give it away as *.",
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
