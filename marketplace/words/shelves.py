"""The codes by which pages and the live channel tell the state of a shelf; the page carries their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.sales import StockWord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.sales import Phase

CODES = {
    StockWord.AVAILABLE: "available",
    StockWord.FEW_LEFT: "few",
    StockWord.ALL_IN_BAGS: "held",
    StockWord.SOLD_OUT: "gone",
    StockWord.STOPPED: "stopped",
}


def codes(phase: Phase, words: Mapping[str, StockWord]) -> dict[str, str]:
    """What the live part of a page takes: the sale's phase and the code of each shelf."""
    return {"phase": str(phase), **{key: CODES[word] for key, word in words.items()}}
