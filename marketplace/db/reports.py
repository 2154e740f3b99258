"""Reports to brands: immutable snapshots of a sale's figures, one for each hour and one at close."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.ledger import Priced, shares
from marketplace.domain.money import Money
from marketplace.domain.reports import VariantFigures

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.orm import Session


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


def figures(
    session: Session, *, sale_id: int, as_of: datetime | None = None
) -> tuple[VariantFigures, ...]:
    """The figures of every item of a sale as of an instant (now if none is given), ordered for reading.

    One select serves the live page, the snapshot and the export. Everything in it carries a time that never
    changes (payment, refund, hold, minute of a refusal), so an instant of the past gives the same figures again.
    """
    rows = session.execute(_FIGURES, {"sale_id": sale_id, "as_of": as_of}).mappings()
    return tuple(_figures_of(row) for row in rows)


def _figures_of(row: RowMapping) -> VariantFigures:
    line = Priced(
        price=Money(row["price_minor"], row["currency"]),
        vat_bps=row["vat_bps"] or 0,
        commission_bps=row["commission_bps"],
        unit_cost=None
        if row["unit_cost_minor"] is None
        else Money(row["unit_cost_minor"], row["currency"]),
    )
    kept = row["paid"] - row["cancelled"] - row["returned"]
    due = shares(line, kept).brand.minor if kept else 0
    return VariantFigures(
        due_minor=due,
        net_minor=row["gross_minor"] - row["back_minor"],
        **{name: row[name] for name in _COPIED},
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
    "paid",
    "cancelled",
    "returned",
    "first_hour",
    "in_bags",
    "refused_adds",
    "wanted_by",
    "expired_holds",
    "expired_units",
    "gross_minor",
    "cost_minor",
)

_FIGURES = text(
    """
    WITH moment AS (SELECT coalesce(CAST(:as_of AS timestamptz), house_instant()) AS at),
    sold AS (
        SELECT l.sale_item_id, sum(l.units) AS paid,
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
           i.price_minor, s.currency, i.units AS accepted, v.cost_minor,
           sold.vat_bps, sold.commission_bps, sold.unit_cost_minor,
           coalesce(sold.paid, 0)::bigint AS paid, coalesce(sold.first_hour, 0)::bigint AS first_hour,
           coalesce(sold.gross_minor, 0)::bigint AS gross_minor, coalesce(back.back_minor, 0)::bigint AS back_minor,
           coalesce(back.cancelled, 0)::bigint AS cancelled, coalesce(back.returned, 0)::bigint AS returned,
           coalesce(held.in_bags, 0)::bigint AS in_bags, coalesce(held.expired_holds, 0)::bigint AS expired_holds,
           coalesce(held.expired_units, 0)::bigint AS expired_units,
           coalesce(refused.refused_adds, 0)::bigint AS refused_adds,
           wanted.people AS wanted_by
    FROM sale_items i
    JOIN sales s ON s.id = i.sale_id
    JOIN variants v ON v.id = i.variant_id
    JOIN styles st ON st.id = v.style_id
    LEFT JOIN sold ON sold.sale_item_id = i.id
    LEFT JOIN back ON back.sale_item_id = i.id
    LEFT JOIN held ON held.sale_item_id = i.id
    LEFT JOIN refused ON refused.sale_item_id = i.id
    LEFT JOIN wanted ON wanted.sale_item_id = i.id
    WHERE i.sale_id = :sale_id
    ORDER BY st.code, v.colour, v.size_rank, v.size, i.id
    """
)
