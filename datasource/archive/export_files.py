"""The files of exports: packed as their ending says, written whole or not at all, read with their
check sum."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import zstandard

from cockpit.errors import CockpitError

# No line of an export is longer: messages are at most 64 KB, rules about 10.
_LONGEST = 64 * 1024 * 1024
_WINDOW = 128 * 1024 * 1024
_CORRUPT = (zstandard.ZstdError, zlib.error, gzip.BadGzipFile, EOFError)


class LineWriter:
    """Writes lines, counting them and adding them up to a SHA-256."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed, self._sum = packed, sha256()
        self.lines = 0

    def write(self, lines: list[bytes]) -> None:
        """Write lines, which come without their end."""
        if lines:
            text = b"\n".join(lines) + b"\n"
            self._sum.update(text)
            self._packed.write(text)
            self.lines += len(lines)

    @property
    def sha256(self) -> str:
        """Of all that was written so far."""
        return self._sum.hexdigest()


@contextmanager
def new_file(path: Path) -> Iterator[LineWriter]:
    """A file that is there under its name when the block has ended well, and not at all when it
    has not. One of the same name is replaced.

    Raises CockpitError `export.name` for an ending that says nothing, `export.unwritable`.
    """
    _check_ending(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as bare:
            with _packing(path, bare) as packed:
                yield LineWriter(packed)
            bare.flush()
            os.fsync(bare.fileno())
        draft.replace(path)
    except OSError as error:
        raise CockpitError("export.unwritable", file=path, why=error.strerror or error) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _check_ending(path: Path) -> None:
    if not path.name.endswith((".ndjson", ".ndjson.gz", ".ndjson.zst")):
        raise CockpitError("export.name", file=path)


@contextmanager
def _packing(path: Path, bare: IO[bytes]) -> Iterator[IO[bytes]]:
    packed: Any = bare
    if path.suffix == ".zst":
        maker = zstandard.ZstdCompressor(level=5, write_checksum=True)
        packed = maker.stream_writer(bare, closefd=False)
    elif path.suffix == ".gz":
        packed = gzip.GzipFile("", "wb", compresslevel=5, fileobj=bare, mtime=0)
    try:
        yield packed
        if packed is not bare:
            packed.close()
    except BaseException:
        # What it still holds has no place any more.
        with suppress(OSError, ValueError, *_CORRUPT):
            if packed is not bare:
                packed.close()
        raise


def read_lines(path: Path) -> Iterator[tuple[int, bytes, str]]:
    """Number, text and the SHA-256 of all lines before it, for each line from 1 on. The sum is
    empty but for the last one.

    Raises CockpitError `export.name`, `export.unreadable`, `import.damaged`.
    """
    _check_ending(path)
    try:
        bare = path.open("rb")
    except OSError as error:
        raise CockpitError("export.unreadable", file=path, why=error.strerror or error) from None
    number, added = 0, sha256()
    with bare:
        plain = _plain(path, bare)
        following = _line(path, plain, 1)
        while line := following:
            number += 1
            following = _line(path, plain, number + 1)
            yield number, line[:-1], added.hexdigest() if not following else ""
            added.update(line)


def _plain(path: Path, bare: IO[bytes]) -> IO[bytes]:
    if path.suffix == ".zst":
        maker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        return io.BufferedReader(maker.stream_reader(bare), 1 << 18)
    return gzip.GzipFile(fileobj=bare) if path.suffix == ".gz" else bare  # type: ignore[return-value]


def _line(path: Path, plain: IO[bytes], number: int) -> bytes:
    """The next line with its end; nothing at the end of the file."""
    try:
        line = plain.readline(_LONGEST)
    except _CORRUPT as error:
        raise damaged(path, number, f"it cannot be unpacked: {error}") from None
    except OSError as error:
        raise CockpitError("export.unreadable", file=path, why=error.strerror or error) from None
    if line and not line.endswith(b"\n"):
        raise damaged(path, number, "the line is cut off")
    return line


def damaged(path: Path, number: int, why: object) -> CockpitError:
    """That a line is not as it was written."""
    return CockpitError("import.damaged", file=path, line=number, why=why)
