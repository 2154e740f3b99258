"""What is said of machines that speak for a brand: what their keys open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.keys import Scope
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

SCOPES: dict[Scope, Lazy] = {
    Scope.READ_COLLECTIONS: lazy("Read collections, their styles and variants"),
    Scope.READ_IMPORTS: lazy("Read imports and what was found in their files"),
    Scope.WRITE_IMPORTS: lazy("Send files, say what columns mean, let rows in"),
    Scope.READ_DEALS: lazy("Read deals, their versions and lines"),
    Scope.READ_SALES: lazy("Read sales and when they open"),
    Scope.READ_FIGURES: lazy("Read how sales are selling"),
}
