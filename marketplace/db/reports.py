"""Reports to brands: immutable snapshots of a sale's figures, one for each hour and one at close."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.domain.money import Money
from marketplace.domain.reports import CurvePoint, Snapshot, VariantFigures, owed, totals
from marketplace.domain.settlements import Sold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping
    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale


class ReportKind(StrEnum):
    """When a report is taken."""

    HOURLY = "hourly"
    CLOSING = "closing"


class Report(Base):
    """The figures of a sale as of ``as_of``; ``sha256`` seals them. It can be derived again from events."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("sale_id", "kind", "as_of"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    sale_id: Mapped[int] = refers("sales.id")
    kind: Mapped[ReportKind] = mapped_column(states(ReportKind))
    as_of: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]


def snapshot(session: Session, sale: Sale, *, as_of: datetime) -> Snapshot:
    """The figures of a sale as of an instant, ordered for reading.

    The same statements serve the live page, the stored report and every file. Everything in them carries a time that
    never changes (payment, refund, hold, minute of a refusal, movement of stock), so an instant of the past gives the
    same figures again.
    """
    rows = session.execute(_FIGURES, {"sale_id": sale.id, "as_of": as_of}).mappings().all()
    variants = _variants(rows, sale.currency)
    cost = _cost_total(session, sale)
    return Snapshot(
        sale_ref=sale.ref,
        currency=sale.currency,
        opens_at=sale.opens_at.astimezone(UTC),
        as_of=as_of.astimezone(UTC),
        cost_total_minor=cost,
        variants=variants,
        whole=totals(variants, cost_total_minor=cost),
        curve=curve(session, sale, as_of=as_of),
    )


def curve(session: Session, sale: Sale, *, as_of: datetime | None) -> tuple[CurvePoint, ...]:
    """Units paid, summed up minute by minute from the opening, one point where something was paid; None: all of it."""
    points = session.execute(_CURVE, {"sale_id": sale.id, "as_of": as_of})
    return tuple(CurvePoint(point.minute, point.paid) for point in points)


def _variants(rows: Sequence[RowMapping], currency: str) -> tuple[VariantFigures, ...]:
    paid = [row for row in rows if row["paid"]]
    due = owed(
        [_sold(row, currency) for row in paid],
        currency,
        commission_bps=paid[0]["commission_bps"] if paid else None,
    )
    owed_for = {row["sale_item_id"]: shares for row, shares in zip(paid, due, strict=True)}
    found = []
    for row in rows:
        values = {name: row[name] for name in _COPIED}
        values["net_minor"] = row["gross_minor"] - row["back_minor"]
        values["due_minor"], values["due_vat_minor"] = owed_for.get(row["sale_item_id"], (0, 0))
        found.append(VariantFigures(**values))
    return tuple(found)


def _sold(row: RowMapping, currency: str) -> Sold:
    cost = row["unit_cost_minor"]
    return Sold(
        variant_id=row["sale_item_id"],
        units=row["paid"],
        price=Money(row["price_minor"], currency),
        vat_bps=row["vat_bps"],
        returned=row["cancelled"] + row["returned"],
        unit_cost=None if cost is None else Money(cost, currency),
    )


def _cost_total(session: Session, sale: Sale) -> int | None:
    """What the brand said its whole lot cost; unknown where it was told in another currency than the sale's."""
    return session.scalar(
        select(Collection.cost_total_minor)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Deal.id == sale.deal_id, Collection.currency == sale.currency)
    )


_COPIED = (
    "sale_item_id",
    "style_code",
    "style_name",
    "colour",
    "size",
    "size_rank",
    "sku",
    "price_minor",
    "accepted",
    "accepted_first",
    "paid",
    "cancelled",
    "returned",
    "first_hour",
    "in_bags",
    "refused_adds",
    "wanted_by",
    "expired_holds",
    "expired_units",
    "sold_out_minute",
    "gross_minor",
    "cost_minor",
)

_FIGURES = text(
    """
    WITH moment AS (SELECT CAST(:as_of AS timestamptz) AS at),
    put_in AS (
        -- Units in the sale. What a cancelled sale gives back after its opening was there all the same.
        SELECT m.sale_item_id, sum(m.units) AS accepted,
               sum(m.units) FILTER (WHERE m.created_at < s.opens_at + interval '1 hour') AS accepted_first
        FROM sale_items i JOIN sales s ON s.id = i.sale_id
        JOIN stock_movements m ON m.sale_item_id = i.id, moment
        WHERE i.sale_id = :sale_id AND m.created_at <= moment.at
          AND (m.movement = 'allocated' OR m.movement = 'deallocated' AND m.created_at < s.opens_at)
        GROUP BY m.sale_item_id
    ), sold AS (
        SELECT l.sale_item_id, sum(l.units) AS paid, max(l.paid_at) AS last_paid_at,
               sum(l.units) FILTER (WHERE l.paid_at < s.opens_at + interval '1 hour') AS first_hour,
               sum(l.units * l.price_minor) AS gross_minor,
               min(l.vat_bps) AS vat_bps, min(l.commission_bps) AS commission_bps,
               min(l.unit_cost_minor) AS unit_cost_minor
        FROM order_lines l JOIN sales s ON s.id = l.sale_id, moment
        WHERE l.sale_id = :sale_id AND l.paid_at <= moment.at
        GROUP BY l.sale_item_id
    ), back AS (
        SELECT g.sale_item_id, sum(g.units) FILTER (WHERE g.way = 'cancelled') AS cancelled,
               sum(g.units) FILTER (WHERE g.way = 'returned') AS returned, sum(g.units * g.price_minor) AS back_minor
        FROM line_returns g, moment
        WHERE g.sale_id = :sale_id AND g.at <= moment.at
        GROUP BY g.sale_item_id
    ), held AS (
        SELECT h.sale_item_id,
               sum(h.units) FILTER (
                   WHERE h.created_at <= moment.at AND moment.at < h.expires_at
                   AND (h.ended_at IS NULL OR moment.at < h.ended_at)
               ) AS in_bags,
               count(*) FILTER (WHERE lapsed.yes) AS expired_holds,
               sum(h.units) FILTER (WHERE lapsed.yes) AS expired_units
        FROM moment, holds h, LATERAL (
            SELECT h.expires_at <= moment.at
                   AND (h.state IN ('held', 'expired') OR (h.state = 'sold' AND h.ended_at > moment.at)) AS yes
        ) lapsed
        WHERE h.sale_id = :sale_id
        GROUP BY h.sale_item_id
    ), refused AS (
        SELECT d.sale_item_id, sum(d.times) AS refused_adds
        FROM demand_signals d JOIN sales s ON s.id = d.sale_id, moment
        WHERE d.sale_id = :sale_id AND s.opens_at + d.minute * interval '1 minute' < moment.at
        GROUP BY d.sale_item_id
    ), wanted AS (
        SELECT p.sale_item_id, p.people FROM moment, people_who_wanted(:sale_id, moment.at) p
    )
    SELECT i.id AS sale_item_id, st.code AS style_code, st.name AS style_name, v.colour, v.size, v.size_rank, v.sku,
           i.price_minor, CASE WHEN v.currency = s.currency THEN v.cost_minor END AS cost_minor,
           put_in.accepted::bigint AS accepted, coalesce(put_in.accepted_first, 0)::bigint AS accepted_first,
           sold.vat_bps, sold.commission_bps, sold.unit_cost_minor,
           coalesce(sold.paid, 0)::bigint AS paid, coalesce(sold.first_hour, 0)::bigint AS first_hour,
           coalesce(sold.gross_minor, 0)::bigint AS gross_minor, coalesce(back.back_minor, 0)::bigint AS back_minor,
           coalesce(back.cancelled, 0)::bigint AS cancelled, coalesce(back.returned, 0)::bigint AS returned,
           coalesce(held.in_bags, 0)::bigint AS in_bags, coalesce(held.expired_holds, 0)::bigint AS expired_holds,
           coalesce(held.expired_units, 0)::bigint AS expired_units,
           coalesce(refused.refused_adds, 0)::bigint AS refused_adds, wanted.people AS wanted_by,
           CASE WHEN sold.paid - coalesce(back.cancelled, 0) >= put_in.accepted
                THEN div(extract(epoch FROM sold.last_paid_at - s.opens_at), 60)::bigint END AS sold_out_minute
    FROM sale_items i
    JOIN sales s ON s.id = i.sale_id
    JOIN variants v ON v.id = i.variant_id
    JOIN styles st ON st.id = v.style_id
    JOIN put_in ON put_in.sale_item_id = i.id AND put_in.accepted > 0
    LEFT JOIN sold ON sold.sale_item_id = i.id
    LEFT JOIN back ON back.sale_item_id = i.id
    LEFT JOIN held ON held.sale_item_id = i.id
    LEFT JOIN refused ON refused.sale_item_id = i.id
    LEFT JOIN wanted ON wanted.sale_item_id = i.id
    WHERE i.sale_id = :sale_id
    ORDER BY st.code, v.colour, v.size_rank, v.size, i.id
    """
)
_CURVE = text(
    """
    SELECT minute, sum(units) OVER (ORDER BY minute)::bigint AS paid
    FROM (
        SELECT div(extract(epoch FROM l.paid_at - s.opens_at), 60)::bigint AS minute, sum(l.units) AS units
        FROM order_lines l JOIN sales s ON s.id = l.sale_id
        WHERE l.sale_id = :sale_id AND l.paid_at <= coalesce(CAST(:as_of AS timestamptz), 'infinity')
        GROUP BY 1
    ) by_minute
    ORDER BY minute
    """
)
