"""Numbers as people type them: decimal commas, thousands points, currency signs, brackets for minus.

A separator is read by what the rest of its column shows. Where one cell could be two numbers and nothing
decides, the answer is that it is ambiguous: the house does not guess with money.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from marketplace.domain.imports.currencies import without_signs
from marketplace.domain.money import MINOR_DIGITS

Point = Literal[",", "."]
"""The character before the fraction."""

DIGITS_MAX = 18
"""More digits than any price, weight or quantity of this trade has."""

TEXT_LENGTH_MAX = 60
"""A cell with a longer text is no number, whatever it says."""

REMEMBERED_MAX = 8_192
"""Prices and sizes of a list repeat: most cells were understood before."""

UNIT_WORDS = (
    "pieces", "pièces", "pièce", "piece", "pcs", "pce", "pc", "units", "unités", "unité", "stück", "stueck", "stk",
    "st", "pezzi", "pezzo", "pz", "uds", "ud", "unidades", "paires", "paire", "pairs", "paar", "paia", "pares", "prs",
    "ex",
)  # fmt: skip
"""What may stand behind a quantity, the longer before those that end them."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u02bc\u2019", "'"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007 \t", None),
    }
)
_SHAPE = re.compile(r"[0-9][0-9.,']*|[.,][0-9]+")
_ROUND_TAIL = re.compile(r"[.,][-\u2013\u2014]{1,2}$")
_GROUP = 3


class NotANumber(ValueError):
    """The text is no number that the house can read. ``reason``: ``words``, ``ambiguous`` or ``too_long``."""

    def __init__(self, reason: Literal["words", "ambiguous", "too_long"]) -> None:
        """``reason`` chooses the sentence that the brand will read."""
        super().__init__(reason)
        self.reason: Literal["words", "ambiguous", "too_long"] = reason


@dataclass(frozen=True, slots=True)
class Digits:
    """A number taken apart: its sign, and its digits with separators still in place."""

    negative: bool
    body: str


def taken_apart(text: str) -> Digits:
    """Sign and digits of ``text`` without spaces, brackets or a trailing ``,-``; refuses words."""
    if len(text) > TEXT_LENGTH_MAX:
        raise NotANumber("words")
    plain = _ROUND_TAIL.sub("", text.translate(_PLAIN))
    bracketed = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()") if bracketed else plain
    negative = bracketed or plain.startswith("-") or plain.endswith("-")
    plain = plain.strip("-").removeprefix("+")
    if not _SHAPE.fullmatch(plain):
        raise NotANumber("words")
    if sum(each.isdigit() for each in plain) > DIGITS_MAX:
        raise NotANumber("too_long")
    return Digits(negative, plain)


def point_shown(text: str) -> Point | None:
    """The decimal separator that ``text`` proves by itself; None where it proves nothing."""
    return _point_shown(text) if len(text) <= TEXT_LENGTH_MAX else None


@lru_cache(maxsize=REMEMBERED_MAX)
def _point_shown(text: str) -> Point | None:
    try:
        body = taken_apart(without_signs(text)).body
    except NotANumber:
        return None
    marks = [each for each in body if each in ",."]
    if not marks:
        return None
    last: Point = "," if marks[-1] == "," else "."
    other: Point = "." if last == "," else ","
    if len(set(marks)) > 1:
        return last
    if len(marks) > 1:
        return other
    return last if _can_only_be_decimal(body, last) else None


def _can_only_be_decimal(body: str, mark: Point) -> bool:
    whole, fraction = body.split(mark)
    return len(fraction) != _GROUP or len(whole) not in {1, 2, 3} or whole.startswith("0")


def parsed(text: str, *, point: Point | None) -> Decimal:
    """The number in ``text``; ``point`` is its column's decimal separator, where known.

    Raises :class:`NotANumber`: words, ambiguous (``1.129`` alone in its column), or absurdly long.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise NotANumber("words")
    return _parsed(text, point)


@lru_cache(maxsize=REMEMBERED_MAX)
def _parsed(text: str, point: Point | None) -> Decimal:
    digits = taken_apart(text)
    decimal_point = point_shown(digits.body) or point
    body = digits.body.replace("'", "")
    if not set(body) & {",", "."}:
        number = Decimal(body)
    elif decimal_point is None:
        raise NotANumber("ambiguous")
    else:
        number = Decimal(_without_thousands(body, decimal_point))
    return -number if digits.negative else number


def _without_thousands(body: str, point: Point) -> str:
    thousands = "." if point == "," else ","
    whole, _, fraction = body.partition(point)
    groups = whole.split(thousands)
    ungrouped = len(groups) == 1
    if point in fraction or thousands in fraction:
        raise NotANumber("words")
    if not ungrouped and (
        len(groups[0]) not in {1, 2, 3} or any(len(group) != _GROUP for group in groups[1:])
    ):
        raise NotANumber("words")
    return f"{''.join(groups) or '0'}.{fraction or '0'}"


def in_minor_units(amount: Decimal, currency: str) -> tuple[int, bool]:
    """``amount`` in whole minor units of ``currency``, rounded half up, and whether rounding was needed."""
    scaled = amount.scaleb(MINOR_DIGITS[currency])
    rounded = scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(rounded), rounded != scaled


def whole(amount: Decimal) -> int | None:
    """``amount`` as a whole number; None where it has a fraction."""
    return int(amount) if amount == amount.to_integral_value() else None


def in_words(minor: int, currency: str) -> str:
    """Minor units as digits with a point, for a sentence: 4599 EUR is ``45.99``."""
    return f"{Decimal(minor).scaleb(-MINOR_DIGITS[currency]):f}"


def without_units(text: str) -> str:
    """``12 pcs`` as ``12``."""
    plain = text.casefold().rstrip(". ")
    word = next((each for each in UNIT_WORDS if plain.endswith(each)), "")
    bare = text[: len(plain) - len(word)].strip() if word else text
    return bare if bare[-1:].isdigit() else text
