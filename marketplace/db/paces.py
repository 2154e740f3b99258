"""Paces: how sales that are over sold by the minute, kept once at their close and told only in aggregate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import NAME_LENGTH_MAX, Base, CreatedAt, Pk, refers
from marketplace.db.sales import Sale
from marketplace.domain import paces
from marketplace.domain.lost_demand import Pace
from marketplace.domain.reports import FIRST_HOUR_MINUTES, CurvePoint, FirstHour, HourBefore, rate
from marketplace.domain.sales import SaleState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.reports import Snapshot

MINUTE = timedelta(minutes=1)


class SalePace(Base):
    """Units paid by the minutes of :func:`domain.paces.minutes`: of a whole sale, or of one piece that never ran out.

    No brand reads these rows: it is told shares of many of them, by functions of the database.
    """

    __tablename__ = "paces"
    __table_args__ = (
        UniqueConstraint("sale_id", "sale_item_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("accepted >= 0 AND paid >= 0", name="counts"),
        Index("ix_paces_closed_at", "closed_at"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    sale_item_id: Mapped[int | None] = refers("sale_items.id")
    span_minutes: Mapped[int]
    category: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    accepted: Mapped[int]
    paid: Mapped[int]
    paid_by: Mapped[list[Any]]
    closed_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]


def keep(session: Session, sale: Sale, found: Snapshot) -> None:
    """Keep the pace of a sale that has closed and of its pieces that never ran out, once."""
    span = (sale.closes_at - sale.opens_at) // MINUTE
    asked = {"sale_id": sale.id}
    category = session.execute(_CATEGORY, asked).scalar_one() or ""
    shared = {
        "brand_id": sale.brand_id,
        "sale_id": sale.id,
        "span_minutes": span,
        "category": category,
        "closed_at": sale.closes_at,
    }
    whole = {"accepted": found.whole.accepted, "paid": found.whole.paid, "sale_item_id": None}
    rows = [{**shared, **whole, "paid_by": paces.kept(found.curve, span)}]
    curves = _curves(session, sale.id)
    never_out = set(session.scalars(_NEVER_OUT, {**asked, "least": paces.PEER_UNITS_MIN}))
    for row in found.variants:
        if row.sale_item_id in never_out and row.paid >= paces.PEER_UNITS_MIN:
            curve = curves[row.sale_item_id]
            counts = {"accepted": row.accepted, "paid": row.paid, "sale_item_id": row.sale_item_id}
            rows.append({**shared, **counts, "paid_by": paces.kept(curve, span)})
    session.execute(insert(SalePace).on_conflict_do_nothing(), rows)


def _curves(session: Session, sale_id: int) -> dict[int, list[CurvePoint]]:
    curves: dict[int, list[CurvePoint]] = {}
    for row in session.execute(_CURVES, {"sale_id": sale_id}):
        curves.setdefault(row.sale_item_id, []).append(CurvePoint(row.minute, row.paid))
    return curves


def of_peers(session: Session, sale_id: int, minutes: Iterable[int]) -> dict[int, Pace]:
    """By minute, the pace of pieces that never ran out in earlier sales of the same length, where there are any."""
    asked, places = _places(minutes)
    rows = session.execute(_PEERS, {"sale_id": sale_id, "places": places})
    found = {
        row.place: Pace(
            row.peers,
            min(row.low_bps, row.mid_bps),
            row.mid_bps,
            max(row.high_bps, row.mid_bps),
        )
        for row in rows
    }
    return {minute: found[place] for minute, place in asked.items() if place in found}


def of_category(
    session: Session, sale_id: int, minutes: Sequence[int]
) -> tuple[int, tuple[int, ...]]:
    """How many other brands' sales stand beside this one, and the median share of them at each minute, in bps.

    No shares where too few brands stand behind them.
    """
    asked, places = _places(minutes)
    rows = session.execute(_MEDIAN, {"sale_id": sale_id, "places": places}).all()
    brands = max((row.brands for row in rows), default=0)
    found = {row.place: row.median_bps for row in rows if row.median_bps is not None}
    return brands, tuple(found[asked[minute]] for minute in minutes) if found else ()


def last_sale(session: Session, sale: Sale) -> Sale | None:
    """The last sale of the brand that had closed when this one opened."""
    return session.scalars(
        select(Sale)
        .where(
            Sale.brand_id == sale.brand_id,
            Sale.state == SaleState.CLOSED,
            Sale.closes_at <= sale.opens_at,
        )
        .order_by(Sale.closes_at.desc(), Sale.id.desc())
        .limit(1)
    ).one_or_none()


def first_hour(session: Session, sale: Sale, *, as_of: datetime) -> FirstHour:
    """What stands beside the first hour of a sale, as far as it had come by an instant."""
    begun = -(-(as_of - sale.opens_at) // MINUTE)
    minute = min(FIRST_HOUR_MINUTES, max(0, begun))
    earlier = last_sale(session, sale)
    brands, shares = of_category(session, sale.id, (minute,))
    return FirstHour(
        minute=minute,
        before=None if earlier is None else _hour_of(session, earlier, minute),
        brands=brands,
        median_bps=shares[0] if shares else None,
    )


def _hour_of(session: Session, sale: Sale, minute: int) -> HourBefore:
    asked = {"sale_id": sale.id, "minute": minute, "hour": FIRST_HOUR_MINUTES}
    row = session.execute(_FIRST_HOUR, asked).one()
    return HourBefore(
        sale_ref=sale.ref,
        title=sale.title,
        opened_at=sale.opens_at.astimezone(UTC).isoformat(),
        paid=row.paid,
        there=row.there,
        sold_bps=rate(row.sold, row.there),
    )


def _places(minutes: Iterable[int]) -> tuple[dict[int, int], list[int]]:
    asked = {minute: paces.place(max(0, minute)) for minute in minutes}
    return asked, sorted(set(asked.values()))


_CATEGORY = text("SELECT main_category(:sale_id)")
_PEERS = text("SELECT * FROM pace_of_peers(:sale_id, :places)")
_MEDIAN = text("SELECT * FROM pace_of_category(:sale_id, :places)")
_FIRST_HOUR = text(
    """
    -- What was paid up to a minute, of what was there by the end of the hour: as the figures of that sale count both.
    WITH sale AS MATERIALIZED (
        SELECT opens_at, opens_at + :minute * interval '1 minute' AS by_then,
               opens_at + :hour * interval '1 minute' AS hour_at
        FROM sales WHERE id = :sale_id
    ), item AS (
        SELECT i.id,
            coalesce((
                SELECT sum(l.units) FROM order_lines l, sale
                WHERE l.sale_id = :sale_id AND l.sale_item_id = i.id AND l.paid_at < sale.by_then
            ), 0) AS paid,
            coalesce((
                SELECT sum(m.units) FROM stock_movements m, sale
                WHERE m.sale_item_id = i.id AND m.created_at < sale.hour_at
                  AND (m.movement = 'allocated' OR (m.movement = 'deallocated' AND m.created_at < sale.opens_at))
            ), 0) AS there
        FROM sale_items i WHERE i.sale_id = :sale_id
    )
    SELECT coalesce(sum(paid), 0)::bigint AS paid, coalesce(sum(there), 0)::bigint AS there,
           coalesce(sum(least(paid, there)), 0)::bigint AS sold
    FROM item
    """
)
_NEVER_OUT = text(
    """
    SELECT i.id FROM sale_items i
    WHERE i.sale_id = :sale_id AND i.sold >= :least AND i.available + i.freed > 0
      -- A shelf that all hands had emptied for a while refused somebody: that one did run out.
      AND NOT EXISTS (SELECT FROM demand_signals d WHERE d.sale_item_id = i.id)
    """
)
_CURVES = text(
    """
    SELECT sale_item_id, minute, sum(units) OVER (PARTITION BY sale_item_id ORDER BY minute)::bigint AS paid
    FROM (
        SELECT l.sale_item_id, div(extract(epoch FROM l.paid_at - s.opens_at), 60)::bigint AS minute,
               sum(l.units) AS units
        FROM order_lines l JOIN sales s ON s.id = l.sale_id
        WHERE l.sale_id = :sale_id AND l.paid_at IS NOT NULL
        GROUP BY 1, 2
    ) by_minute
    ORDER BY sale_item_id, minute
    """
)
