"""What was ordered of brands after conditional sales, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db import brands, clock, purchases
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Style, Variant
from marketplace.db.purchases import Purchase, PurchaseLine
from marketplace.db.sales import Sale
from marketplace.domain import moments
from marketplace.domain.purchases import PurchaseState, fill_rate_bps, latest_ship_day
from marketplace.domain.refusals import NotFound
from marketplace.domain.stock import Count

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Row, Select

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Summary:
    """One order to a brand. Units: ordered, confirmed (None while the brand has not answered), accepted.

    ``ships_by``: the last day on which the goods may leave, as the brand may say today.
    """

    purchase_id: int
    ref: str
    brand_id: int
    brand: str
    sale_id: int
    sale: str
    sale_ref: str
    state: PurchaseState
    ordered: int
    confirmed: int | None
    received: int
    accepted: int
    deliver_by: date
    ships_by: date
    ships_on: date | None
    note: str
    reason: str
    created_at: datetime
    late: bool

    @property
    def fill_rate_bps(self) -> int | None:
        """Accepted of ordered units, in basis points."""
        return fill_rate_bps([(self.ordered, self.accepted)])


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of orders, newest first."""

    orders: tuple[Summary, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of an order, with the words by which a person finds it."""

    line_id: int
    sku: str
    gtin: str
    code: str
    style: str
    colour: str
    size: str
    ordered: int
    confirmed: int | None
    count: Count


@dataclass(frozen=True, slots=True)
class Opened:
    """One order with its lines. ``without``: orders of members that would be refunded if it were closed now."""

    order: Summary
    lines: tuple[Line, ...]
    without: int


def listed(tools: Toolbox, *, page: int = 1) -> Listed:
    """The orders to the brand that asks, or to all brands for the house."""
    owned = brands.within(tools.brand_id, Purchase.brand_id)
    with tools.reading() as session:
        today = moments.house_day(clock.instant(session))
        rows = session.execute(
            _summaries()
            .where(owned)
            .order_by(Purchase.id.desc())
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        ).all()
        total = session.scalar(select(func.count()).select_from(Purchase).where(owned)) or 0
    return Listed(tuple(_summary(row, today) for row in rows), total, page)


def one(tools: Toolbox, *, ref: str) -> Opened:
    """One order; NotFound for one that is not there, or not the brand's."""
    owned = brands.within(tools.brand_id, Purchase.brand_id)
    with tools.reading() as session:
        today = moments.house_day(clock.instant(session))
        row = session.execute(_summaries().where(Purchase.ref == ref, owned)).one_or_none()
        if row is None:
            raise NotFound
        order = _summary(row, today)
        lines = tuple(_line(each) for each in session.execute(_lines(order.purchase_id)))
        may_count = tools.brand_id is None and order.state is not PurchaseState.CLOSED
        without = len(purchases.without(session, order.purchase_id)) if may_count else 0
    return Opened(order, lines, without)


def _summaries() -> Select[*tuple[Any, ...]]:
    summed = (
        select(
            PurchaseLine.purchase_id,
            func.sum(PurchaseLine.ordered).label("ordered"),
            func.sum(PurchaseLine.confirmed).label("confirmed"),
            func.sum(PurchaseLine.received).label("received"),
            func.sum(PurchaseLine.accepted).label("accepted"),
        )
        .where(PurchaseLine.purchase_id == Purchase.id)
        .group_by(PurchaseLine.purchase_id)
        .lateral()
    )
    return (
        select(Purchase, Brand.name, Sale.title, Sale.ref, summed)
        .join(Brand, Brand.id == Purchase.brand_id)
        .join(Sale, Sale.id == Purchase.sale_id)
        .join(summed, summed.c.purchase_id == Purchase.id)
    )


def _summary(row: Row[*tuple[Any, ...]], today: date) -> Summary:
    order: Purchase = row[0]
    return Summary(
        purchase_id=order.id,
        ref=order.ref,
        brand_id=order.brand_id,
        brand=row[1],
        sale_id=order.sale_id,
        sale=row[2],
        sale_ref=row[3],
        state=order.state,
        ordered=int(row.ordered),
        confirmed=None if row.confirmed is None else int(row.confirmed),
        received=int(row.received),
        accepted=int(row.accepted),
        deliver_by=order.deliver_by,
        ships_by=latest_ship_day(order.deliver_by, today=today),
        ships_on=order.ships_on,
        note=order.note,
        reason=order.reason,
        created_at=order.created_at,
        late=order.state is not PurchaseState.CLOSED and order.deliver_by < today,
    )


def _lines(purchase_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(PurchaseLine, Variant, Style)
        .join(Variant, Variant.id == PurchaseLine.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(PurchaseLine.purchase_id == purchase_id)
        .order_by(Style.code, Variant.colour, Variant.size_rank, Variant.size, PurchaseLine.id)
    )


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    line: PurchaseLine = row[0]
    variant: Variant = row[1]
    style: Style = row[2]
    return Line(
        line_id=line.id,
        sku=variant.sku,
        gtin=variant.gtin or "",
        code=style.code,
        style=style.name,
        colour=variant.colour,
        size=variant.size,
        ordered=line.ordered,
        confirmed=line.confirmed,
        count=Count(line.received, line.accepted, line.rejected),
    )
