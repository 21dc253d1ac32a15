"""The log lines of a process, on stderr: text for people, or one JSON object a line.

A line never carries a value of a request. Of an exception it tells the class and the places in
the code, not the message, for that of an unforeseen one may quote what it could not read;
the texts of CockpitErrors are ours and are told.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from cockpit.errors import CockpitError

log = logging.getLogger(__name__)

_FIELDS = ("time", "role", "instance", "levelname", "name", "message")
_NAMES = {"levelname": "level", "name": "logger", "exc_info": "trace"}
_Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Marker(logging.Filter):
    """Puts on each record what the formats below write: time, role and instance, and the code
    and class of the exception that the line is about."""

    def __init__(self, role: str, instance: str) -> None:
        super().__init__()
        self._role, self._instance = role, instance

    def filter(self, record: logging.LogRecord) -> bool:
        moment = datetime.fromtimestamp(record.created, UTC)
        record.time = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record.role, record.instance = self._role, self._instance
        for error in _exceptions(record):
            record.exception = type(error).__name__
            if isinstance(error, CockpitError):
                record.code = error.code
        return True


def _exceptions(record: logging.LogRecord) -> Iterator[BaseException]:
    if isinstance(record.args, tuple):
        yield from (each for each in record.args if isinstance(each, BaseException))
    if record.exc_info and record.exc_info[1] is not None:
        yield record.exc_info[1]


def trace(error: BaseException | None) -> str:
    """The places an exception went through and its class, those behind it first."""
    parts: list[str] = []
    while error is not None:
        parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nand then\n".join(reversed(parts))


class _Text(logging.Formatter):
    """`<time> <role> <LEVEL> <message> [<code>]`, and the trace below it."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's, with the message
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        code = getattr(record, "code", "")
        return super().formatMessage(record) + (f" [{code}]" if code else "")

    def formatException(self, ei: _Caught) -> str:  # noqa: N802 - logging's name
        return trace(ei[1])


class _Json(JsonFormatter):
    """The fields time, role, instance, level, logger, message, and where they hold code,
    exception, trace and what the line says besides."""

    def formatException(self, ei: _Caught) -> str:  # noqa: N802 - logging's name
        return trace(ei[1])


def log_to_stderr(role: str, instance: str, level: str, form: str) -> None:
    """Every log line of this process, and what would else end it unsaid. `form` is `text` or
    `json`."""
    handler = logging.StreamHandler()
    handler.addFilter(_Marker(role, instance))
    handler.setFormatter(
        _Json(_FIELDS, rename_fields=_NAMES, json_ensure_ascii=False)
        if form == "json"
        else _Text(f"%(asctime)s {role:8} %(levelname)s %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    # It tells of every look that it takes at the database; the archive tells what it changed.
    logging.getLogger("alembic.runtime").setLevel(logging.WARNING)
    sys.excepthook = _unforeseen
    threading.excepthook = lambda hook: _unforeseen(
        hook.exc_type, hook.exc_value or hook.exc_type(), hook.exc_traceback
    )


def _unforeseen(kind: type[BaseException], error: BaseException, places: Any) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        sys.__excepthook__(kind, error, places)
        return
    log.critical("unforeseen fault", exc_info=(kind, error, places))
