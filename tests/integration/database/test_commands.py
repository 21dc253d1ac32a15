"""The operator's commands as an operator gives them."""

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from datasource.database.engine import open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.desk.people_questions import ChangeKey, CreateKey
from datasource.log import RedisLog
from tests.people import ADMINISTRATOR, STREET, Desk
from tests.support import NOW, PREFIX, RedisServer, event
from tests.walks import walks

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]


def command(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    done = subprocess.run(
        [sys.executable, ROOT / "app.py", *map(str, arguments)],
        capture_output=True, text=True, timeout=450, check=False, cwd=ROOT,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of an archive that was made with another geography than the real one."""
    folder = tmp_path_factory.mktemp("site")
    database = open_database("", folder)
    migrate(database)
    walks().archive(database)
    database.close()
    return folder


def test_a_life_of_an_archive(archive: Path, tmp_path: Path) -> None:
    here, later = ("--data-dir", archive), ("--clock", "2026-12-20T03:10:00+08:00")
    code, said, _ = command("verify", *here)
    assert code == 1
    assert "patrols." in said
    assert command("rebuild", *here)[:2] == (0, f"Rebuilt from {walks().n:,} entries\n")
    code, said, _ = command("verify", *here)
    assert (code, said.count("\n")) == (0, 1)
    assert said.endswith("0 differences\n")

    code, would, _ = command("retention", *here, *later)
    assert code == 0
    assert would.startswith("Would go")
    code, went, _ = command("retention", *here, *later, "--apply", "true")
    assert code == 0
    assert went.startswith("Gone:\n")
    assert would.partition("\n")[2] == went.partition("\n")[2]
    assert command("verify", *here)[0] == 0

    file = tmp_path / "all.ndjson.zst"
    assert command("export", *here, "--file", file)[0] == 0
    there = ("--data-dir", tmp_path / "there")
    code, said, _ = command("import", *there, "--file", file)
    assert (code, said.split(":")[0]) == (0, f"Imported up to number {walks().n:,}")
    assert command("verify", *there)[0] == 0
    code, said, error = command("import", *there, "--file", file)
    assert (code, said) == (2, "")
    assert error.startswith("import.not_empty: ")


def test_commands_that_cannot_be_done(tmp_path: Path) -> None:
    for name in ("verify", "rebuild", "retention", "export"):
        code, said, error = command(name, "--data-dir", tmp_path)
        assert (code, said, error.count("\n")) == (2, "", 1)
        assert error.startswith("archive.unreachable: ")
    for arguments in (
        ("verify", "--file", "x.ndjson"), ("export", "--apply", "true"), ("serve", "--file", "x"),
        ("retention", "--apply", "yes"), ("retention", "--positions-days", "0"),
    ):  # fmt: skip
        code, said, error = command(*arguments, "--data-dir", tmp_path)
        assert (code, said, error.count("\n")) == (2, "", 1)
        assert error.startswith("setting.invalid: ")
    assert list(tmp_path.iterdir()) == []
    code, _, error = command("import", "--data-dir", tmp_path, "--file", "all.zip")
    assert code == 2
    assert error.startswith("export.name: ")


def test_the_intake_is_opened_again(tmp_path: Path, client: Redis) -> None:
    desk, here = Desk("", tmp_path, client), ("--data-dir", tmp_path)
    assert command("open-intake", *here)[:2] == (0, "The intake is open: sources need no key\n")
    key = desk.ask(CreateKey(ADMINISTRATOR, "热线", "/12345", [], [STREET]))["id"]
    code, said, _ = command("open-intake", *here, "--apply", "true")
    assert (code, "there are 1. Revoke" in said) == (1, True)
    desk.ask(ChangeKey(ADMINISTRATOR, key, revoke=True))
    assert command("open-intake", *here)[1].startswith("Sources need a key, and there is none.")
    assert command("open-intake", *here, "--apply", "true")[0] == 0
    assert command("open-intake", *here)[1] == "The intake is open: sources need no key\n"
    desk.database.close()


def test_numbers_that_are_nowhere_are_declared_lost(
    redis_server: RedisServer, client: Redis, tmp_path: Path
) -> None:
    log = RedisLog(client, PREFIX)
    for number in range(1, 6):
        log.append([event(number)], NOW + number)
    site = ("--data-dir", tmp_path, "--redis-url", redis_server.url, "--clock", "now")
    assert command("accept-loss", *site)[1].startswith("Nothing is lost")
    log.trim(3, 0)
    code, said, _ = command("accept-loss", *site)
    assert code == 0
    assert "numbers 1 to 3" in said
    code, said, _ = command("accept-loss", *site, "--apply", "true")
    assert (code, said) == (0, "Declared lost: numbers 1 to 3\n")
    database = open_database("", tmp_path)
    assert ArchiveReader(database).end().n == 3
    database.close()
