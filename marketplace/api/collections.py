"""Collections, their styles and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.api import cursors, shapes
from marketplace.api.cursors import Turning
from marketplace.api.hanging import NUMBER, question
from marketplace.domain.keys import Scope
from marketplace.queries import feeds
from marketplace.web import bearer

if TYPE_CHECKING:
    from marketplace.queries.feeds.collections import CollectionFed

TAG = "Collections"
ONE = f"/collections/<{NUMBER}:collection_id>"


@question(
    "/collections",
    scope=Scope.READ_COLLECTIONS,
    asks=Turning,
    gives=shapes.listing(shapes.CollectionShape),
    tag=TAG,
)
def list_collections(asked: dict[str, Any]) -> dict[str, Any]:
    """Your collections, the newest first."""
    return cursors.page(
        "collections",
        asked,
        look=lambda after, most: feeds.collections.listed(bearer.tools(), after=after, most=most),
        number=lambda each: each.collection_id,
    )


@question(ONE, scope=Scope.READ_COLLECTIONS, gives=shapes.CollectionShape, tag=TAG)
def get_collection(collection_id: int) -> CollectionFed:
    """One collection."""
    return feeds.collections.one(bearer.tools(), collection_id=collection_id)


@question(
    f"{ONE}/styles",
    scope=Scope.READ_COLLECTIONS,
    asks=Turning,
    gives=shapes.listing(shapes.StyleShape),
    tag=TAG,
)
def list_styles(asked: dict[str, Any], collection_id: int) -> dict[str, Any]:
    """The styles of a collection."""
    return cursors.page(
        f"styles:{collection_id}",
        asked,
        look=lambda after, most: feeds.collections.styles(
            bearer.tools(), collection_id=collection_id, after=after, most=most
        ),
        number=lambda each: each.style_id,
    )


@question(
    f"{ONE}/variants",
    scope=Scope.READ_COLLECTIONS,
    asks=Turning,
    gives=shapes.listing(shapes.VariantShape),
    tag=TAG,
)
def list_variants(asked: dict[str, Any], collection_id: int) -> dict[str, Any]:
    """The variants of a collection: what it offers, size by size."""
    return cursors.page(
        f"variants:{collection_id}",
        asked,
        look=lambda after, most: feeds.collections.variants(
            bearer.tools(), collection_id=collection_id, after=after, most=most
        ),
        number=lambda each: each.variant_id,
    )
