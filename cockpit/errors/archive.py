"""The archive, its database, and exports of it."""

from cockpit.errors.text import ErrorText, bad

ARCHIVE: dict[str, ErrorText] = {
    # The archive.
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
    # The database.
    "database.url": bad(
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
    "export.name": bad(
        "Name the export with --file; it must end in .ndjson, .ndjson.gz or .ndjson.zst, not "
        "{file}.",
        "请用 --file 指定导出文件，须以 .ndjson、.ndjson.gz 或 .ndjson.zst 结尾：{file}。",
    ),
    "export.unwritable": ErrorText(
        503,
        "{file} cannot be written; nothing is left of it: {why}",
        "无法写入 {file}，未留下任何内容：{why}",
    ),
    "export.unreadable": bad("{file} cannot be read: {why}", "无法读取 {file}：{why}"),
    "import.damaged": bad(
        "{file} is not a whole export; nothing was imported. Line {line}: {why}",
        "{file} 不是完整的导出文件，未导入任何内容。第 {line} 行：{why}",
    ),
    "import.district": bad(
        "{file} is an export of district {found}, this is {wanted}; nothing was imported.",
        "{file} 是区域 {found} 的导出，本系统为 {wanted}，未导入任何内容。",
    ),
    "import.newer": bad(
        "{file} is an export of form {found}; this program reads up to {known}. Use the newer one.",
        "{file} 的导出格式为 {found}，本程序最高支持 {known}，请使用新版程序。",
    ),
    "import.not_empty": ErrorText(
        409,
        "The archive at {where} is not empty (it goes up to number {n}); nothing was imported.",
        "归档（{where}）不是空的（已到第 {n} 条），未导入任何内容。",
    ),
}
