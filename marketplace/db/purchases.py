"""Purchase orders: what was ordered of a brand after a conditional sale, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import CheckConstraint, Date, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import locks
from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Pk, refers, states
from marketplace.db.brands import within
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.unsold import LOOKED_BACK, NEWS_WITHIN, STILL_PAYABLE
from marketplace.domain.deals import Mode
from marketplace.domain.purchases import NOTE_LENGTH_MAX, Claim, PurchaseState, unserved
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class Purchase(Base):
    """One order to the brand of one sale: what was sold in it."""

    __tablename__ = "purchases"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    deal_id: Mapped[int] = refers("deals.id", index=True)
    sale_id: Mapped[int] = refers("sales.id", unique=True)
    ref: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    state: Mapped[PurchaseState] = mapped_column(states(PurchaseState), server_default="ordered")
    deliver_by: Mapped[date] = mapped_column(Date)
    ships_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH_MAX), server_default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(NOTE_LENGTH_MAX), server_default="")
    created_at: Mapped[CreatedAt]


class PurchaseLine(Base):
    """Units of one item: ordered, confirmed by the brand (None: not yet), and counted as they came."""

    __tablename__ = "purchase_lines"
    __table_args__ = (
        UniqueConstraint("purchase_id", "sale_item_id"),
        CheckConstraint(
            "ordered > 0 AND confirmed >= 0 AND confirmed <= ordered", name="confirmed"
        ),
        CheckConstraint(
            "ordered >= received AND received >= accepted + rejected"
            " AND accepted >= 0 AND rejected >= 0",
            name="counted",
        ),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    purchase_id: Mapped[int] = refers("purchases.id")
    sale_item_id: Mapped[int] = refers("sale_items.id", index=True)
    lot_id: Mapped[int] = refers("lots.id", index=True)
    variant_id: Mapped[int] = refers("variants.id", index=True)
    ordered: Mapped[int]
    confirmed: Mapped[int | None]
    received: Mapped[int] = mapped_column(server_default="0")
    accepted: Mapped[int] = mapped_column(server_default="0")
    rejected: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]


_TO_ORDER = text(
    f"""
    SELECT s.id FROM sales s JOIN deals d ON d.id = s.deal_id
    WHERE d.mode = 'conditional' AND s.state IN ('closed', 'cancelled')
      AND s.closes_at > house_instant() - :looked_back
      AND (CAST(:sale AS bigint) IS NULL OR s.id = :sale)
      AND NOT EXISTS (SELECT FROM purchases p WHERE p.sale_id = s.id)
      AND EXISTS (
          SELECT FROM order_lines l JOIN orders o ON o.id = l.order_id
          WHERE l.sale_id = s.id AND o.state = 'paid' AND l.units > l.cancelled_units + l.returned_units
      )
      AND NOT EXISTS (SELECT FROM sale_items i WHERE i.sale_id = s.id AND i.available + i.held > 0)
      AND NOT EXISTS ({STILL_PAYABLE})
    ORDER BY s.closes_at, s.id LIMIT 1
    """  # noqa: S608 - a constant
)
_PACKED = text(
    """
    SELECT l.sale_item_id, sum(l.units - l.cancelled_units)::bigint AS units
    FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.packed_at IS NOT NULL
    WHERE l.sale_item_id = ANY (:items) GROUP BY l.sale_item_id
    """
)
_CLAIMS = text(
    """
    SELECT l.id, l.order_id, l.sale_item_id, l.units - l.cancelled_units - l.returned_units AS units
    FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.state = 'paid'
    WHERE l.sale_item_id = ANY (:items) AND l.units > l.cancelled_units + l.returned_units
    ORDER BY l.paid_at, l.id
    """
)


def to_order(session: Session, *, sale_id: int | None = None) -> int | None:
    """The ended conditional sale whose goods may be ordered: the one that ended first, or ``sale_id`` if it may.

    What it did not sell has been freed, no hold is left, and no payment for one can still come.
    """
    asked = {"sale": sale_id, "looked_back": LOOKED_BACK, "news_within": NEWS_WITHIN}
    found: int | None = session.scalar(_TO_ORDER, asked)
    return found


def of_sale(session: Session, sale_id: int) -> Purchase | None:
    """The order that followed a sale, if one did."""
    return session.scalar(select(Purchase).where(Purchase.sale_id == sale_id))


def by_ref(session: Session, ref: str, *, brand_id: int | None = None) -> Purchase:
    """The order with this reference; NotFound for one that is not there, or not of ``brand_id``."""
    found = session.scalar(
        select(Purchase).where(Purchase.ref == ref, within(brand_id, Purchase.brand_id))
    )
    if found is None:
        raise NotFound
    return found


def lines_locked(session: Session, purchase_id: int) -> dict[int, PurchaseLine]:
    """The lines of an order by id, locked in rising order."""
    wanted = select(PurchaseLine.id).where(PurchaseLine.purchase_id == purchase_id)
    return locks.several(session, PurchaseLine, session.scalars(wanted))


def lines_of_items(session: Session, sale_item_ids: Iterable[int]) -> dict[int, PurchaseLine]:
    """The lines that these items were ordered with, by item, locked in rising order."""
    wanted = select(PurchaseLine.id).where(PurchaseLine.sale_item_id.in_(tuple(sale_item_ids)))
    found = locks.several(session, PurchaseLine, session.scalars(wanted))
    return {line.sale_item_id: line for line in found.values()}


class Agreed(NamedTuple):
    """What the deal's accepted version pays for a piece: a share of its price, or its cost."""

    commission_bps: int | None
    unit_cost_minor: int | None


def modes(session: Session, sale_ids: Iterable[int]) -> dict[int, Mode]:
    """By which contract the goods of these sales come to the house."""
    statement = (
        select(Sale.id, Deal.mode)
        .join(Deal, Deal.id == Sale.deal_id)
        .where(Sale.id.in_(tuple(sale_ids)))
    )
    return {row.id: row.mode for row in session.execute(statement)}


def agreed(session: Session, item_ids: Iterable[int]) -> dict[int, Agreed]:
    """What is paid for a piece of each of these items, by the item."""
    found = session.execute(
        select(
            SaleItem.id,
            DealVersion.terms["commission_bps"].as_integer(),
            DealLine.unit_cost_minor,
        )
        .join(Sale, Sale.id == SaleItem.sale_id)
        .join(Deal, Deal.id == Sale.deal_id)
        .join(DealVersion, DealVersion.id == Deal.accepted_version_id)
        .join(
            DealLine,
            (DealLine.version_id == DealVersion.id) & (DealLine.variant_id == SaleItem.variant_id),
        )
        .where(SaleItem.id.in_(tuple(item_ids)))
    )
    return {item_id: Agreed(*agreed) for item_id, *agreed in found}


def ordered_later(session: Session, sale_item_ids: Iterable[int]) -> tuple[int, ...]:
    """Those of these items whose goods are ordered after their sale."""
    statement = (
        select(SaleItem.id)
        .join(Sale, Sale.id == SaleItem.sale_id)
        .join(Deal, Deal.id == Sale.deal_id)
        .where(SaleItem.id.in_(tuple(sale_item_ids)), Deal.mode == Mode.CONDITIONAL)
        .order_by(SaleItem.id)
    )
    return tuple(session.scalars(statement))


def packed(session: Session, sale_item_ids: Iterable[int]) -> dict[int, int]:
    """Units of each item that have left with parcels, or lie in one."""
    rows = session.execute(_PACKED, {"items": list(sale_item_ids)})
    return {row.sale_item_id: row.units for row in rows}


def without(session: Session, purchase_id: int) -> dict[int, dict[int, int]]:
    """Units that members' orders go without if nothing more comes, by order and line; the last to pay first.

    What a page tells beforehand and what closing does are both read here.
    """
    lines = select(PurchaseLine).where(PurchaseLine.purchase_id == purchase_id)
    accepted = {line.sale_item_id: line.accepted for line in session.scalars(lines)}
    gone = packed(session, accepted)
    found: dict[int, dict[int, int]] = {}
    for item_id, waiting in claims(session, accepted).items():
        order_of = {claim.line_id: claim.order_id for claim in waiting}
        short = unserved(waiting, accepted[item_id] - gone.get(item_id, 0))
        for line_id, units in short.items():
            found.setdefault(order_of[line_id], {})[line_id] = units
    return found


def claims(session: Session, sale_item_ids: Iterable[int]) -> dict[int, list[Claim]]:
    """The paid lines that still wait for these items, by item, who paid first before who paid later."""
    found: dict[int, list[Claim]] = {}
    for row in session.execute(_CLAIMS, {"items": list(sale_item_ids)}):
        found.setdefault(row.sale_item_id, []).append(Claim(row.id, row.order_id, row.units))
    return found
