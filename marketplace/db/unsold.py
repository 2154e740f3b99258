"""Units that no sale sold: when an ended sale needs them no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NEWS_WITHIN = timedelta(hours=1)
"""For so long after a payment page has closed its units are kept: the payment may have come, and its news not."""
LOOKED_BACK = timedelta(days=90)
"""Sales that ended longer ago are not looked through again: what was refunded before packing came back long before."""

STILL_PAYABLE = """
    SELECT FROM order_lines l JOIN orders o ON o.id = l.order_id
    WHERE l.sale_id = s.id AND l.paid_at IS NULL
      AND (o.state = 'awaiting_payment' OR EXISTS (
          SELECT FROM payments p
          WHERE p.order_id = o.id AND p.state IN ('prepared', 'opened')
            AND p.session_ends_at > house_instant() - :news_within
      ))
"""
"""Lines of the sale ``s`` that may still be paid for; asked with :data:`NEWS_WITHIN` as ``news_within``."""

_TO_FREE = text(
    f"""
    SELECT s.id FROM sales s
    WHERE s.state IN ('closed', 'cancelled') AND s.closes_at > house_instant() - :looked_back
      AND (CAST(:sale AS bigint) IS NULL OR s.id = :sale)
      AND EXISTS (SELECT FROM sale_items i WHERE i.sale_id = s.id AND i.available > 0)
      AND NOT EXISTS (SELECT FROM holds h WHERE h.sale_id = s.id AND h.state = 'held')
      AND NOT EXISTS ({STILL_PAYABLE})
    ORDER BY s.closes_at, s.id LIMIT 1
    """  # noqa: S608 - a constant
)


def to_free(session: Session, *, sale_id: int | None = None) -> int | None:
    """The sale whose units may go back to their lots: the one that ended first, or ``sale_id`` if it may.

    It has ended for good, somebody wrote so, no hold is left, and no payment for one can still come. Asked again once
    the items are locked: what a late payment takes it takes under the same lock.
    """
    asked = {"sale": sale_id, "looked_back": LOOKED_BACK, "news_within": NEWS_WITHIN}
    found: int | None = session.scalar(_TO_FREE, asked)
    return found
