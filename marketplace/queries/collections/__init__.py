"""Collections as their brand and the house see them: what is in them, and what they still lack."""

from __future__ import annotations

from marketplace.queries.collections.cards import StyleCard, facts_of
from marketplace.queries.collections.listing import Listed, Listing, listed
from marketplace.queries.collections.reading import CollectionPage, Proof, one

__all__ = [
    "CollectionPage",
    "Listed",
    "Listing",
    "Proof",
    "StyleCard",
    "facts_of",
    "listed",
    "one",
]
