"""What the simulated district is like: categories and their usual handlers, streets that do
better or worse, people on the registers. Counts follow rules.md, the rest is made up to look
like the reference picture. Numbers a scenario changes stand in its file, not here.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """A minor category: how often patrols and citizens report it, whether a worker often
    settles it alone, the shares of the grades urgent and general, and who is whistled for."""

    code: str
    patrol: float
    appeal: float
    light: bool
    urgent: float
    general: float
    department: str


KINDS = (
    Kind("0101", 95, 9, True, 0, 0.5, "区城管委"),
    Kind("0102", 18, 7, False, 0, 0.4, "区城管委"),
    Kind("0103", 62, 4, True, 0, 0.5, "区城管委"),
    Kind("0104", 12, 8, False, 0.2, 0.7, "区水务局"),
    Kind("0105", 10, 5, False, 0, 0.2, "区园林绿化中心"),
    Kind("0106", 3, 3, False, 0, 0.2, "区规划资源分局"),
    Kind("0107", 55, 4, True, 0, 0.4, "区城管委"),
    Kind("0108", 7, 6, False, 0.3, 0.6, "区排水中心"),
    Kind("0201", 9, 1, False, 0, 0.3, "区城管委"),
    Kind("0202", 60, 2, True, 0, 0.3, "区城管委"),
    Kind("0203", 10, 1, False, 0, 0.4, "区市场监管局"),
    Kind("0301", 4, 12, False, 0.1, 0.8, "区住建委"),
    Kind("0302", 5, 5, False, 0, 0.8, "区生态环境局"),
    Kind("0303", 6, 4, False, 0.1, 0.7, "区住建委"),
    Kind("0304", 7, 2, False, 0.1, 0.7, "区交通局"),
    Kind("0401", 2, 2, False, 0.7, 0.3, "区住建委"),
    Kind("0402", 2, 4, False, 0.7, 0.3, "区水务局"),
    Kind("0403", 8, 3, False, 0.4, 0.6, "区排水中心"),
    Kind("0404", 1, 2, False, 0.9, 0.1, "区城市燃气服务中心"),
    Kind("0405", 4, 2, False, 0.4, 0.6, "区园林绿化中心"),
    Kind("0501", 66, 8, True, 0, 0.6, "区城管委"),
    Kind("0502", 50, 11, True, 0, 0.5, "公安东丽分局"),
    Kind("0503", 58, 5, True, 0, 0.4, "区城管委"),
    Kind("0504", 8, 5, False, 0, 0.8, "区城管委"),
    Kind("1101", 14, 6, False, 0, 0.4, "区司法局"),
    Kind("1102", 8, 14, False, 0, 0.3, "区住建委"),
    Kind("1103", 2, 6, False, 0.1, 0.5, "区人社局"),
    Kind("1201", 40, 7, True, 0.2, 0.6, "区消防救援支队"),
    Kind("1202", 44, 6, True, 0.1, 0.6, "区消防救援支队"),
    Kind("1203", 26, 3, True, 0.1, 0.6, "区应急局"),
    Kind("1204", 9, 2, False, 0.4, 0.5, "区应急局"),
    Kind("1205", 6, 3, False, 0.5, 0.4, "区住建委"),
    Kind("1301", 4, 14, False, 0.1, 0.7, "区供热服务中心"),
    Kind("1302", 4, 10, False, 0.3, 0.6, "国网东丽供电分公司"),
    Kind("1303", 1, 5, False, 0, 0.2, "区交通局"),
    Kind("1304", 5, 3, False, 0, 0.3, "区民政局"),
    Kind("1401", 9, 2, False, 0.4, 0.5, "公安东丽分局"),
    Kind("1402", 8, 13, False, 0, 0.7, "公安东丽分局"),
    Kind("1403", 20, 5, True, 0, 0.7, "区农业农村委"),
    Kind("1501", 9, 1, False, 0, 0.2, "区委组织部"),
    Kind("1502", 10, 1, False, 0, 0.2, "区委社会工作部"),
    Kind("1601", 90, 8, True, 0, 0.5, "区住建委"),
    Kind("1602", 7, 5, False, 0.3, 0.5, "区住建委"),
    Kind("1603", 5, 8, False, 0.5, 0.4, "区市场监管局"),
    Kind("1604", 8, 12, False, 0.1, 0.5, "区住建委"),
)

# Who a whistle goes to when the first department says it is not theirs.
SECOND_DEPARTMENTS = (
    "区城管委", "区住建委", "区水务局", "区发展改革委", "区财政局", "区教育局", "区卫生健康委",
    "区文化旅游局", "区商务局", "区信访办", "区残联", "区妇联", "区退役军人局", "区医保局",
    "区农业农村委", "区体育局",
)  # fmt: skip

STREET_UNITS = ("综合执法大队", "城市管理办", "公共安全办", "公共服务办", "公共管理办")


class Street(NamedTuple):
    """How a street does: patrol coverage of both shifts, the factor of its delays and missed
    visits, and its three rates (responded, resolved, content)."""

    morning: float = 0.95
    afternoon: float = 0.93
    delay: float = 1.0
    responded: float = 0.985
    resolved: float = 0.97
    content: float = 0.965


ORDINARY_STREET = Street()
STREETS = {
    "120110001": Street(0.985, 0.98, 0.5, 0.99, 0.978, 0.979),
    "120110002": Street(0.97, 0.96, 0.7, 0.988, 0.974, 0.97),
    "120110003": Street(0.96, 0.945, 0.9, 0.985, 0.97, 0.965),
    "120110004": Street(0.90, 0.85, 1.5, 0.972, 0.95, 0.95),
    "120110005": Street(0.94, 0.925, 1.0, 0.982, 0.965, 0.96),
    "120110006": Street(0.92, 0.90, 1.1, 0.978, 0.96, 0.955),
    "120110007": Street(0.98, 0.975, 0.4, 0.994, 0.985, 0.98),
    "120110008": Street(0.84, 0.70, 2.4, 0.935, 0.88, 0.90),
    "120110009": Street(0.95, 0.935, 0.9, 0.982, 0.966, 0.958),
    "120110010": Street(0.965, 0.955, 0.7, 0.986, 0.972, 0.966),
    "120110011": Street(0.92, 0.905, 1.1, 0.976, 0.958, 0.955),
}


class Register(NamedTuple):
    """A category of people: how many, and the shares of the levels high and key."""

    group: str
    category: str
    size: int
    high: float
    key: float


REGISTERS = (
    Register("care", "elder_alone", 21_840, 0.45, 0.35),
    Register("care", "elder_disabled", 1_500, 0.85, 0.15),
    Register("care", "child", 1_206, 0.50, 0.40),
    Register("care", "disabled", 9_312, 0.24, 0.40),
    Register("care", "poor", 8_600, 0.18, 0.42),
    Register("care", "bereaved", 540, 0.40, 0.50),
    Register("special", "released", 1_720, 0.10, 0.50),
    Register("special", "correction", 410, 0.45, 0.50),
    Register("special", "mental", 1_330, 0.30, 0.50),
    Register("special", "rehab", 380, 0.35, 0.50),
    Register("special", "youth", 286, 0.20, 0.60),
)

# (kind, severity, weight) of alerts.
ALERTS = (
    ("lost_contact", "warning", 14), ("lost_contact", "critical", 3), ("health", "warning", 18),
    ("health", "critical", 4), ("fire_risk", "warning", 12), ("fire_risk", "info", 10),
    ("family_conflict", "warning", 8), ("family_conflict", "info", 8),
    ("relapse_risk", "warning", 5), ("needs_aid", "info", 22),
)  # fmt: skip
