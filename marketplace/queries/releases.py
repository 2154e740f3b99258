"""What a brand may still release into a running sale, and what it has released that is not on sale yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale


@dataclass(frozen=True, slots=True)
class Releasable:
    """Units of an item: ``most`` may still be released before its hard stop, ``awaited`` are on their way."""

    sale_item_id: int
    most: int
    awaited: int


def of_sale(session: Session, sale: Sale) -> tuple[Releasable, ...]:
    """Every item of the sale with either, in the order of the sale."""
    rows = session.execute(_RELEASABLE, {"sale_id": sale.id, "deal_id": sale.deal_id})
    return tuple(Releasable(*row) for row in rows)


_RELEASABLE = text(
    """
    SELECT each.* FROM (
        SELECT i.id, greatest(coalesce(n.hard_stop, 0) - o.committed, 0) AS most,
               (
                   SELECT coalesce(sum(r.units - r.placed), 0)::bigint FROM releases r
                   WHERE r.sale_id = i.sale_id AND r.sale_item_id = i.id
               ) AS awaited
        FROM sale_items i
             JOIN lots o ON o.id = i.lot_id
             JOIN deals d ON d.id = :deal_id
             LEFT JOIN deal_lines n ON n.version_id = d.accepted_version_id AND n.variant_id = i.variant_id
        WHERE i.sale_id = :sale_id
        ORDER BY i.position, i.id
    ) each
    WHERE each.most > 0 OR each.awaited > 0
    """
)
