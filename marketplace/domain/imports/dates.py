"""Days as people type them: 12.03.24, 12/03/2024, 2024-03-12, 12 mars 2024, and the numbers of a spreadsheet.

The day stands before the month, unless the column shows the reverse.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from marketplace.domain.imports.conditions import folded

TEXT_LENGTH_MAX = 40
REMEMBERED_MAX = 4_096
YEAR_MIN, YEAR_MAX = 1990, 2100
CENTURY = 2000
MONTHS_A_YEAR = 12
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_415
"""The numbers under which spreadsheet programs keep the days of those years."""

_SERIAL_ZERO = date(1899, 12, 30)
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan janvier janv januar gennaio gen enero ene",
            "february feb fevrier fev februar febbraio febrero",
            "march mar mars marz maerz marzo",
            "april apr avril avr aprile abril abr",
            "may mai maggio mag mayo",
            "june jun juin juni giugno giu junio",
            "july jul juillet juil juli luglio lug julio",
            "august aug aout agosto ago",
            "september sep sept septembre settembre set septiembre",
            "october oct octobre oktober okt ottobre ott octubre",
            "november nov novembre noviembre",
            "december dec decembre dezember dez dicembre dic diciembre",
        ),
        start=1,
    )
    for word in words.split()
}
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?|(\d{4})[./](\d{1,2})[./](\d{1,2})|(\d{4})(\d\d)(\d\d)"
)
_KEPT = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:[T ]00:00.*)?")
_THREE = re.compile(
    r"(\d{1,2})[./\-\s]{1,2}(\d{1,2})[./\-\s]{1,2}(\d{4}|\d{2})(?:\s\d{2}:\d{2}.*)?"
)


def read(text: str, *, month_first: bool = False) -> date | None:
    """The day that ``text`` names; None where it names none that can be."""
    return _read(text.strip(), month_first) if len(text) <= TEXT_LENGTH_MAX else None


@lru_cache(maxsize=REMEMBERED_MAX)
def _read(text: str, month_first: bool) -> date | None:  # noqa: FBT001 - remembered by position
    iso = _ISO.fullmatch(text)
    if iso:
        year, month, day = (int(each) for each in iso.groups() if each)
        return _day(year, month, day)
    three = _THREE.fullmatch(text)
    if three:
        first, second, year = (int(each) for each in three.groups())
        day, month = (second, first) if month_first else (first, second)
        return _day(year, month, day) or _day(year, day, month)
    if text.isdecimal() and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(text))
    return _in_words(folded(text).split())


def _in_words(words: list[str]) -> date | None:
    """``12 mars 2024`` or ``March 12, 2024``; a month alone is taken for its first day."""
    month = next((_MONTHS[word] for word in words if word in _MONTHS), None)
    numbers = [
        int(digits)
        for word in words
        if (digits := word.removesuffix("th").removesuffix("er")).isdecimal()
    ]
    if month is None or not numbers or len(numbers) > len(("day", "year")):
        return None
    day = numbers[0] if len(numbers) > 1 else 1
    return _day(numbers[-1], month, day)


def _day(year: int, month: int, day: int) -> date | None:
    full = year if year >= YEAR_MIN else year + CENTURY
    try:
        return date(full, month, day) if full <= YEAR_MAX else None
    except ValueError:
        return None


def is_iso(text: str) -> bool:
    """Whether ``text`` is a day as a workbook keeps it: no size is written so."""
    return len(text) <= TEXT_LENGTH_MAX and _KEPT.fullmatch(text.strip()) is not None


def shows_month_first(text: str) -> bool:
    """Whether ``text`` can only be read with its month in front, as its column is then."""
    three = _THREE.fullmatch(text.strip()) if len(text) <= TEXT_LENGTH_MAX else None
    return three is not None and int(three.group(2)) > MONTHS_A_YEAR >= int(three.group(1))
