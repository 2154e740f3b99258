"""Orders of the house to a brand, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.purchases import PurchaseState
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

STATES: dict[PurchaseState, Lazy] = {
    PurchaseState.ORDERED: lazy("To be confirmed"),
    PurchaseState.CONFIRMED: lazy("Confirmed"),
    PurchaseState.CLOSED: lazy("Closed"),
}
COLUMNS: tuple[Lazy, ...] = (
    lazy("SKU"),
    lazy("GTIN"),
    lazy("Style code"),
    lazy("Style"),
    lazy("Colour"),
    lazy("Size"),
    lazy("Ordered"),
    lazy("Confirmed"),
    lazy("Accepted"),
)
"""An order as a table to take along."""
