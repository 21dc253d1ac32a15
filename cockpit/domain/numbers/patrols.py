"""Patrols."""

from cockpit.domain.numbers.number import Number, rate

PATROLS = {
    "patrols.coverage_rate": rate(
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
    "patrols.morning": rate(
        "上午覆盖率", "Morning coverage", "上午班已覆盖网格 ÷ 应巡网格。",
        "Grids covered in the morning ÷ grids expected.", "patrols.morning_n",
    ),
    "patrols.afternoon": rate(
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
