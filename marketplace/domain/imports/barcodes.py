"""Barcodes (GTIN-8, -12, -13, -14): always text, always with their check digit.

Source: GS1 General Specifications, section 7.9 (check digit of GTIN: weights 3 and 1 from the right).
Spreadsheets destroy barcodes in three ways: scientific notation, lost leading zeros, a decimal tail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LENGTHS = (8, 12, 13, 14)
LENGTH_SHORTEST = 12
LENGTH_MIN_REPAIRED = 10
"""Shorter digits with zeros in front would more often be a made-up code than a damaged barcode."""

NONE_WORDS = frozenset(
    {
        "none",
        "no",
        "sans",
        "aucun",
        "néant",
        "ohne",
        "keine",
        "nessuno",
        "ninguno",
        "n/a",
        "na",
        "-",
    }
)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?\s*E\s*\+?\d{1,2}", re.IGNORECASE)
_TAIL = re.compile(r"[.,]0+$")
_TRIM = re.compile(r"[\s\u00a0\u202f\u2010-\u2015-]")

Fault = Literal["scientific", "check_digit", "unreadable", "length"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says. ``gtin`` is empty when the brand says there is none or when ``fault`` tells why.

    ``repaired`` marks a number whose lost leading zeros were put back; ``expected`` is the check digit
    that a wrong number should end with, or the whole number if only its last digit was missing.
    """

    gtin: str = ""
    fault: Fault | None = None
    repaired: bool = False
    expected: str = ""


def check_digit(body: str) -> str:
    """The last digit that belongs behind ``body``: ``400638133393`` gives ``1``."""
    digits = [int(digit) for digit in reversed(body)]
    return str(-(3 * sum(digits[::2]) + sum(digits[1::2])) % 10)


def is_sound(gtin: str) -> bool:
    """Whether ``gtin`` has a length of the standard and ends with its check digit."""
    return (
        len(gtin) in LENGTHS
        and gtin.isascii()
        and gtin.isdigit()
        and check_digit(gtin[:-1]) == gtin[-1]
    )


def read(text: str, *, usual_length: int | None = None) -> Reading:
    """Understand one cell; never repairs more than leading zeros that a spreadsheet dropped.

    ``usual_length`` is the length that the column's other barcodes have: a sound number of 12 digits
    among numbers of 13 has lost its zero.
    """
    bare = text.strip().lstrip("'\u2019=").strip('"').strip()
    if not bare or bare.casefold() in NONE_WORDS:
        return Reading()
    if _SCIENTIFIC.fullmatch(bare):
        return Reading(fault="scientific")
    digits = _TAIL.sub("", _TRIM.sub("", bare))
    if not (digits.isascii() and digits.isdigit()):
        return Reading(fault="unreadable")
    return _judged(digits, usual_length or 0)


def _judged(digits: str, usual_length: int) -> Reading:
    padded = digits.zfill(usual_length if usual_length in LENGTHS else LENGTH_SHORTEST)
    if len(digits) >= LENGTH_MIN_REPAIRED and len(padded) > len(digits) and is_sound(padded):
        return Reading(padded, repaired=True)
    if is_sound(digits):
        return Reading(digits)
    if len(digits) not in LENGTHS:
        return Reading(fault="length")
    return Reading(fault="check_digit", expected=_expected(digits))


def _expected(digits: str) -> str:
    """The number with the right last digit; twelve digits are more often thirteen without their last."""
    if len(digits) == LENGTH_SHORTEST:
        return digits + check_digit(digits)
    return digits[:-1] + check_digit(digits[:-1])
