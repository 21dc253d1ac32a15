"""What is wrong with a message, its envelope or its data, and what the fold refuses."""

from cockpit.errors.text import ErrorText, bad

_TOLD: dict[str, ErrorText] = {
    # A message as a whole.
    "message.too_large": ErrorText(
        413,
        "A message may have {limit} bytes, this one has {size}.",
        "消息上限 {limit} 字节，此条 {size} 字节。",
    ),
    "message.not_json": bad("The message is not valid JSON: {why}", "消息不是合法的 JSON：{why}"),
    "message.batch_too_large": ErrorText(
        413,
        "At most {limit} events a request, this one has {size}.",
        "每次最多 {limit} 条事件，此次 {size} 条。",
    ),
    # The CloudEvents envelope and the data.
    "envelope.invalid": bad("The envelope is wrong: {why}", "事件信封有误：{why}"),
    "envelope.specversion": bad('specversion must be "1.0".', 'specversion 必须为 "1.0"。'),
    "envelope.subject": bad(
        "The subject of {type} must be {wanted}.", "{type} 的 subject 应为 {wanted}。"
    ),
    "envelope.extension": bad(
        "Extension attribute {name} is not allowed: {why}", "扩展属性 {name} 不合规：{why}"
    ),
    "envelope.reserved": bad(
        "The source {source} is the cockpit's own; nobody outside may speak under it.",
        "来源 {source} 为本系统自用，外部不得以此名义发送。",
    ),
    "type.unknown": bad("There is no event type {type}.", "没有事件类型 {type}。"),
    "region.unknown": bad("There is no region {region}.", "没有编码为 {region} 的区域。"),
    "region.level": bad(
        "{type} needs the code of a {wanted}, not {region}.",
        "{type} 需要{wanted}级编码，{region} 不是。",
    ),
    "time.future": bad(
        "The time is more than 5 minutes ahead of the cockpit's clock. Check the sender's clock.",
        "时间超前驾驶舱时钟 5 分钟以上，请校准发送方时钟。",
    ),
    "time.range": bad(
        "{field} lies outside the years 1970 to 2200.", "{field} 超出 1970 至 2200 年。"
    ),
    "data.invalid": bad("The data of {type} is wrong: {why}", "{type} 的 data 有误：{why}"),
    "data.category": bad("There is no category {category} here.", "此处没有类别 {category}。"),
    "data.interval": bad("`from` must lie before `to`.", "from 必须早于 to。"),
    "privacy.personal_value": bad(
        "{field} looks like a phone or identity number. Send an opaque reference; it was masked.",
        "{field} 疑似电话或身份证号，请改用不透明编号；该值已遮蔽。",
    ),
}
# What the fold refuses: an event that was in order, and that its subject cannot take.
FOLDING: dict[str, ErrorText] = {
    "log.foreign_entry": bad(
        "The log held a message that did not come through its door.", "日志中有一条未经校验的消息。"
    ),
    "case.unknown": bad(
        "No report of this case (case.reported) came within 15 minutes.",
        "15 分钟内没有收到该案件的上报（case.reported）。",
    ),
    "case.exists": bad("This case has been reported before.", "该案件已上报过。"),
    "case.ended": bad("The case is closed, declined or cancelled.", "案件已结案、不受理或作废。"),
    "case.no_deadline": bad("No clock runs for this case.", "该案件当前没有计时。"),
    "case.not_suspended": bad("The case is not suspended.", "该案件未挂账。"),
    "case.suspended": bad("The case is suspended already.", "该案件已挂账。"),
    "case.not_dispatched": bad("The case has not been dispatched.", "该案件尚未派遣。"),
    "whistle.unknown": bad(
        "Nobody blew this whistle (whistle.blown) within 15 minutes.",
        "15 分钟内没有收到该哨的吹哨（whistle.blown）。",
    ),
    "whistle.exists": bad("This whistle has been blown before.", "该哨已吹过。"),
    "whistle.ended": bad("The whistle is confirmed or withdrawn.", "该哨已销哨或撤回。"),
    "whistle.no_deadline": bad("No limit runs for this whistle.", "该哨当前没有计时。"),
    "person.unknown": bad(
        "This person was not enrolled (person.enrolled) within 15 minutes.",
        "15 分钟内没有收到该人员的登记（person.enrolled）。",
    ),
    "person.exists": bad("This person is on the register already.", "该人员已在册。"),
    "alert.unknown": bad(
        "This alert was not raised (alert.raised) within 15 minutes.",
        "15 分钟内没有收到该预警的发出（alert.raised）。",
    ),
    "alert.exists": bad("This alert has been raised before.", "该预警已发出过。"),
    "parking.full": bad("Too many early events are waiting.", "等待前序事件的消息过多。"),
}

ARRIVING = {**_TOLD, **FOLDING}
