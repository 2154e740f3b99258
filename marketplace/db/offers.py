"""What the accepted deal lets the house offer: each variant with its floor, its public price and the evidence for it.

The page of a sale's items shows these figures and the service that fills a sale decides by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Offered:
    """One variant of the accepted deal. ``seen_on`` is the newest evidence for its public price, its style's first."""

    variant_id: int
    style_id: int
    style_code: str
    style_name: str
    sku: str
    colour: str
    size: str
    currency: str
    rrp_minor: int | None
    floor_minor: int
    evidence_id: int | None
    seen_on: date | None


_OF_DEAL = text(
    """
    SELECT v.id AS variant_id, v.style_id, t.code AS style_code, t.name AS style_name, v.sku, v.colour, v.size,
           v.currency, v.rrp_minor, l.floor_minor, e.id AS evidence_id, e.seen_on
    FROM deals d
    JOIN deal_lines l ON l.version_id = d.accepted_version_id
    JOIN variants v ON v.id = l.variant_id
    JOIN styles t ON t.id = v.style_id
    LEFT JOIN LATERAL (
        SELECT e.id, e.seen_on FROM rrp_evidence e
        WHERE e.collection_id = d.collection_id AND (e.style_id IS NULL OR e.style_id = v.style_id)
        ORDER BY e.style_id NULLS LAST, e.seen_on DESC, e.id DESC LIMIT 1
    ) e ON true
    WHERE d.id = :deal
    ORDER BY t.code, t.id, v.colour, v.size_rank, v.size, v.id
    """
)


def of_deal(session: Session, deal_id: int) -> dict[int, Offered]:
    """The variants of the deal's accepted version by id, in the order a page shows them; empty if none is accepted."""
    rows = session.execute(_OF_DEAL, {"deal": deal_id}).mappings()
    return {row["variant_id"]: Offered(**row) for row in rows}
