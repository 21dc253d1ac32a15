"""Commands of the desk and duty lists."""

from cockpit.errors.text import ErrorText, bad

DESK: dict[str, ErrorText] = {
    "desk.conflict": ErrorText(
        409,
        "Somebody else has changed it meanwhile (version {found}, yours is {expected}). Read it "
        "again.",
        "期间已被他人修改（当前版本 {found}，您的为 {expected}），请刷新后重试。",
    ),
    "subject.unknown": ErrorText(404, "There is no {subject} here.", "没有 {subject}。"),
    "command.unknown": bad("There is no command {command}.", "没有命令 {command}。"),
    "command.invalid": bad("{command}: {why}", "指令 {command} 有误：{why}"),
    "command.reason": bad("{command} needs a reason.", "{command} 须填写理由。"),
    "command.due": bad(
        "The instant of {command} must lie ahead.", "{command} 的时间必须晚于当前时间。"
    ),
    "command.until": bad(
        "An alert is shelved for at most {days} days.", "预警最多搁置 {days} 天。"
    ),
    "command.level": bad(
        "{subject} stands at level {level} already; only a higher one can follow.",
        "{subject} 已为 {level} 级，只能升级。",
    ),
    "command.no_duty": bad(
        "No duty list has the item {category}: name level and unit.",
        "职责清单中没有事项 {category}，请指定层级和责任单位。",
    ),
    "command.not_bulk": bad(
        "{command} is given for one at a time: each needs a look of its own.",
        "{command} 须逐件办理，不能批量。",
    ),
    "command.state": ErrorText(
        409,
        "{command} is not possible while {subject} stands at {state}.",
        "{subject} 当前状态为 {state}，不能执行 {command}。",
    ),
    "command.conflict": ErrorText(
        409,
        "{by} was first: {what} at {at}. Look again before you decide.",
        "{by} 已先行操作（{what}，{at}），请查看最新情况后再定。",
    ),
    "command.reused": ErrorText(
        409,
        "Another command was given with the id {id}. Each needs an id of its own.",
        "编号 {id} 已用于另一条命令，每条命令须有自己的编号。",
    ),
    "command.behind": ErrorText(
        503,
        "The desk does not yet show the newest of the log; nothing was done. Try "
        "again in a moment.",
        "台账尚未更新到最新，本次未执行，请稍后重试。",
    ),
    "command.unsure": ErrorText(
        503,
        "It is not known whether the command was kept. Give the same command again: it will be "
        "done once.",
        "无法确认命令是否已保存，请重试同一命令，系统只会执行一次。",
    ),
    "duty.unknown": ErrorText(
        404,
        "There is no duty list {name}, version {version}.",
        "没有职责清单 {name}（版本 {version}）。",
    ),
    "duty.invalid": bad(
        "Row {row} of the duty list {name}: {why}", "职责清单 {name} 第 {row} 行：{why_zh}"
    ),
}
