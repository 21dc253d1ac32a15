"""The files of docs/deploy hold: settings, units, Redis, Prometheus, Grafana."""

import configparser
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from callbacks.figures import ROLE_FIGURES
from callbacks.health import GatewayMetrics
from cockpit.config import SETTINGS, read_settings
from cockpit.ports import DeadLetter
from tests.integration.test_status import Site
from tests.program import CLOCK, ROOT
from tests.support import free_port, wait_for
from tests.twins import ManualClock

pytestmark = pytest.mark.integration

DEPLOY = ROOT / "docs" / "deploy"


def exported(client: Redis) -> set[str]:
    """Every metric name that /metrics has when every role has spoken."""
    site = Site(client)
    for role in {figure.role for figure in ROLE_FIGURES}:
        figures = {figure.name: 1.0 for figure in ROLE_FIGURES if figure.role == role}
        site.stats("a-1").write(role, figures)
    source = {"source": "/s", "last_seen": CLOCK, "late": True, "missed": 4, "feeds": []}
    site.publish(sources=[source])
    site.dead.put([DeadLetter(b"{}", "type.unknown", "x", site.clock.now())])
    site.http.get("/healthz")
    return {name for name, _ in site.metrics()}


def test_the_dashboard_asks_for_nothing_that_is_not_exported(client: Redis) -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    asked = {
        name
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"\bcockpit_\w+", target["expr"])
    }
    # A label of ours is no metric, and sockets have no label before a screen came.
    assert asked - {"cockpit_sockets"} <= exported(client)
    for stage in ("source", "intake", "log", "dead", "projector", "archive", "serve", "screens",
                  "query"):  # fmt: skip
        assert [name for name in asked if name.startswith(f"cockpit_{stage}")], stage


def test_the_dashboard_is_one_that_grafana_can_draw() -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    assert board["uid"] and board["title"] and board["schemaVersion"] >= 30
    assert max(Counter(panel["id"] for panel in board["panels"]).values()) == 1
    (source,) = board["templating"]["list"]
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y)
                 for x in range(place["w"]) for y in range(place["h"])}  # fmt: skip
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
        for target in panel.get("targets", []):
            assert target["datasource"]["uid"] == f"${{{source['name']}}}"


def test_prometheus_takes_every_metric_once(client: Redis) -> None:
    text = (DEPLOY / "prometheus.yml").read_text(encoding="utf-8")
    dropped, kept = (re.compile(found) for found in re.findall(r"regex: (\S+)", text))
    own = {
        sample.name
        for family in GatewayMetrics(ManualClock(CLOCK), "120110/wall").registry.collect()
        for sample in family.samples
    } | {"cockpit_sockets", "cockpit_requests_total", "cockpit_requests_created"}
    for name in exported(client):
        assert bool(dropped.fullmatch(name)) == bool(kept.fullmatch(name)) == (name in own), name


def test_the_environment_file_holds() -> None:
    pairs = dict(
        line.split("=", 1)
        for line in (DEPLOY / "cockpit.env").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert set(pairs) <= {setting.variable for setting in SETTINGS}
    values = read_settings({}, pairs)
    assert (values["log_format"], values["prefix"]) == ("json", "grid:{120110}")


def _unit(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parser


def test_the_units_say_what_matters() -> None:
    unit = _unit("cockpit@.service")
    service = unit["Service"]
    assert service["Restart"] == "always"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["User"] == "cockpit"
    assert int(service["LimitNOFILE"]) >= 65536
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert unit["Install"]["WantedBy"] == "cockpit.target"
    assert unit["Unit"]["PartOf"] == "cockpit.target"
    assert _unit("cockpit.target")["Install"]["WantedBy"] == "multi-user.target"


@pytest.mark.parametrize(
    ("instance", "role"), [("serve-1", "serve"), ("intake", "intake"), ("project-2", "project")]
)
def test_the_instance_names_the_role(instance: str, role: str) -> None:
    command = _unit("cockpit@.service")["Service"]["ExecStart"]
    shell, _, script = command.partition(" -c ")
    script = script.replace("%%", "%").replace("$$", "$").replace("%i", instance)
    script = script.replace("exec /opt/cockpit/.venv/bin/python app.py", "echo")
    said = subprocess.run(f"{shell} -c {script}", shell=True, capture_output=True, check=True)
    assert said.stdout.decode().strip() == role


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    # The program stands somewhere else here, and its user does not exist.
    text = (DEPLOY / "cockpit@.service").read_text(encoding="utf-8")
    text = re.sub(r"^(User|Group|Documentation)=.*$", "", text, flags=re.MULTILINE)
    (tmp_path / "cockpit@.service").write_text(text, encoding="utf-8")
    shutil.copy(DEPLOY / "cockpit.target", tmp_path)
    units = [str(tmp_path / "cockpit@serve-1.service"), str(tmp_path / "cockpit.target")]
    shutil.copy(tmp_path / "cockpit@.service", units[0])
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, check=False
    )
    ours = [line for line in said.stderr.decode().splitlines() if "cockpit" in line]
    assert (said.returncode, ours) == (0, [])


def test_redis_takes_the_fragment(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", str(DEPLOY / "redis.conf"), "--port", str(port), "--bind", "127.0.0.1",
         "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with Redis(port=port) as client:
            settings: Any = wait_for(lambda: _config(client))
    finally:
        process.terminate()
        process.wait(60)
    assert settings["maxmemory-policy"] == "noeviction"
    assert (settings["appendonly"], settings["appendfsync"]) == ("yes", "everysec")
    assert int(settings["maxmemory"]) == 4 * 1024**3
    assert "pubsub 67108864 16777216 10" in settings["client-output-buffer-limit"]


def _config(client: Redis) -> Any:
    try:
        return client.config_get("*")
    except Exception:
        return None
