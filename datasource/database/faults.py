"""What a database says when it cannot, as CockpitErrors that say what to do."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import Error as PostgresError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cockpit.errors import CockpitError

_NO_SPACE = 64 * 1024

# SQLite's primary result codes by name.
_SQLITE = {
    "SQLITE_FULL": "archive.full",
    "SQLITE_CORRUPT": "database.corrupt",
    "SQLITE_NOTADB": "database.corrupt",
    "SQLITE_READONLY": "archive.readonly",
    "SQLITE_PERM": "archive.readonly",
    "SQLITE_BUSY": "archive.unreachable",
    "SQLITE_LOCKED": "archive.unreachable",
    "SQLITE_CANTOPEN": "archive.unreachable",
    "SQLITE_IOERR": "archive.unreachable",
}
# PostgreSQL's SQLSTATE, or the class that its first two characters are.
_POSTGRES = {
    "28": "database.password",
    "3D": "database.url",
    "53100": "archive.full",
    "53": "archive.unreachable",
    "08": "archive.unreachable",
    "57": "archive.unreachable",
    "55": "archive.unreachable",
    "40": "archive.unreachable",
    "58": "archive.unreachable",
    "25006": "archive.readonly",
    "42501": "archive.readonly",
    "42P01": "database.unprepared",
    "XX001": "database.corrupt",
    "XX002": "database.corrupt",
}
# A refused connection has no SQLSTATE in libpq, only words, in the server's language.
_REFUSALS = (
    ("password authentication failed", "database.password"),
    ("no password supplied", "database.password"),
    ("authentication failed", "database.password"),
    ("pg_hba.conf", "database.password"),
    ("认证失败", "database.password"),
    ("role ", "database.password"),
    ("角色", "database.password"),
    ("database ", "database.url"),
    ("数据库 ", "database.url"),
)
_ABSENT = ("does not exist", "不存在")


class DamagedError(Exception):
    """A row came back as something that was never written. `database_errors` tells it."""


@contextmanager
def database_errors(where: str, file: Path | None = None) -> Iterator[None]:
    """Turn exceptions of SQLAlchemy and its drivers into CockpitErrors.

    `archive.unreachable`: no answer, connection lost, locked or busy too long: may be repeated.
    `archive.full`, `archive.readonly`: nothing can be written. `archive.refused`: it said no for
    another reason. `database.password`, `database.url`, `database.corrupt` and
    `database.unprepared` need an operator. `file` is the SQLite file, if it is one.
    """
    try:
        yield
    except DBAPIError as error:
        raise _judged(error.orig or error, where, file) from error
    except (sqlite3.Error, PostgresError) as error:
        # Of what goes past SQLAlchemy for speed, or before a transaction.
        raise _judged(error, where, file) from error
    except DamagedError as error:
        raise CockpitError("database.corrupt", where=where, why=error) from error
    except SQLAlchemyError as error:
        # The pool's timeout, for the most part: all connections were busy too long.
        raise CockpitError("archive.unreachable", where=where, why=_first_line(error)) from error


def _judged(fault: BaseException, where: str, file: Path | None) -> CockpitError:
    why = _first_line(fault)
    if isinstance(fault, PostgresError):
        code = _postgres_code(fault, why)
    else:
        code = _sqlite_code(fault, why, file)
    if code == "database.url":
        return CockpitError(code, why=why)
    return CockpitError(code, where=where, why=why)


def _postgres_code(fault: PostgresError, why: str) -> str:
    state = fault.sqlstate
    if state is not None:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2], "archive.refused")
    if fault.pgconn is None:
        # The driver itself refused a value: nothing that waiting would heal.
        return "archive.refused"
    for words, code in _REFUSALS:
        if words in why and (code == "database.password" or any(a in why for a in _ABSENT)):
            return code
    return "archive.unreachable"


def _sqlite_code(fault: BaseException, why: str, file: Path | None) -> str:
    # Extended codes are the primary one and a suffix: SQLITE_IOERR_SHMSIZE.
    name = "_".join(str(getattr(fault, "sqlite_errorname", "")).split("_")[:2])
    if name == "SQLITE_ERROR" and "no such" in why:
        return "database.unprepared"
    code = _SQLITE.get(name, "archive.refused")
    if name in {"SQLITE_IOERR", "SQLITE_CANTOPEN"} and _no_space(file):
        return "archive.full"
    if name == "SQLITE_CANTOPEN" and _locked_up(file):
        return "archive.readonly"
    return code


def _locked_up(file: Path | None) -> bool:
    """SQLite cannot even read a file beside which it cannot keep its notes."""
    if file is None or not file.exists():
        return False
    return not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _no_space(file: Path | None) -> bool:
    if file is None:
        return False
    try:
        return shutil.disk_usage(file.parent).free < _NO_SPACE
    except OSError:
        return False


def _first_line(error: BaseException) -> str:
    """What it says, without the lines in which PostgreSQL quotes the values of a row."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
