"""Who may do what; accounts, sessions, devices, playlists, source keys and the audit."""

from cockpit.errors.text import ErrorText, bad

PEOPLE: dict[str, ErrorText] = {
    # Who may.
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
    "access.incomplete": bad(
        "A field is empty. Please fill in all of them.", "有未填写的项，请全部填写。"
    ),
    "access.not_the_same": bad(
        "The new password stands differently in the two fields.", "两次输入的新密码不一致。"
    ),
    # Passwords and accounts.
    "password.length": bad(
        "A password has {shortest} to {longest} characters.",
        "密码应为 {shortest} 至 {longest} 位。",
    ),
    "password.repeats": bad(
        "A password needs {fewest} different characters.", "密码至少含 {fewest} 种不同字符。"
    ),
    "password.name": bad("The password must not hold the account's name.", "密码不得包含用户名。"),
    "password.common": bad(
        "This password is one of the commonest. Choose another one.", "该密码过于常见，请更换。"
    ),
    "password.same": bad(
        "The new password is the one before. Choose another one.", "新密码与原密码相同，请更换。"
    ),
    "account.unknown": ErrorText(404, "There is no account {id}.", "没有账号 {id}。"),
    "account.exists": ErrorText(
        409, "An account with this {what} exists already.", "已有账号使用该{what}。"
    ),
    "account.scope": bad(
        "An account of the role {role} needs a region of the level {wanted}, not {region}.",
        "角色 {role} 的区域应为 {wanted} 级，{region} 不是。",
    ),
    "account.department": bad(
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
    "text.length": bad(
        "{field} needs {shortest} to {longest} characters.",
        "{field} 应为 {shortest} 至 {longest} 个字符。",
    ),
    "text.unseen": bad(
        "{field} holds characters that cannot be seen. Type it anew.",
        "{field} 含有不可见字符，请重新输入。",
    ),
    "text.name": bad(
        "A name has letters, digits and . _ - @ only.", "用户名只能含文字、数字和 . _ - @。"
    ),
    "number.range": bad("{field} must be {low} to {high}.", "{field} 应在 {low} 至 {high} 之间。"),
    # Devices, playlists and source keys.
    "device.unknown": ErrorText(404, "There is no device {id}.", "没有设备 {id}。"),
    "device.code": ErrorText(
        404,
        "No screen shows this code. Codes hold for ten minutes; read it again.",
        "没有屏幕显示该配对码；配对码十分钟内有效，请重新核对。",
    ),
    "device.view": bad(
        "A device shows one view or one playlist.", "设备须且只能指定一个画面或一个轮播。"
    ),
    "playlist.unknown": ErrorText(404, "There is no playlist {id}.", "没有轮播 {id}。"),
    "playlist.length": bad("A playlist has 1 to {most} pages.", "轮播应有 1 至 {most} 个画面。"),
    "playlist.seconds": bad(
        "A page stays for {low} to {high} seconds.", "每个画面停留 {low} 至 {high} 秒。"
    ),
    "playlist.hours": bad(
        "Hours are like 08:00 and differ; both or none.",
        "时段应形如 08:00，起止不同，须同时填写或留空。",
    ),
    "playlist.used": ErrorText(
        409,
        "{count} devices show this playlist. Give them another one first.",
        "有 {count} 台设备正在使用该轮播，请先为其更换。",
    ),
    "key.unknown": ErrorText(404, "There is no source key {id}.", "没有来源密钥 {id}。"),
    # The audit.
    "audit.broken": ErrorText(
        409,
        "The audit's chain breaks at row {n}: it, or one before it, has been changed or is "
        "missing. Keep the database as it is and find out who could write to it.",
        "审计链在第 {n} 行断裂：该行或之前的行被改动或缺失。请保留数据库现状并追查写入来源。",
    ),
}
