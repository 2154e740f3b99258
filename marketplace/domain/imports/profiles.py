"""What a column holds, by its cells alone: for headers whose words nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from marketplace.domain.imports import compositions, conditions, countries, figures, sizes
from marketplace.domain.imports.conditions import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CELLS_MIN = 3
SURELY_PERCENT = 90
CODES_PERCENT = 80
NUMBERS_OF_SIZES = range(30, 57)
"""Clothing and shoes for adults; smaller numbers are quantities as often as sizes."""

_COLOURS = frozenset(
    {"black", "white", "blue", "navy", "red", "green", "grey", "gray", "brown", "beige", "pink", "yellow", "orange",
     "purple", "ecru", "camel", "khaki", "cream", "ivory", "gold", "silver", "indigo", "burgundy", "off", "multi",
     "noir", "noire", "blanc", "blanche", "bleu", "bleue", "marine", "rouge", "vert", "verte", "gris", "grise",
     "marron", "rose", "jaune", "violet", "kaki", "creme", "ivoire", "dore", "argent", "bordeaux", "multicolore",
     "taupe", "schwarz", "weiss", "blau", "rot", "grun", "grau", "braun", "rosa", "gelb", "lila", "silber", "natur",
     "nero", "nera", "bianco", "bianca", "blu", "rosso", "rossa", "verde", "grigio", "marrone", "giallo", "viola",
     "panna", "cammello", "argento", "oro", "azzurro", "fantasia",
     "negro", "negra", "blanco", "blanca", "azul", "rojo", "roja", "amarillo", "morado", "crudo", "celeste", "plata",
     "dorado", "anthracite", "antracite", "anthrazit", "denim", "turquoise", "lilac", "mint", "coral", "teal"}
)  # fmt: skip
"""Colours in the five languages, folded, as one of a cell's words."""

COLOURS_PERCENT = 60
UNITS_DIGITS_MAX = 5
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][\w./-]{2,39}")
_PRICE = re.compile(
    r"(?:[€$£]\s*)?\d[\d .,']*[.,]\d{2}(?:\s*(?:[€$£]|EUR|USD|GBP|CHF))?|[€$£]\s*\d+|\d+\s*[€$£]"
)
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


def _is_colour(text: str) -> bool:
    return bool(set(folded(text).split()) & _COLOURS)


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
    if sum(map(_is_colour, texts)) * 100 >= len(texts) * COLOURS_PERCENT:
        return "colour_name"
    return None


def are_units(texts: Sequence[str]) -> bool:
    """Whether the cells look like numbers of pieces: whole and short; rows that are merely counted are not."""
    if len(texts) < CELLS_MIN:
        return False
    numbers = [figures.without_units(text) for text in texts]
    whole = sum(each.isdigit() and len(each) <= UNITS_DIGITS_MAX for each in numbers)
    counted = all(each == str(place) for place, each in enumerate(numbers, start=1))
    return whole * 100 >= len(texts) * CODES_PERCENT and len(set(numbers)) > 1 and not counted


def are_prices(texts: Sequence[str]) -> bool:
    """Whether the cells look like prices: with two decimals or a currency."""
    if len(texts) < CELLS_MIN:
        return False
    priced = sum(bool(_PRICE.fullmatch(text.strip())) for text in texts)
    return priced * 100 >= len(texts) * SURELY_PERCENT


def are_names(texts: Sequence[str]) -> bool:
    """Whether the cells look like names: words of letters, mostly several."""
    worded = sum(any(each.isalpha() for each in text) and " " in text.strip() for text in texts)
    return len(texts) >= CELLS_MIN and worded * 2 > len(texts)


def is_code(text: str) -> bool:
    """Whether a cell could be a reference: one word, or with a digit in it."""
    return " " not in text.strip() or any(each.isdigit() for each in text)


def are_codes(texts: Sequence[str]) -> bool:
    """Whether the cells look like references of products: letters and digits, none of them a mere number or price."""
    coded = sum(_CODE.fullmatch(text) is not None and not _is_size(text) for text in texts)
    lettered = any(not text.replace(".", "").replace(",", "").isdigit() for text in texts)
    return bool(texts) and lettered and coded * 100 >= len(texts) * CODES_PERCENT
