"""The real nginx with docs/deploy/nginx.conf: only addresses, paths and the number of workers are
others."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.program import ROOT, get_json
from tests.support import free_port, wait_for

CONF = ROOT / "docs" / "deploy" / "nginx.conf"
BINARY = "/usr/sbin/nginx"


def conf_for(folder: Path, port: int, servers: Sequence[int]) -> str:
    """The configuration with these ports, all files in `folder`."""
    text = CONF.read_text(encoding="utf-8")
    first, second = (f"server 127.0.0.1:{port} " for port in servers)
    text = text.replace("server 127.0.0.1:8051 ", first).replace("server 127.0.0.1:8052 ", second)
    text = text.replace("listen 80 ", f"listen 127.0.0.1:{port} ")
    text = text.replace("/var/log/nginx", str(folder)).replace("/run/nginx.pid", f"{folder}/pid")
    text = text.replace("worker_processes auto", "worker_processes 1")
    # Temporary files, and no other user: a test may run as anybody.
    temporary = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    if os.geteuid() == 0:
        text = re.sub(r"^user .*;$", "user root;", text, flags=re.MULTILINE)
    else:
        text = re.sub(r"^user .*;$", "", text, flags=re.MULTILINE)
    return text.replace("http {\n", "http {\n" + temporary, 1)


class Nginx:
    """An nginx before the `serve` processes on these ports."""

    def __init__(self, folder: Path, servers: Sequence[int]) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        self._conf = folder / "nginx.conf"
        self._conf.write_text(conf_for(folder, self.port, servers), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def check(self) -> str:
        """What `nginx -t` says of the configuration."""
        asked = subprocess.run([*self._command(), "-t"], capture_output=True, check=False)
        return asked.stderr.decode()

    def start(self) -> "Nginx":
        self._process = subprocess.Popen([*self._command(), "-g", "daemon off;"])
        wait_for(lambda: get_json(f"{self.base_url}/healthz")[0] != 0)
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)

    def _command(self) -> list[str]:
        return [BINARY, "-p", str(self.folder), "-c", str(self._conf), "-e", f"{self.folder}/err"]
