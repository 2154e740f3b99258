"""What lies beyond a sale's figures: wanted in vain, forecast, who bought and what came back, as of an instant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db import paces
from marketplace.domain.orders import ReturnReason
from marketplace.domain.reports import People, Reasoned, Region, Returned, put_together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale
    from marketplace.domain.reports import Beyond, VariantFigures

MINUTE = timedelta(minutes=1)


def beyond(
    session: Session, sale: Sale, rows: Sequence[VariantFigures], *, as_of: datetime
) -> Beyond:
    """All of it; people in whole tens, and none of them by name. Like the figures it is derived again the same."""
    over = as_of >= sale.closes_at
    minute = max(0, -(-(min(as_of, sale.closes_at) - sale.opens_at) // MINUTE))
    gone = {row.sold_out_minute + 1 for row in rows if row.sold_out_minute is not None}
    asked = {"sale_id": sale.id, "at": as_of}
    wanting = {row.sale_item_id: row.people for row in session.execute(_WANTING, asked)}
    return put_together(
        rows,
        paces=paces.of_peers(session, sale.id, {minute} | gone),
        minute=minute,
        over=over,
        wanting=wanting,
        people=_people(session, asked),
        returned=tuple(Returned(*row) for row in session.execute(_RETURNED, asked)),
        reasons=tuple(_reasoned(row) for row in session.execute(_REASONS, asked)),
    )


def _people(session: Session, asked: dict[str, object]) -> People:
    counted = session.execute(_KNOWN, asked).one()
    regions = tuple(Region(*row) for row in session.execute(_REGIONS, asked))
    return People(counted.buyers, counted.known, counted.fresh, regions)


def _reasoned(row: Row[tuple[str, str, int]]) -> Reasoned:
    return Reasoned(row.size, ReturnReason(row.reason), row.units)


_WANTING = text("SELECT sale_item_id, people FROM people_left_wanting(:sale_id, :at)")
_KNOWN = text("SELECT buyers, known, fresh FROM people_known(:sale_id, :at)")
_REGIONS = text(
    "SELECT region, people FROM people_by_region(:sale_id, :at) ORDER BY region = '', people DESC, region"
)
_RETURNED = text(
    "SELECT sale_item_id, cause, units FROM returned_by_cause(:sale_id, :at) ORDER BY sale_item_id, cause"
)
_REASONS = text(
    "SELECT size, reason, units FROM returned_by_reason(:sale_id, :at) ORDER BY size, reason"
)
