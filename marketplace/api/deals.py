"""Deals, to be read. They are answered by people: what binds a brand is not signed by a machine."""

from __future__ import annotations

from typing import Any

from marketplace.api import cursors, shapes
from marketplace.api.cursors import Turning
from marketplace.api.hanging import NUMBER, question
from marketplace.domain.deals import terms_as_plain
from marketplace.domain.keys import Scope
from marketplace.queries import deals as asked_of
from marketplace.queries import feeds
from marketplace.web import bearer

TAG = "Deals"
ONE = f"/deals/<{NUMBER}:deal_id>"


@question(
    "/deals",
    scope=Scope.READ_DEALS,
    asks=Turning,
    gives=shapes.listing(shapes.DealLineShape),
    tag=TAG,
)
def list_deals(asked: dict[str, Any]) -> dict[str, Any]:
    """Your deals, the newest first."""
    return cursors.page(
        "deals",
        asked,
        look=lambda after, most: feeds.deals.listed(bearer.tools(), after=after, most=most),
        number=lambda each: each.deal_id,
    )


@question(ONE, scope=Scope.READ_DEALS, gives=shapes.DealShape, tag=TAG)
def get_deal(deal_id: int) -> dict[str, Any]:
    """One deal with all its versions."""
    found = asked_of.one(bearer.tools(), deal_id=deal_id)
    names = shapes.VersionShape().fields
    return {
        "deal_id": found.deal_id,
        "collection_id": found.collection_id,
        "state": found.state,
        "versions": [
            {
                **{name: getattr(each, name) for name in names},
                "terms": terms_as_plain(each.terms),
            }
            for each in found.versions
        ],
    }


@question(
    f"{ONE}/lines",
    scope=Scope.READ_DEALS,
    asks=Turning,
    gives=shapes.listing(shapes.LineShape),
    tag=TAG,
)
def list_deal_lines(asked: dict[str, Any], deal_id: int) -> dict[str, Any]:
    """The lines of the newest version."""
    return cursors.page(
        f"lines:{deal_id}",
        asked,
        look=lambda after, most: feeds.deals.lines(
            bearer.tools(), deal_id=deal_id, after=after, most=most
        ),
        number=lambda each: each.variant_id,
    )
