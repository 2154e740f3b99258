"""Packs of assorted sizes: ``36x1 38x2 40x1`` in so many packs is so many pieces of each size."""

from __future__ import annotations

import re
from functools import lru_cache

from marketplace.domain.imports import figures, size_columns

SIZES_MIN = 2
SIZES_MAX = 40
TEXT_LENGTH_MAX = 300
REMEMBERED_MAX = 2_048
_PIECE = re.compile(r"([\w.,½/]{1,8}?)\s*[x×:=*(]\s*(\d{1,3})\)?", re.IGNORECASE)  # noqa: RUF001 - as typed
_LETTERED = re.compile(r"(\d?x{0,4}[sl]|m)(\d{1,2})(?=$|[\s,;|+/-])", re.IGNORECASE)
"""Sizes in letters need nothing between them and their pieces: ``S1 M2 L1``."""

_RATIO = re.compile(r"(?P<pieces>\d{1,2}(?:\s*[-:/]\s*\d{1,2})+)\s*\(\s*(?P<sizes>[^()]+)\)")
_GAPS = re.compile(r"[\s,;|+\-]*")

Pack = tuple[tuple[str, int], ...]


def parsed(text: str) -> Pack:
    """Each size of a pack with its pieces; empty where the text is no such list."""
    return _parsed(text.strip()) if len(text) <= TEXT_LENGTH_MAX else ()


@lru_cache(maxsize=REMEMBERED_MAX)
def _parsed(text: str) -> Pack:
    ratio = _RATIO.fullmatch(text)
    if ratio:
        return _ratio(ratio["sizes"], ratio["pieces"])
    return _listed(text, _PIECE) or _listed(text, _LETTERED)


def _ratio(labels: str, pieces: str) -> Pack:
    """``1-2-1 (S-M-L)``: as many pieces as there are sizes."""
    counts = [int(each) for each in re.split(r"\s*[-:/]\s*", pieces.strip())]
    named = [size_columns.named(each) for each in re.split(r"\s*[-,/;]\s*|\s+", labels.strip())]
    found = [each.label for each in named if each is not None]
    if len(found) != len(named) or len(found) != len(counts) or len(set(found)) != len(found):
        return ()
    return tuple(zip(found, counts, strict=True)) if SIZES_MIN <= len(found) <= SIZES_MAX else ()


def _listed(text: str, form: re.Pattern[str]) -> Pack:
    found, end = [], 0
    for piece in form.finditer(text):
        named = size_columns.named(piece.group(1))
        if named is None or not _GAPS.fullmatch(text[end : piece.start()]):
            return ()
        found.append((named.label, int(piece.group(2))))
        end = piece.end()
    labels = {label for label, _ in found}
    whole = _GAPS.fullmatch(text[end:]) and len(labels) == len(found)
    return tuple(found) if whole and SIZES_MIN <= len(found) <= SIZES_MAX else ()


def packs(pack: Pack, *, stated: str, pieces: str) -> int | None:
    """How many packs there are: as ``stated``, else as all ``pieces`` make; None where neither tells."""
    number = _whole(stated)
    if number is not None:
        return number
    total, each = _whole(pieces), sum(units for _, units in pack)
    return total // each if total is not None and each and total % each == 0 else None


def _whole(text: str) -> int | None:
    try:
        number = figures.whole(figures.parsed(figures.without_units(text), point=","))
    except figures.NotANumber:
        return None
    return number if number is not None and number >= 0 else None
