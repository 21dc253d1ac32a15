"""Settings, files and the start of the program."""

from cockpit.errors.text import ErrorText, bad

PROGRAM: dict[str, ErrorText] = {
    "setting.instant": bad(
        "{value!r} is not an instant like 2026-11-23T15:00:00+08:00.",
        "{value!r} 不是形如 2026-11-23T15:00:00+08:00 的时刻。",
    ),
    "setting.invalid": bad("{name}: {why}", "设置 {name}：{why}"),
    "clock.behind_log": bad(
        "The clock would start at {clock}, but the log already reaches {head}. "
        "Choose a later --clock or another --data-dir.",
        "时钟起点 {clock} 早于日志末尾 {head}，请选更晚的 --clock 或另一 --data-dir。",
    ),
    "rules.invalid": bad("{file} line {line}: {why}", "{file} 第 {line} 行：{why}"),
    "regions.invalid": bad("regions.csv line {line}: {why}", "regions.csv 第 {line} 行：{why}"),
    "scenario.invalid": bad("Scenario {name}: {why}", "场景 {name}：{why}"),
    "data_dir.unusable": bad(
        "The data directory {path} cannot be used: {why}", "数据目录 {path} 不可用：{why}"
    ),
    "files.too_few": ErrorText(
        500,
        "This process may open {limit} files, and {needed} are needed for {sockets} sockets: "
        "raise the hard limit (ulimit -Hn, or LimitNOFILE of the service).",
        "本进程最多可打开 {limit} 个文件，而 {sockets} 个连接需要 {needed} 个："
        "请提高硬限制（ulimit -Hn，或服务的 LimitNOFILE）。",
    ),
    "port.taken": bad(
        "Port {port} is taken. Choose another with {option}.",
        "端口 {port} 已被占用，请用 {option} 另选。",
    ),
    "redis.binary_missing": bad(
        "No redis-server was found. Install it, or set COCKPIT_REDIS_URL.",
        "未找到 redis-server，请安装或设置 COCKPIT_REDIS_URL。",
    ),
    "redis.start_failed": bad(
        "The embedded Redis did not start: {why}", "内置 Redis 启动失败：{why}"
    ),
    "simulator.already_running": ErrorText(
        409,
        "Another simulator holds the lock of {prefix}. One is enough.",
        "{prefix} 已有模拟进程在运行。",
    ),
    "ledger.unreadable": bad("The dump is of another version: {why}", "账本快照版本不符：{why}"),
}
