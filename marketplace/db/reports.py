"""Reports to brands: immutable snapshots of a sale's figures, one for each hour and one at close."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import paces, prospects
from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.domain.deals import terms_from
from marketplace.domain.money import Money
from marketplace.domain.reports import CurvePoint, Snapshot, Totals, VariantFigures, owed, totals
from marketplace.domain.settlements import Pay, Sold, pay_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale


class ReportKind(StrEnum):
    """When a report is taken."""

    HOURLY = "hourly"
    CLOSING = "closing"
    DAY_30 = "day_30"
    DAY_60 = "day_60"


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

    The same statement serves the live page, the stored report and every file. Everything in it carries a time that
    never changes (payment, refund, hold, minute of a refusal, movement of stock), so an instant of the past gives the
    same figures again.
    """
    variants = _counted(session, sale, as_of=as_of)
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
        beyond=prospects.beyond(session, sale, variants, as_of=as_of),
        first_hour=paces.first_hour(session, sale, as_of=as_of),
    )


def whole(session: Session, sale: Sale, *, as_of: datetime) -> Totals:
    """The sums of :func:`snapshot`, for a page that shows several sales and nothing of their pieces."""
    variants = _counted(session, sale, as_of=as_of)
    return totals(variants, cost_total_minor=_cost_total(session, sale))


def _counted(session: Session, sale: Sale, *, as_of: datetime) -> tuple[VariantFigures, ...]:
    rows = session.execute(_FIGURES, {"sale_id": sale.id, "as_of": as_of})
    return _variants(_merged(rows), sale.currency, _pay(session, sale, as_of=as_of))


def curve(session: Session, sale: Sale, *, as_of: datetime | None) -> tuple[CurvePoint, ...]:
    """Units paid, summed up minute by minute from the opening, one point where something was paid; None: all of it."""
    points = session.execute(_CURVE, {"sale_id": sale.id, "as_of": as_of})
    return tuple(CurvePoint(point.minute, point.paid) for point in points)


def _merged(parts: Iterable[Row[*tuple[Any, ...]]]) -> list[dict[str, Any]]:
    """What was found of each item, put together and in the order of reading; items that never had a unit left out."""
    items: dict[int, dict[str, Any]] = {}
    for item, found in parts:
        items.setdefault(item, {"sale_item_id": item, **_NOTHING}).update(found)
    offered = [found for found in items.values() if found["accepted"] > 0]
    return sorted(offered, key=lambda found: tuple(found[name] for name in _ORDER))


def _pay(session: Session, sale: Sale, *, as_of: datetime) -> Pay:
    """How the accepted terms pay this sale; what earlier sales of the deal kept counts towards the tiers."""
    found = session.execute(_AGREED, {"sale_id": sale.id, "as_of": as_of}).one()
    return pay_of(terms_from(found.terms), committed=found.committed, already=found.already)


def _variants(
    items: Sequence[dict[str, Any]], currency: str, pay: Pay
) -> tuple[VariantFigures, ...]:
    paid = [found for found in items if found["paid"]]
    due = owed([_sold(found, currency) for found in paid], currency, pay=pay)
    owed_for = {found["sale_item_id"]: sums for found, sums in zip(paid, due, strict=True)}
    return tuple(_figures_of(found, owed_for.get(found["sale_item_id"], (0, 0))) for found in items)


def _figures_of(found: dict[str, Any], due: tuple[int, int]) -> VariantFigures:
    none_left = found["paid"] - found["cancelled"] >= found["accepted"]
    values = {name: found[name] for name in _COPIED}
    return VariantFigures(
        **values,
        sold_out_minute=found["last_paid_minute"] if none_left else None,
        net_minor=found["gross_minor"] - found["back_minor"],
        due_minor=due[0],
        due_vat_minor=due[1],
    )


def _sold(found: dict[str, Any], currency: str) -> Sold:
    cost, target = found["unit_cost_minor"], found["target_minor"]
    return Sold(
        variant_id=found["sale_item_id"],
        units=found["paid"],
        price=Money(found["price_minor"], currency),
        vat_bps=found["vat_bps"],
        returned=found["cancelled"] + found["returned"],
        unit_cost=None if cost is None else Money(cost, currency),
        target=None if target is None else Money(target, currency),
    )


def _cost_total(session: Session, sale: Sale) -> int | None:
    """What the brand said its whole lot cost; unknown where it was told in another currency than the sale's."""
    return session.scalar(
        select(Collection.cost_total_minor)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Deal.id == sale.deal_id, Collection.currency == sale.currency)
    )


_ORDER = ("style_code", "colour", "size_rank", "size", "sale_item_id")
_COPIED = tuple(
    field.name
    for field in fields(VariantFigures)
    if field.name not in {"sold_out_minute", "net_minor", "due_minor", "due_vat_minor"}
)
_NOTHING: dict[str, Any] = {
    "accepted": 0,
    "accepted_first": 0,
    "paid": 0,
    "first_hour": 0,
    "last_paid_minute": None,
    "gross_minor": 0,
    "cancelled": 0,
    "returned": 0,
    "back_minor": 0,
    "in_bags": 0,
    "expired_holds": 0,
    "expired_units": 0,
    "refused_adds": 0,
    "wanted_by": None,
}
"""What is counted of an item of which nothing happened."""

_FIGURES = text(
    """
    -- One statement, so that all of it is of one moment; told in parts, each worked out once by its own index. Joining
    -- the parts is left to the caller: a brand's wall hides from the planner how many rows there are to join.
    WITH sale AS MATERIALIZED (
        SELECT s.currency, s.opens_at, s.opens_at + interval '1 hour' AS hour_at, d.accepted_version_id AS version_id
        FROM sales s JOIN deals d ON d.id = s.deal_id WHERE s.id = :sale_id
    )
    SELECT i.id AS item, jsonb_build_object(
        'style_code', st.code, 'style_name', st.name, 'colour', v.colour, 'size', v.size, 'size_rank', v.size_rank,
        'sku', v.sku, 'price_minor', i.price_minor,
        'cost_minor', CASE WHEN v.currency = sale.currency THEN v.cost_minor END, 'target_minor', agreed.target_minor,
        'condition', st.condition, 'defects', coalesce(st.details ->> 'defects', '')
    ) AS found
    FROM sale, sale_items i
         LEFT JOIN LATERAL (
             SELECT l.target_minor FROM deal_lines l
             WHERE l.brand_id = i.brand_id AND l.variant_id = i.variant_id
               AND l.version_id = (SELECT version_id FROM sale)
             OFFSET 0
         ) agreed ON true,
         LATERAL (SELECT * FROM variants WHERE variants.id = i.variant_id OFFSET 0) v,
         LATERAL (SELECT code, name, condition, details FROM styles WHERE styles.id = v.style_id OFFSET 0) st
    WHERE i.sale_id = :sale_id
    UNION ALL
    -- Units in the sale. What a cancelled sale gives back after its opening was there all the same.
    SELECT i.id, jsonb_build_object(
        'accepted', sum(m.units),
        'accepted_first', coalesce(sum(m.units) FILTER (WHERE m.created_at < sale.hour_at), 0)
    )
    FROM sale, sale_items i, LATERAL (
        SELECT units, movement, created_at FROM stock_movements
        WHERE sale_item_id = i.id AND movement IN ('allocated', 'deallocated') OFFSET 0
    ) m
    WHERE i.sale_id = :sale_id AND m.created_at <= :as_of
      AND (m.movement = 'allocated' OR m.created_at < sale.opens_at)
    GROUP BY i.id
    UNION ALL
    SELECT l.sale_item_id, jsonb_build_object(
        'paid', sum(l.units),
        'first_hour', coalesce(sum(l.units) FILTER (WHERE l.paid_at < sale.hour_at), 0),
        'last_paid_minute', div(extract(epoch FROM max(l.paid_at) - min(sale.opens_at)), 60)::bigint,
        'gross_minor', sum(l.units * l.price_minor), 'vat_bps', min(l.vat_bps),
        'unit_cost_minor', min(l.unit_cost_minor)
    )
    FROM sale, order_lines l
    WHERE l.sale_id = :sale_id AND l.paid_at <= :as_of
    GROUP BY l.sale_item_id
    UNION ALL
    SELECT g.sale_item_id, jsonb_build_object(
        'cancelled', coalesce(sum(g.units) FILTER (WHERE g.way = 'cancelled'), 0),
        'returned', coalesce(sum(g.units) FILTER (WHERE g.way = 'returned'), 0),
        'back_minor', sum(g.units * g.price_minor)
    )
    FROM line_returns g
    WHERE g.sale_id = :sale_id AND g.at <= :as_of
    GROUP BY g.sale_item_id
    UNION ALL
    SELECT h.sale_item_id, jsonb_build_object(
        'in_bags', coalesce(sum(h.units) FILTER (
            WHERE h.created_at <= :as_of AND :as_of < h.expires_at AND (h.ended_at IS NULL OR :as_of < h.ended_at)
        ), 0),
        'expired_holds', count(*) FILTER (WHERE lapsed.yes),
        'expired_units', coalesce(sum(h.units) FILTER (WHERE lapsed.yes), 0)
    )
    FROM holds h, LATERAL (
        SELECT h.expires_at <= :as_of
               AND (h.state IN ('held', 'expired') OR (h.state = 'sold' AND h.ended_at > :as_of)) AS yes
    ) lapsed
    WHERE h.sale_id = :sale_id
    GROUP BY h.sale_item_id
    UNION ALL
    SELECT d.sale_item_id, jsonb_build_object('refused_adds', sum(d.times))
    FROM sale, demand_signals d
    WHERE d.sale_id = :sale_id AND sale.opens_at + d.minute * interval '1 minute' < :as_of
    GROUP BY d.sale_item_id
    UNION ALL
    SELECT p.sale_item_id, jsonb_build_object('wanted_by', p.people)
    FROM people_who_wanted(:sale_id, :as_of) p
    """
)
_AGREED = text(
    """
    SELECT v.terms,
           (SELECT coalesce(sum(l.units), 0)::bigint FROM deal_lines l WHERE l.version_id = v.id) AS committed,
           (
               SELECT coalesce(sum(l.units), 0)::bigint FROM order_lines l JOIN sales o ON o.id = l.sale_id
               WHERE o.deal_id = s.deal_id AND (o.opens_at, o.id) < (s.opens_at, s.id) AND l.paid_at <= :as_of
           ) - (
               SELECT coalesce(sum(g.units), 0)::bigint FROM line_returns g JOIN sales o ON o.id = g.sale_id
               WHERE o.deal_id = s.deal_id AND (o.opens_at, o.id) < (s.opens_at, s.id) AND g.at <= :as_of
           ) AS already
    FROM sales s JOIN deals d ON d.id = s.deal_id JOIN deal_versions v ON v.id = d.accepted_version_id
    WHERE s.id = :sale_id
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
