"""The settings: one table makes the command line, the environment variables and the docs page.

A setting `data_dir` is the option `--data-dir` and the variable `COCKPIT_DATA_DIR`; the option
wins. Values are checked here; a fault is a CockpitError `setting.invalid` that names it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cockpit import setting_values as text_as
from cockpit.errors import CockpitError


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: `read` turns text into the value and raises ValueError with the reason."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any]
    metavar: str = "TEXT"

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return "COCKPIT_" + self.name.upper()


_REDIS_HELP = (
    "Redis to use, redis://host:port/0 or sentinel://host:port,host:port/name; empty starts the "
    "embedded one."
)
SETTINGS: tuple[Setting, ...] = (
    Setting("host", "127.0.0.1", "Address the web server listens on.", str, "HOST"),
    Setting("port", "8050", "Port of the web server.", text_as.port, "PORT"),
    Setting(
        "sockets",
        "4000",
        "Screens one web server is meant to hold; it warns when it may not open enough files.",
        text_as.whole(1, 100_000),
        "N",
    ),
    Setting("redis_url", "", _REDIS_HELP, text_as.redis_url, "URL"),
    Setting(
        "redis_port", "6390", "Port of the embedded Redis, on 127.0.0.1.", text_as.port, "PORT"
    ),
    Setting(
        "database_url",
        "",
        "Database of the archive, sqlite:///file or postgresql://user:password@host/name; "
        "empty: the file cockpit.db in the data directory.",
        text_as.database_url,
        "URL",
    ),
    Setting(
        "data_dir",
        "var",
        "Folder of the embedded Redis's files, the archive's file and the logs.",
        str,
        "DIR",
    ),
    Setting(
        "log_limit",
        "2000000",
        "Events that may wait in Redis for the archive, about 400 bytes each; beyond, new ones "
        "are refused.",
        text_as.whole(1000, 100_000_000),
        "N",
    ),
    Setting(
        "positions_days",
        "7",
        "Whole days for which every position is kept; older ones that no picture needs fade.",
        text_as.whole(1, 3650),
        "DAYS",
    ),
    Setting(
        "checkpoints_days",
        "2",
        "Whole days for which every checkpoint is kept; of older ones about one in six hours.",
        text_as.whole(1, 3650),
        "DAYS",
    ),
    Setting("rules", "rules.toml", "File of the district's rules.", str, "FILE"),
    Setting(
        "duties",
        "duties.toml",
        "File of the duty lists as they are before anybody has edited them.",
        str,
        "FILE",
    ),
    Setting(
        "escalation",
        "auto",
        "Whether what is late raises itself (督办, late whistles): `on`, `off`; `auto`: in a "
        "demonstration, and on a real site from the first sign-in of an administrator on.",
        text_as.one_of("auto", "on", "off"),
        "auto|on|off",
    ),
    Setting(
        "prefix", "grid:{120110}", "Prefix of all keys and channels.", text_as.prefix, "PREFIX"
    ),
    Setting("simulate", "true", "Run the simulated district.", text_as.flag, "BOOL"),
    Setting("scenario", "ordinary", "Scenario of the simulated district.", str, "NAME"),
    Setting("seed", "120110", "Seed of the simulated district.", text_as.whole(0, 2**31 - 1), "N"),
    Setting(
        "clock",
        "now",
        "Instant at which the clock starts (RFC 3339), `now`, or `working`: now within working "
        "hours, else the afternoon of the last working day.",
        text_as.clock,
        "INSTANT",
    ),
    Setting("speed", "1", "Seconds of the clock in one real second.", text_as.speed, "N"),
    Setting(
        "frame_interval_ms",
        "30",
        "Least time between two frames of a view, in milliseconds.",
        text_as.whole(10, 1000),
        "MS",
    ),
    Setting(
        "tiles",
        "",
        "Address template of a tile service under the map; empty: none.",
        text_as.web_address,
        "URL",
    ),
    Setting(
        "tiles_crs",
        "wgs84",
        "Coordinates the tile service uses.",
        text_as.one_of("wgs84", "gcj02"),
        "wgs84|gcj02",
    ),
    Setting(
        "replay_sessions",
        "8",
        "Replays that one query process keeps at one time; each has the district in memory.",
        text_as.whole(1, 1000),
        "N",
    ),
    Setting(
        "walls",
        "auto",
        "Who sees walls and /status: `open` anybody, `paired` accounts and paired screens; `auto`: "
        "open in a demonstration and until an administrator has signed in, then paired.",
        text_as.one_of("auto", "open", "paired"),
        "auto|open|paired",
    ),
    Setting(
        "secret_key",
        "",
        "Signs what pages send back, 32 characters or more, the same for every `serve`; empty: the "
        "file secret.key in the data directory.",
        text_as.secret,
        "TEXT",
    ),
    Setting(
        "trusted_proxies",
        "0",
        "Proxies in front of `serve` whose X-Forwarded-For and -Proto are believed.",
        text_as.whole(0, 9),
        "N",
    ),
    Setting(
        "oidc_issuer",
        "",
        "Address of an OpenID Connect provider by which people may sign in too; empty: none.",
        text_as.web_address,
        "URL",
    ),
    Setting("oidc_client_id", "cockpit", "Our name at that provider.", str, "TEXT"),
    Setting("oidc_client_secret", "", "Our secret at that provider; empty: none.", str, "TEXT"),
    Setting("oidc_name", "统一认证", "What the login page calls that provider.", str, "TEXT"),
    Setting(
        "frame_ancestors",
        "",
        "Sites that may show pages in a frame, as in a Content-Security-Policy; empty: none.",
        text_as.ancestors,
        "SITES",
    ),
    Setting(
        "chromium",
        "/usr/bin/chromium",
        "Chromium that draws pictures and PDF of meetings; empty: none.",
        str,
        "FILE",
    ),
    Setting(
        "office_url",
        "",
        "Address at which the role `office` opens pages; empty: --host and --port here.",
        text_as.site_url,
        "URL",
    ),
    Setting(
        "briefs",
        "07:30",
        "Time of day at which briefs are made (Beijing time), or `off`.",
        text_as.minute,
        "HH:MM",
    ),
    Setting(
        "log_level",
        "info",
        "Least level of log lines.",
        text_as.one_of("debug", "info", "warning", "error"),
        "LEVEL",
    ),
    Setting(
        "log_format",
        "text",
        "Form of log lines: text, or one JSON object a line.",
        text_as.one_of("text", "json"),
        "text|json",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def read_settings(
    options: Mapping[str, str | None], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Every setting's value: of the options, else of the environment, else the default.

    Raises CockpitError `setting.invalid` for the first value that does not hold, named by the
    option or variable it came from, and for COCKPIT_ variables that name no setting.
    """
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text, origin = options.get(setting.name), setting.option
        if text is None and setting.variable in environment:
            text, origin = environment[setting.variable], setting.variable
        try:
            values[setting.name] = setting.read(setting.default if text is None else text)
        except (ValueError, CockpitError) as error:
            raise CockpitError("setting.invalid", name=origin, why=error) from None
    known = {setting.variable for setting in SETTINGS}
    for name in environment:
        if name.startswith("COCKPIT_") and name not in known and name != CLOCK_ANCHOR:
            raise CockpitError("setting.invalid", name=name, why="there is no such setting")
    return values


# How `run` hands its clock to the processes it starts: "<origin> <real origin>" in microseconds.
CLOCK_ANCHOR = "COCKPIT_CLOCK_ANCHOR"
