"""Which letters a text file is written in, and which character parts its cells."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITERS = (";", ",", "\t", "|")
SNIFFED_RECORDS_MAX = 60
SNIFFED_LETTERS_MAX = 200_000
FIELD_LENGTH_MAX = 1_000_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = frozenset("éèêëàâäîïôöùûüçñáíóúÉÈÊÀÂÎÔÙÛÇÄÖÜßœŒæ€°’“”«»–—…£©®½ìòåøÅØ²³´·¡¿ãõ\u00a0")  # noqa: RUF001 - French and Spanish use them
"""Letters and signs that French, German, Italian, Spanish and English lists hold beyond ASCII."""


class UnknownLetters(Exception):
    """No known encoding gives readable text."""


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding; raises :class:`UnknownLetters`."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _strictly(content, "utf-8-sig" if name == "utf-8" else name), name
    wide = _wide(content)
    if wide:
        return _strictly(content, wide), wide
    if b"\0" in content:
        raise UnknownLetters
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _one_byte(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as no:
        raise UnknownLetters from no


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: Latin text has a zero in every second place."""
    head = content[:4_000]
    half = len(head) // 2
    if half and head[1::2].count(0) * 10 > half * 7:
        return "utf-16-le"
    return "utf-16-be" if half and head[0::2].count(0) * 10 > half * 7 else ""


def _one_byte(content: bytes) -> tuple[str, str]:
    """Windows' or the old Macintosh's letters, whichever makes more common letters and fewer strange ones."""
    best: tuple[int, str, str] | None = None
    for name in ("cp1252", "mac_roman"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        score = sum(1 if each in _COMMON else -2 for each in text if not each.isascii())
        if best is None or score > best[0]:
            best = (score, text, name)
    if best is None:
        raise UnknownLetters
    return best[1], best[2]


def delimiter(text: str) -> str:
    """The character that parts the cells: the one that gives the most rows of the same, larger width."""
    head = text[:SNIFFED_LETTERS_MAX]
    return max(DELIMITERS, key=lambda each: _evenness(head, each))


def _evenness(text: str, each: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=each)
    widths: list[int] = []
    try:
        for record in reader:
            if record:
                widths.append(len(record))
            if len(widths) >= SNIFFED_RECORDS_MAX:
                break
    except csv.Error:
        return (0, 0)
    return _usual(widths)


def _usual(widths: Sequence[int]) -> tuple[int, int]:
    """How many records in a hundred have the most usual width above one, and that width."""
    wide = [width for width in widths if width > 1]
    if not wide:
        return (0, 0)
    usual = max(set(wide), key=lambda width: (wide.count(width), width))
    return (wide.count(usual) * 100 // len(widths), usual)
