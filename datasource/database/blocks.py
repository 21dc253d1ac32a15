"""Positions packed for the archive: some thousand entries as one compressed body.

A body holds each entry's number, instant of receipt and message, byte for byte; of a faded one
its sender and sequence instead. Neighbours are alike, so numbers are kept as differences and
the messages are compressed together: about a tenth of their size.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import msgspec
import zstandard
from msgspec import Struct

from cockpit.ports import Entry, Faded
from datasource.database.faults import DamagedError

# Positions in a block. More compress better; fewer are sooner unpacked for one of them.
FULL = 4000
_LEVEL = 3


class _Columns(Struct, array_like=True):
    """`raws` has the kept messages only. `whose` is empty when all are kept, else it has for each
    entry 0 (kept) or its sender's place in `senders`, from 1; `sequences` those of the faded."""

    numbers: list[int]
    received: list[int]
    raws: list[bytes]
    senders: list[str]
    whose: list[int]
    sequences: list[int | None]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Columns).decode


def pack(entries: Sequence[Entry]) -> bytes:
    """The body of a block of entries in the order of their numbers."""
    numbers = _differences([entry.n for entry in entries])
    received = _differences([entry.received for entry in entries])
    raws = [entry.raw for entry in entries if entry.faded is None]
    senders: list[str] = []
    whose: list[int] = []
    sequences: list[int | None] = []
    if len(raws) < len(entries):
        senders = sorted({entry.faded.source for entry in entries if entry.faded is not None})
        places = {source: place for place, source in enumerate(senders, 1)}
        whose = [places[entry.faded.source] if entry.faded else 0 for entry in entries]
        sequences = [entry.faded.sequence for entry in entries if entry.faded is not None]
    columns = _Columns(numbers, received, raws, senders, whose, sequences)
    return compressed(_encode(columns))


def unpack(body: bytes) -> list[Entry]:
    """The entries of a block's body, in the order of their numbers. Raises
    `datasource.database.faults.DamagedError`."""
    try:
        columns = _decode(decompressed(body))
    except msgspec.MsgspecError as error:
        raise DamagedError(str(error)) from error
    numbers, received = accumulate(columns.numbers), accumulate(columns.received)
    raws, sequences = iter(columns.raws), iter(columns.sequences)
    if not columns.whose:
        return list(map(Entry, numbers, received, raws))
    senders = columns.senders
    return [
        Entry(n, at, b"", Faded(senders[who - 1], next(sequences)))
        if who
        else Entry(n, at, next(raws))
        for n, at, who in zip(numbers, received, columns.whose, strict=True)
    ]


def compressed(body: bytes) -> bytes:
    """As it is kept in the database, with a check sum of its own."""
    # A compressor's state is not to be shared by threads.
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(body)


def decompressed(body: bytes) -> bytes:
    """What `compressed` was given. Raises `datasource.database.faults.DamagedError`."""
    try:
        return zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise DamagedError(str(error)) from error


def _differences(values: Sequence[int]) -> list[int]:
    return [values[0], *(b - a for a, b in pairwise(values))] if values else []
