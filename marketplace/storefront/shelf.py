"""How much of a sale is left, and on what a comparison of prices rests, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.sales import Left
from marketplace.words import _, formats, lazy

if TYPE_CHECKING:
    from marketplace.queries.sale_page import Priced

LEFT = {
    Left.MOST: lazy("More than half is left"),
    Left.LESS: lazy("Less than half is left"),
    Left.LITTLE: lazy("Little is left"),
    Left.ALL_IN_BAGS: lazy("All in bags at this moment"),
    Left.SOLD_OUT: lazy("Sold out"),
}


def left(word: Left | None) -> str | None:
    """How much of a sale is left, in words."""
    return None if word is None else str(LEFT[word])


def evidence(priced: Priced) -> str | None:
    """On what a comparison rests: "RRP, evidence of March 2026"."""
    if priced.compare is None or priced.evidence_seen_on is None:
        return None
    return _("RRP, evidence of %(month)s", month=formats.month(priced.evidence_seen_on))
