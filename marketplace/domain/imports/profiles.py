"""What a column holds, by its cells alone: for headers whose words nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from marketplace.domain.imports import compositions, conditions, countries, sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CELLS_MIN = 3
SURELY_PERCENT = 90
CODES_PERCENT = 80
NUMBERS_OF_SIZES = range(30, 57)
"""Clothing and shoes for adults; smaller numbers are quantities as often as sizes."""

_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][\w./-]{2,39}")
_NUMBER = re.compile(r"\d{2}(?:[.,]5)?")


def _is_country(text: str) -> bool:
    return bool(countries.code_of(text)) and not sizes.is_likely(text)


def _is_condition(text: str) -> bool:
    return len(text) > 1 and conditions.named(text) is not None


def _is_composition(text: str) -> bool:
    return bool(compositions.parsed(text))


def _is_size(text: str) -> bool:
    if _NUMBER.fullmatch(text):
        return int(text[:2]) in NUMBERS_OF_SIZES
    return sizes.is_likely(text) and not text[:1].isdigit()


_HOLDS: Mapping[str, Callable[[str], bool]] = {
    "composition": _is_composition,
    "country_of_origin": _is_country,
    "condition": _is_condition,
    "size_label": _is_size,
}


def field_of(texts: Sequence[str]) -> str | None:
    """The field that nearly all cells speak of; None where they could mean several things, or are too few."""
    if len(texts) < CELLS_MIN:
        return None
    for field, holds in _HOLDS.items():
        if sum(map(holds, texts)) * 100 >= len(texts) * SURELY_PERCENT:
            return field
    return None


def are_codes(texts: Sequence[str]) -> bool:
    """Whether the cells look like references of products: letters and digits, none of them a mere number or price."""
    coded = sum(_CODE.fullmatch(text) is not None and not _is_size(text) for text in texts)
    lettered = any(not text.replace(".", "").replace(",", "").isdigit() for text in texts)
    return bool(texts) and lettered and coded * 100 >= len(texts) * CODES_PERCENT
