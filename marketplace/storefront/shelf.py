"""The states of a shelf as pages and the live channel write them: codes, whose words the page carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.sales import Left, StockWord
from marketplace.words import _, formats, lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.queries.sale_page import Priced

CODES = {
    StockWord.AVAILABLE: "available",
    StockWord.FEW_LEFT: "few",
    StockWord.ALL_IN_BAGS: "held",
    StockWord.SOLD_OUT: "gone",
    StockWord.STOPPED: "stopped",
}
LEFT = {
    Left.MOST: lazy("More than half is left"),
    Left.LESS: lazy("Less than half is left"),
    Left.LITTLE: lazy("Little is left"),
    Left.ALL_IN_BAGS: lazy("All in bags at this moment"),
    Left.SOLD_OUT: lazy("Sold out"),
}


def codes(words: Mapping[str, StockWord]) -> dict[str, str]:
    """The words of a sale as the live part of a page takes them."""
    return {key: CODES[word] for key, word in words.items()}


def left(word: Left | None) -> str | None:
    """How much of a sale is left, in words."""
    return None if word is None else str(LEFT[word])


def evidence(priced: Priced) -> str | None:
    """On what a comparison rests: "RRP, evidence of March 2026"."""
    if priced.compare is None or priced.evidence_seen_on is None:
        return None
    return _("RRP, evidence of %(month)s", month=formats.month(priced.evidence_seen_on))
