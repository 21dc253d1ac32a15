"""The closed table of errors.

Every fault a person or another system can meet has a code, an HTTP status and a text in
both languages that says what is wrong and what to do. `CockpitError(code, **facts)` fills
the text; a code outside the table is a programming fault and raises KeyError at once.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorText:
    """Status for HTTP and the texts, with the names of facts in braces."""

    status: int
    en: str
    zh: str


def _bad(en: str, zh: str) -> ErrorText:
    return ErrorText(400, en, zh)


ERRORS: dict[str, ErrorText] = {
    # A message as a whole.
    "message.too_large": ErrorText(
        413,
        "A message may have {limit} bytes, this one has {size}.",
        "消息上限 {limit} 字节，此条 {size} 字节。",
    ),
    "message.not_json": _bad("The message is not valid JSON: {why}", "消息不是合法的 JSON：{why}"),
    "message.batch_too_large": ErrorText(
        413,
        "At most {limit} events a request, this one has {size}.",
        "每次最多 {limit} 条事件，此次 {size} 条。",
    ),
    # The CloudEvents envelope.
    "envelope.invalid": _bad("The envelope is wrong: {why}", "事件信封有误：{why}"),
    "envelope.specversion": _bad('specversion must be "1.0".', 'specversion 必须为 "1.0"。'),
    "envelope.subject": _bad(
        "The subject of {type} must be {wanted}.", "{type} 的 subject 应为 {wanted}。"
    ),
    "envelope.extension": _bad(
        "Extension attribute {name} is not allowed: {why}", "扩展属性 {name} 不合规：{why}"
    ),
    "type.unknown": _bad("There is no event type {type}.", "没有事件类型 {type}。"),
    "region.unknown": _bad("There is no region {region}.", "没有编码为 {region} 的区域。"),
    "region.level": _bad(
        "{type} needs the code of a {wanted}, not {region}.",
        "{type} 需要{wanted}级编码，{region} 不是。",
    ),
    "time.future": _bad(
        "The time is more than 5 minutes ahead of the cockpit's clock. Check the sender's clock.",
        "时间超前驾驶舱时钟 5 分钟以上，请校准发送方时钟。",
    ),
    "time.range": _bad(
        "{field} lies outside the years 1970 to 2200.", "{field} 超出 1970 至 2200 年。"
    ),
    "data.invalid": _bad("The data of {type} is wrong: {why}", "{type} 的 data 有误：{why}"),
    "data.category": _bad("There is no category {category} here.", "此处没有类别 {category}。"),
    "data.interval": _bad("`from` must lie before `to`.", "from 必须早于 to。"),
    "privacy.personal_value": _bad(
        "{field} looks like a phone or identity number. Send an opaque reference; it was masked.",
        "{field} 疑似电话或身份证号，请改用不透明编号；该值已遮蔽。",
    ),
    # What the fold refuses.
    "log.foreign_entry": _bad(
        "The log held a message that did not come through its door.", "日志中有一条未经校验的消息。"
    ),
    "case.unknown": _bad(
        "No case.reported came within 15 minutes.", "15 分钟内没有收到对应的 case.reported。"
    ),
    "case.exists": _bad("This case has been reported before.", "该案件已上报过。"),
    "case.ended": _bad("The case is closed, declined or cancelled.", "案件已结案、不受理或作废。"),
    "case.no_deadline": _bad("No clock runs for this case.", "该案件当前没有计时。"),
    "case.not_suspended": _bad("The case is not suspended.", "该案件未挂账。"),
    "case.suspended": _bad("The case is suspended already.", "该案件已挂账。"),
    "case.not_dispatched": _bad("The case has not been dispatched.", "该案件尚未派遣。"),
    "whistle.unknown": _bad(
        "No whistle.blown came within 15 minutes.", "15 分钟内没有收到对应的 whistle.blown。"
    ),
    "whistle.exists": _bad("This whistle has been blown before.", "该哨已吹过。"),
    "whistle.ended": _bad("The whistle is confirmed or withdrawn.", "该哨已销哨或撤回。"),
    "whistle.no_deadline": _bad("No limit runs for this whistle.", "该哨当前没有计时。"),
    "person.unknown": _bad(
        "No person.enrolled came within 15 minutes.", "15 分钟内没有收到对应的 person.enrolled。"
    ),
    "person.exists": _bad("This person is on the register already.", "该人员已在册。"),
    "alert.unknown": _bad(
        "No alert.raised came within 15 minutes.", "15 分钟内没有收到对应的 alert.raised。"
    ),
    "alert.exists": _bad("This alert has been raised before.", "该预警已发出过。"),
    "parking.full": _bad("Too many early events are waiting.", "等待前序事件的消息过多。"),
    # Addresses and services.
    "address.unknown": ErrorText(404, "There is no page {path}.", "没有页面 {path}。"),
    "screen.unknown": ErrorText(
        404, "There is no screen {screen} for {region}.", "区域 {region} 没有屏幕 {screen}。"
    ),
    "frame.none": ErrorText(
        503,
        "No picture of this screen has been made yet. Is the projector running?",
        "该屏幕尚无画面，请检查投影进程。",
    ),
    "request.invalid": _bad("The request is wrong: {why}", "请求有误：{why}"),
    "request.method": ErrorText(405, "Method not allowed here.", "此处不支持该请求方法。"),
    "server.fault": ErrorText(
        500, "A fault of the server; see its log.", "服务器内部错误，请查看日志。"
    ),
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
    # The archive and its database.
    "archive.unreachable": ErrorText(
        503,
        "The database at {where} does not answer. Check COCKPIT_DATABASE_URL and the server: {why}",
        "无法连接数据库（{where}），请检查 COCKPIT_DATABASE_URL 与服务：{why}",
    ),
    "archive.full": ErrorText(
        507,
        "The disk of the database at {where} is full. Free some space; it goes on by itself: {why}",
        "数据库（{where}）磁盘已满，请清理空间，之后自动继续：{why}",
    ),
    "archive.readonly": ErrorText(
        503,
        "The database at {where} may not be written. Check the owner and rights: {why}",
        "数据库（{where}）不可写，请检查属主与权限：{why}",
    ),
    "archive.refused": ErrorText(
        503, "The database at {where} refuses: {why}", "数据库（{where}）拒绝执行：{why}"
    ),
    "archive.moved": ErrorText(
        503,
        "Another process has changed the archive, which ends at {number}; it is read anew.",
        "归档已被另一进程改动（止于第 {number} 条），将重新读取。",
    ),
    "archive.gap": ErrorText(
        409,
        "The archive lacks number {wanted} of the log; what came is number {found}. Restore the "
        "database or import an export that has them; or declare them lost: app.py accept-loss.",
        "归档缺少日志第 {wanted} 条，收到的是第 {found} 条。请恢复数据库或导入包含它们的导出文件；"
        "或用 app.py accept-loss 宣告丢失。",
    ),
    "database.url": _bad(
        "COCKPIT_DATABASE_URL must be sqlite:///file or postgresql://user:password@host/name "
        "of an existing database: {why}",
        "COCKPIT_DATABASE_URL 应为 sqlite:///文件 或 postgresql://用户:密码@主机/库名，"
        "且数据库已存在：{why}",
    ),
    "database.password": ErrorText(
        503,
        "The database at {where} refuses the login. Check user and password in "
        "COCKPIT_DATABASE_URL: {why}",
        "数据库（{where}）拒绝登录，请检查 COCKPIT_DATABASE_URL 中的用户与密码：{why}",
    ),
    "database.newer": ErrorText(
        409,
        "The database's schema {revision} is newer than this program. Start the newer program, "
        "or restore an older copy.",
        "数据库结构 {revision} 比本程序新，请启动新版程序或恢复旧备份。",
    ),
    "database.corrupt": ErrorText(
        503,
        "The database at {where} is damaged or is none. Restore it from a copy, or move the "
        "file away: {why}",
        "数据库（{where}）已损坏或不是数据库文件，请从备份恢复或移走该文件：{why}",
    ),
    "database.unprepared": ErrorText(
        503,
        "The database at {where} lacks the archive's tables. Start the role archive once: {why}",
        "数据库（{where}）缺少归档表，请先启动一次 archive 进程：{why}",
    ),
    # Exports of the archive.
    "export.name": _bad(
        "Name the export with --file; it must end in .ndjson, .ndjson.gz or .ndjson.zst, not "
        "{file}.",
        "请用 --file 指定导出文件，须以 .ndjson、.ndjson.gz 或 .ndjson.zst 结尾：{file}。",
    ),
    "export.unwritable": ErrorText(
        503,
        "{file} cannot be written; nothing is left of it: {why}",
        "无法写入 {file}，未留下任何内容：{why}",
    ),
    "export.unreadable": _bad("{file} cannot be read: {why}", "无法读取 {file}：{why}"),
    "import.damaged": _bad(
        "{file} is not a whole export; nothing was imported. Line {line}: {why}",
        "{file} 不是完整的导出文件，未导入任何内容。第 {line} 行：{why}",
    ),
    "import.district": _bad(
        "{file} is an export of district {found}, this is {wanted}; nothing was imported.",
        "{file} 是区域 {found} 的导出，本系统为 {wanted}，未导入任何内容。",
    ),
    "import.newer": _bad(
        "{file} is an export of form {found}; this program reads up to {known}. Use the newer one.",
        "{file} 的导出格式为 {found}，本程序最高支持 {known}，请使用新版程序。",
    ),
    "import.not_empty": ErrorText(
        409,
        "The archive at {where} is not empty (it goes up to number {n}); nothing was imported.",
        "归档（{where}）不是空的（已到第 {n} 条），未导入任何内容。",
    ),
    # Questions about the past.
    # Papers of meetings.
    "paper.no_chromium": ErrorText(
        503,
        "Pictures and PDF need Chromium, and there is none at {path}: set --chromium. Excel and "
        "PowerPoint need none.",
        "图片和 PDF 需要 Chromium，{path} 处没有：请设置 --chromium。表格与演示不需要它。",
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
    "archive.empty": ErrorText(
        503,
        "Nothing has been archived yet. Is the role archive running?",
        "尚无归档数据，请检查 archive 进程。",
    ),
    "replay.out_of_range": _bad(
        "There is no picture of {at}; the archive goes from {first} to {last}.",
        "没有 {at} 的画面；可回看 {first} 至 {last}。",
    ),
    "replay.nothing_there": ErrorText(
        404, "There is nothing further in that direction.", "该方向上没有更多记录。"
    ),
    "metric.unknown": _bad(
        "There is no history of a metric {metric}.", "没有指标 {metric} 的历史数据。"
    ),
    "metric.members": _bad(
        "{metric} is not a number that counts cases, whistles, grids, workers, persons or alerts.",
        "{metric} 不是可下钻到事件、哨、网格、人员或预警的指标。",
    ),
    "region.no_history": _bad(
        "No history is kept of {region}; ask for the community it lies in.",
        "不保存 {region} 的历史数据，请查询其所属社区。",
    ),
    # People: who may, accounts, devices, keys.
    "access.login": ErrorText(401, "Sign in first.", "请先登录。"),
    "access.refused": ErrorText(
        403,
        "Your account may not do this here ({right}, {region}). Ask the administrator.",
        "您的账号无权在此操作（{right}，{region}），请联系管理员。",
    ),
    "access.must_change": ErrorText(
        403, "Choose a password of your own first, at /account.", "请先在 /account 设置新密码。"
    ),
    "access.origin": ErrorText(
        403, "Requests from pages of {origin} are not taken here.", "不接受来自 {origin} 的请求。"
    ),
    "access.csrf": ErrorText(
        403,
        "This page is too old or from another session. Load it again.",
        "页面已过期或属于另一会话，请刷新后重试。",
    ),
    "access.key": ErrorText(
        401,
        "A valid source key is needed (Authorization: Bearer …). The administrator makes them at "
        "/manage/keys.",
        "需要有效的来源密钥（Authorization: Bearer …），由管理员在 /manage/keys 生成。",
    ),
    "access.key_source": ErrorText(
        403, "This key may not send as {source}.", "该密钥不可用于来源 {source}。"
    ),
    "access.key_type": ErrorText(
        403, "This key may not send {type}.", "该密钥不可发送 {type} 类事件。"
    ),
    "access.key_region": ErrorText(
        403, "This key may not send for {region}.", "该密钥不可发送区域 {region} 的事件。"
    ),
    "access.too_many": ErrorText(
        429,
        "Too many requests ({limit}). Try again later.",
        "请求过于频繁（{limit}），请稍后再试。",
    ),
    "access.wrong": ErrorText(401, "The name or the password is wrong.", "用户名或密码不正确。"),
    "access.disabled": ErrorText(
        403,
        "This account is switched off. Ask the administrator.",
        "该账号已停用，请联系管理员。",
    ),
    "access.throttled": ErrorText(
        429,
        "Too many attempts. Try again in {retry} s.",
        "尝试次数过多，请 {retry} 秒后再试。",
    ),
    "access.provider": ErrorText(
        502,
        "The sign-in service did not let you in ({why}). Try again, or sign in with a password.",
        "统一认证未通过（{why}），请重试或改用密码登录。",
    ),
    "access.no_account": ErrorText(
        403,
        "The sign-in service knows you, but there is no account for you here. Ask the "
        "administrator to enter: {external}",
        "统一认证已通过，但本系统没有对应账号，请联系管理员登记：{external}",
    ),
    "access.not_the_same": _bad(
        "The new password stands differently in the two fields.", "两次输入的新密码不一致。"
    ),
    "password.length": _bad(
        "A password has {shortest} to {longest} characters.",
        "密码应为 {shortest} 至 {longest} 位。",
    ),
    "password.repeats": _bad(
        "A password needs {fewest} different characters.", "密码至少含 {fewest} 种不同字符。"
    ),
    "password.name": _bad("The password must not hold the account's name.", "密码不得包含用户名。"),
    "password.common": _bad(
        "This password is one of the commonest. Choose another one.", "该密码过于常见，请更换。"
    ),
    "password.same": _bad(
        "The new password is the one before. Choose another one.", "新密码与原密码相同，请更换。"
    ),
    "account.unknown": ErrorText(404, "There is no account {id}.", "没有账号 {id}。"),
    "account.exists": ErrorText(
        409, "An account with this {what} exists already.", "已有账号使用该{what}。"
    ),
    "account.scope": _bad(
        "An account of the role {role} needs a region of the level {wanted}, not {region}.",
        "角色 {role} 的区域应为 {wanted} 级，{region} 不是。",
    ),
    "account.department": _bad(
        "Only the role department names a department, and must.", "仅部门角色须填写部门名称。"
    ),
    "account.demonstration": ErrorText(
        409,
        "This account belongs to the demonstration and cannot be changed.",
        "演示账号不可修改。",
    ),
    "account.last_administrator": ErrorText(
        409,
        "This is the last administrator. Make another one first.",
        "这是最后一名管理员，请先另设管理员。",
    ),
    "session.unknown": ErrorText(404, "There is no such session.", "没有该会话。"),
    "device.unknown": ErrorText(404, "There is no device {id}.", "没有设备 {id}。"),
    "device.code": ErrorText(
        404,
        "No screen shows this code. Codes hold for ten minutes; read it again.",
        "没有屏幕显示该配对码；配对码十分钟内有效，请重新核对。",
    ),
    "device.view": _bad(
        "A device shows one view or one playlist.", "设备须且只能指定一个画面或一个轮播。"
    ),
    "playlist.unknown": ErrorText(404, "There is no playlist {id}.", "没有轮播 {id}。"),
    "playlist.length": _bad("A playlist has 1 to {most} pages.", "轮播应有 1 至 {most} 个画面。"),
    "playlist.seconds": _bad(
        "A page stays for {low} to {high} seconds.", "每个画面停留 {low} 至 {high} 秒。"
    ),
    "playlist.hours": _bad(
        "Hours are like 08:00 and differ; both or none.",
        "时段应形如 08:00，起止不同，须同时填写或留空。",
    ),
    "playlist.used": ErrorText(
        409,
        "{count} devices show this playlist. Give them another one first.",
        "有 {count} 台设备正在使用该轮播，请先为其更换。",
    ),
    "key.unknown": ErrorText(404, "There is no source key {id}.", "没有来源密钥 {id}。"),
    "desk.conflict": ErrorText(
        409,
        "Somebody else has changed it meanwhile (version {found}, yours is {expected}). Read it "
        "again.",
        "期间已被他人修改（当前版本 {found}，您的为 {expected}），请刷新后重试。",
    ),
    # Commands, duty lists.
    "subject.unknown": ErrorText(404, "There is no {subject} here.", "没有 {subject}。"),
    "command.unknown": _bad("There is no command {command}.", "没有命令 {command}。"),
    "command.invalid": _bad("{command}: {why}", "指令 {command} 有误：{why}"),
    "command.reason": _bad("{command} needs a reason.", "{command} 须填写理由。"),
    "command.due": _bad(
        "The instant of {command} must lie ahead.", "{command} 的时间必须晚于当前时间。"
    ),
    "command.level": _bad(
        "{subject} stands at level {level} already; only a higher one can follow.",
        "{subject} 已为 {level} 级，只能升级。",
    ),
    "command.no_duty": _bad(
        "No duty list has the item {category}: name level and unit.",
        "职责清单中没有事项 {category}，请指定层级和责任单位。",
    ),
    "command.not_bulk": _bad(
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
    "duty.invalid": _bad(
        "Row {row} of the duty list {name}: {why}", "职责清单 {name} 第 {row} 行：{why_zh}"
    ),
    "text.length": _bad(
        "{field} needs {shortest} to {longest} characters.",
        "{field} 应为 {shortest} 至 {longest} 个字符。",
    ),
    "text.unseen": _bad(
        "{field} holds characters that cannot be seen. Type it anew.",
        "{field} 含有不可见字符，请重新输入。",
    ),
    "text.name": _bad(
        "A name has letters, digits and . _ - @ only.", "用户名只能含文字、数字和 . _ - @。"
    ),
    "number.range": _bad("{field} must be {low} to {high}.", "{field} 应在 {low} 至 {high} 之间。"),
    "audit.broken": ErrorText(
        409,
        "The audit's chain breaks at row {n}: it, or one before it, has been changed or is "
        "missing. Keep the database as it is and find out who could write to it.",
        "审计链在第 {n} 行断裂：该行或之前的行被改动或缺失。请保留数据库现状并追查写入来源。",
    ),
    # Settings and files.
    "setting.instant": _bad(
        "{value!r} is not an instant like 2026-11-23T15:00:00+08:00.",
        "{value!r} 不是形如 2026-11-23T15:00:00+08:00 的时刻。",
    ),
    "setting.invalid": _bad("{name}: {why}", "设置 {name}：{why}"),
    "clock.behind_log": _bad(
        "The clock would start at {clock}, but the log already reaches {head}. "
        "Choose a later --clock or another --data-dir.",
        "时钟起点 {clock} 早于日志末尾 {head}，请选更晚的 --clock 或另一 --data-dir。",
    ),
    "rules.invalid": _bad("{file} line {line}: {why}", "{file} 第 {line} 行：{why}"),
    "regions.invalid": _bad("regions.csv line {line}: {why}", "regions.csv 第 {line} 行：{why}"),
    "scenario.invalid": _bad("Scenario {name}: {why}", "场景 {name}：{why}"),
    "data_dir.unusable": _bad(
        "The data directory {path} cannot be used: {why}", "数据目录 {path} 不可用：{why}"
    ),
    "files.too_few": ErrorText(
        500,
        "This process may open {limit} files, and {needed} are needed for {sockets} sockets: "
        "raise the hard limit (ulimit -Hn, or LimitNOFILE of the service).",
        "本进程最多可打开 {limit} 个文件，而 {sockets} 个连接需要 {needed} 个："
        "请提高硬限制（ulimit -Hn，或服务的 LimitNOFILE）。",
    ),
    "port.taken": _bad(
        "Port {port} is taken. Choose another with {option}.",
        "端口 {port} 已被占用，请用 {option} 另选。",
    ),
    "redis.binary_missing": _bad(
        "No redis-server was found. Install it, or set COCKPIT_REDIS_URL.",
        "未找到 redis-server，请安装或设置 COCKPIT_REDIS_URL。",
    ),
    "redis.start_failed": _bad(
        "The embedded Redis did not start: {why}", "内置 Redis 启动失败：{why}"
    ),
    "simulator.already_running": ErrorText(
        409,
        "Another simulator holds the lock of {prefix}. One is enough.",
        "{prefix} 已有模拟进程在运行。",
    ),
    "ledger.unreadable": _bad("The dump is of another version: {why}", "账本快照版本不符：{why}"),
}


class CockpitError(Exception):
    """A known fault, by its code. `facts` fill the texts and go out with API answers."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        self.status = ERRORS[code].status
        super().__init__(self.text("en"))

    def text(self, language: str = "en") -> str:
        """The text in `zh` or `en`, facts filled in."""
        entry = ERRORS[self.code]
        return (entry.zh if language == "zh" else entry.en).format(**self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.code, self.facts))


def _rebuild(code: str, facts: dict[str, object]) -> CockpitError:
    return CockpitError(code, **facts)
