"""People's work as the role `desk` does it: commands, duty lists, escalation."""

from collections.abc import Callable
from pathlib import Path

from cockpit.errors import CockpitError
from datasource.desk.audit import Audit
from datasource.desk.command_log import CommandLog
from datasource.desk.commands import Commands, Tools
from datasource.desk.drafts import Drafts
from datasource.desk.duties import DutyBook
from datasource.desk.escalation import Doors, Escalation
from datasource.desk.handlers import Handlers
from datasource.desk.late import Late
from datasource.desk.newcomers import Newcomers
from datasource.desk.remarks import Notes
from datasource.guarded_log import GuardedLog
from datasource.sessions import RedisSessions
from datasource.site import Site


def work_families(site: Site, audit: Audit) -> list[Handlers]:
    """The families. Raises CockpitError `setting.invalid` or `duty.invalid` for a file of duty
    lists that cannot be used."""
    guarded = GuardedLog(site.client, site.prefix, site.settings["log_limit"])
    command_log = CommandLog(guarded, site.archive, site.database)
    duties = DutyBook(
        site.database, site.regions, site.rules, site.clock, audit, _duties(site)
    )  # fmt: skip
    tools = Tools(
        database=site.database,
        regions=site.regions,
        clock=site.clock,
        log=guarded,
        command_log=command_log,
        drafts=Drafts(site.regions, site.rules),
        duties=duties,
        notes=Notes(site.database, site.rules),
        newcomers=Newcomers(site.database, site.regions),
        audit=audit,
        simulated=site.settings["simulate"],
    )
    doors = Doors(
        late=Late(site.database, site.archive, site.rules),
        log=site.log,
        guarded=guarded,
        entry=command_log.entry,
        lock=site.lock("escalation"),
        clock=site.clock,
        wanted=_wanted(site),
        simulated=site.settings["simulate"],
    )
    return [Commands(tools), duties, Escalation(doors, site.regions, site.rules)]


def _duties(site: Site) -> str:
    try:
        return Path(site.settings["duties"]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CockpitError("setting.invalid", name="--duties", why=error) from None


def _wanted(site: Site) -> Callable[[], bool]:
    """Whether the site is at work, so that what is late is somebody's."""
    mode, simulated = site.settings["escalation"], site.settings["simulate"]
    sessions = RedisSessions(site.client, site.prefix)

    def wanted() -> bool:
        if mode != "auto" or simulated:
            return bool(mode != "off")
        try:
            return sessions.administered()
        except CockpitError as error:
            if error.code == "query.unavailable":  # the upkeep of a desk is about to say it
                return False
            raise

    return wanted
