"""ZIP containers from strangers: looked over while inflating, before anything believes what they say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 64 * 1024
RATIO_MAX = 100
RATIO_FROM_BYTES = 1024 * 1024
"""Below this size nothing is a bomb, however well it packs."""

_END = b"PK\x05\x06"
_END_SHAPE = struct.Struct("<4s4H2LH")


class Refused(Exception):
    """The container is not opened; ``reason`` is a key of the house's list of reasons."""

    def __init__(self, reason: str, **facts: object) -> None:
        """``facts`` fill the sentence of ``reason``."""
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def opened(
    content: io.BytesIO | io.BufferedReader, *, entries_max: int, damaged: str
) -> zipfile.ZipFile:
    """The container, if it has at most ``entries_max`` entries; ``damaged`` is the reason for a broken one."""
    if _entries_claimed(content) > entries_max:
        raise Refused("parts", most=entries_max)
    try:
        container = zipfile.ZipFile(content)
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as no:
        raise Refused(damaged) from no
    if len(container.infolist()) > entries_max:
        raise Refused("parts", most=entries_max)
    return container


def _entries_claimed(content: io.BytesIO | io.BufferedReader) -> int:
    """How many entries the end record speaks of, read before any is looked at."""
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - 65_557))
    tail = content.read()
    content.seek(0)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SHAPE.size:
        return 0
    return int(_END_SHAPE.unpack_from(tail, place)[4])


def inflated(container: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry piece by piece; refuses one that is encrypted, damaged or swells without reason."""
    if entry.flag_bits & 1:
        raise Refused("old_excel")
    seen = 0
    try:
        with container.open(entry) as stream:
            while piece := stream.read(CHUNK_BYTES):
                seen += len(piece)
                if seen > RATIO_FROM_BYTES and seen > max(entry.compress_size, 1) * RATIO_MAX:
                    raise Refused("bomb")
                yield piece
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as no:
        raise Refused("damaged") from no
