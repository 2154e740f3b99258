"""Files that go with a message: PDF, pictures and spreadsheets, told by their content and not by their name alone."""

from __future__ import annotations

import zlib
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from marketplace.domain.refusals import Refusal

FILES_MAX = 5
"""Of one message."""
FILE_BYTES_MAX = 10 * 1024 * 1024
TEXT_LOOKED_AT_BYTES = 64 * 1024


class AttachmentKind(StrEnum):
    """What a file is, as its content says."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"


ENDINGS = {
    AttachmentKind.PDF: (".pdf",),
    AttachmentKind.PNG: (".png",),
    AttachmentKind.JPEG: (".jpg", ".jpeg"),
    AttachmentKind.WEBP: (".webp",),
    AttachmentKind.XLSX: (".xlsx",),
    AttachmentKind.ODS: (".ods",),
    AttachmentKind.CSV: (".csv", ".txt"),
}
ALL_ENDINGS = tuple(ending for endings in ENDINGS.values() for ending in endings)
PART_LOOKED_AT_BYTES = 1024 * 1024
_ZIP = b"PK\x03\x04"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_OF_PROGRAMS = ("Basic/", "Scripts/")
_BEGINNINGS = {
    AttachmentKind.PDF: b"%PDF-",
    AttachmentKind.PNG: b"\x89PNG\r\n\x1a\n",
    AttachmentKind.JPEG: b"\xff\xd8\xff",
}
_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""How a text in UTF-16 begins; its letters are half zeros."""


class AttachmentRefused(Refusal):
    """A file that is not taken: ``reason`` is ``kind``, ``size`` or ``number``; ``name`` is the file's."""

    code = "attachment_refused"


def check_number(files: int) -> None:
    """Refuses more files than go with one message."""
    if files > FILES_MAX:
        raise AttachmentRefused(reason="number", most=FILES_MAX)


def check_size(name: str, *, size_bytes: int) -> None:
    """Refuses an empty file and one too large."""
    if not 0 < size_bytes <= FILE_BYTES_MAX:
        raise AttachmentRefused(reason="size", name=name, most=FILE_BYTES_MAX // (1024 * 1024))


def kind_of(name: str, content: bytes) -> AttachmentKind:
    """What the file is; refuses what its content does not say, and a name that says otherwise."""
    found = _kind(content)
    if found is None or not name.casefold().endswith(ENDINGS[found]):
        raise AttachmentRefused(reason="kind", name=name)
    return found


def _kind(content: bytes) -> AttachmentKind | None:
    for kind, begins in _BEGINNINGS.items():
        if content.startswith(begins):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return AttachmentKind.WEBP
    if content.startswith(_ZIP):
        return _sheet(content)
    return AttachmentKind.CSV if _is_text(content[:TEXT_LOOKED_AT_BYTES]) else None


def _sheet(content: bytes) -> AttachmentKind | None:
    """A workbook by its parts, and none that carries a program: neither Excel's macros nor LibreOffice's."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                said = _part(archive, "[Content_Types].xml").lower()
                carries = b"macroenabled" in said or b"vbaproject" in said
                return None if carries else AttachmentKind.XLSX
            if _part(archive, "mimetype").startswith(_ODS):
                carries = any(name.startswith(_OF_PROGRAMS) for name in names)
                return None if carries else AttachmentKind.ODS
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, zlib.error):
        return None
    return None


def _part(archive: ZipFile, name: str) -> bytes:
    """The beginning of a part: as much as says what the file is."""
    with archive.open(name) as part:
        return part.read(PART_LOOKED_AT_BYTES)


def _is_text(start: bytes) -> bool:
    return start.startswith(_MARKS) or b"\0" not in start
