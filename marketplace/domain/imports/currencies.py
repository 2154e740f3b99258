"""Currency signs and codes in cells and headers."""

from __future__ import annotations

import re
from functools import lru_cache

from marketplace.domain.money import MINOR_DIGITS

SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "zł": "PLN", "fr.": "CHF", "sfr": "CHF"}
WORDS = {
    "euro": "EUR",
    "euros": "EUR",
    "pound": "GBP",
    "pounds": "GBP",
    "dollar": "USD",
    "dollars": "USD",
    "francs suisses": "CHF",
    "swiss francs": "CHF",
}
TEXT_LENGTH_MAX = 80
REMEMBERED_MAX = 8_192
_DIGITS_ALONE = re.compile(r"[0-9., +-]*")
_CODES = "|".join(MINOR_DIGITS)
_SIGN = re.compile("|".join(re.escape(sign) for sign in SIGNS), re.IGNORECASE)
_CODE = re.compile(rf"(?<![A-Z])({_CODES})(?![A-Z])", re.IGNORECASE)
_WORD = re.compile(r"\b(" + "|".join(WORDS) + r")\b", re.IGNORECASE)
_TAX = re.compile(r"(?<![A-Za-z])(TTC|HT|VAT|TVA|MwSt\.?|IVA)(?![A-Za-z])", re.IGNORECASE)


def named_in(text: str) -> str | None:
    """The ISO code of the currency that ``text`` names by sign, code or word; None if none or several."""
    return _named_in(text) if len(text) <= TEXT_LENGTH_MAX else None


@lru_cache(maxsize=REMEMBERED_MAX)
def _named_in(text: str) -> str | None:
    if not text or _DIGITS_ALONE.fullmatch(text):
        return None
    found = {SIGNS[sign.casefold()] for sign in _SIGN.findall(text)}
    found |= {code.upper() for code in _CODE.findall(text)}
    found |= {WORDS[word.casefold()] for word in _WORD.findall(text)}
    return found.pop() if len(found) == 1 else None


def without_signs(text: str) -> str:
    """``text`` without currency signs, codes and tax words, ready to be read as a number."""
    if len(text) > TEXT_LENGTH_MAX or _DIGITS_ALONE.fullmatch(text):
        return text
    return _TAX.sub("", _WORD.sub("", _CODE.sub("", _SIGN.sub("", text)))).strip()
