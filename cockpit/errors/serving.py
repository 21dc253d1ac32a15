"""Addresses, the log in Redis, questions to other roles and what they find."""

from cockpit.errors.text import ErrorText, bad

SERVING: dict[str, ErrorText] = {
    # Addresses and requests.
    "address.unknown": ErrorText(404, "There is no page {path}.", "没有页面 {path}。"),
    "screen.unknown": ErrorText(
        404, "There is no screen {screen} for {region}.", "区域 {region} 没有屏幕 {screen}。"
    ),
    "frame.none": ErrorText(
        503,
        "No picture of this screen has been made yet. Is the projector running?",
        "该屏幕尚无画面，请检查投影进程。",
    ),
    "request.invalid": bad("The request is wrong: {why}", "请求有误：{why}"),
    "request.method": ErrorText(405, "Method not allowed here.", "此处不支持该请求方法。"),
    "server.fault": ErrorText(
        500, "A fault of the server; see its log.", "服务器内部错误，请查看日志。"
    ),
    # Redis and the log in it.
    "redis.unreachable": ErrorText(
        503,
        "Redis does not answer at {where}. Check COCKPIT_REDIS_URL and the server.",
        "无法连接 Redis（{where}），请检查 COCKPIT_REDIS_URL 与服务。",
    ),
    "redis.refused": ErrorText(
        503, "Redis at {where} refuses: {why}", "Redis（{where}）拒绝执行：{why}"
    ),
    "log.changed": ErrorText(
        503,
        "The log no longer holds what was number {number}; it is read again from the start.",
        "日志中第 {number} 条已与读过的不同，将从头重读。",
    ),
    "log.full": ErrorText(
        503,
        "The log holds {limit} events that wait for the archive, and takes no more. Events can be "
        "sent again later; see to the role archive and its database.",
        "日志中待归档事件已达 {limit} 条，暂不接收；事件可稍后重发，请检查 archive 进程与数据库。",
    ),
    # Questions to other roles.
    "query.busy": ErrorText(
        503,
        "{limit} questions to the role {service} wait already. Try again in a moment.",
        "已有 {limit} 个请求在等待 {service} 进程，请稍后再试。",
    ),
    "query.unavailable": ErrorText(
        503,
        "Nobody answers here. Is the role {service} running?",
        "服务未运行，请检查 {service} 进程。",
    ),
    "query.slow": ErrorText(
        504,
        "No answer within {seconds} s. Ask for less, or try again.",
        "{seconds} 秒内没有答复，请缩小范围或重试。",
    ),
    # The past.
    "archive.empty": ErrorText(
        503,
        "Nothing has been archived yet. Is the role archive running?",
        "尚无归档数据，请检查 archive 进程。",
    ),
    "replay.out_of_range": bad(
        "There is no picture of {at}; the archive goes from {first} to {last}.",
        "没有 {at} 的画面；可回看 {first} 至 {last}。",
    ),
    "replay.nothing_there": ErrorText(
        404, "There is nothing further in that direction.", "该方向上没有更多记录。"
    ),
    "metric.unknown": bad(
        "There is no history of a metric {metric}.", "没有指标 {metric} 的历史数据。"
    ),
    "metric.members": bad(
        "{metric} is not a number that counts cases, whistles, grids, workers, persons or alerts.",
        "{metric} 不是可下钻到事件、哨、网格、人员或预警的指标。",
    ),
    "region.no_history": bad(
        "No history is kept of {region}; ask for the community it lies in.",
        "不保存 {region} 的历史数据，请查询其所属社区。",
    ),
    # Papers of meetings.
    "paper.behind": ErrorText(
        503,
        "The archive has come only as far as {at}. Try again in a moment.",
        "归档目前只到 {at}，请稍后再导出。",
    ),
    "paper.no_chromium": ErrorText(
        503,
        "Pictures and PDF need Chromium, and this server has none (--chromium is {path}). Excel "
        "and PowerPoint need none.",
        "图片和 PDF 需要 Chromium，本服务器没有（--chromium 为 {path}）。表格与演示不需要它。",
    ),
    "paper.slow": ErrorText(
        504,
        "The page could not be drawn within {seconds} s. Try again, or take fewer pages.",
        "页面未能在 {seconds} 秒内绘制完成，请重试或减少页数。",
    ),
    "paper.unpainted": ErrorText(503, "The page could not be drawn: {why}", "页面无法绘制：{why}"),
    "paper.unknown": ErrorText(404, "There is no paper {id}.", "没有编号为 {id} 的文件。"),
    "paper.folder": ErrorText(
        503,
        "Briefs cannot be written to {path}: {why}. Make room or correct the rights.",
        "简报无法写入 {path}：{why}。请清理空间或修正权限。",
    ),
}
